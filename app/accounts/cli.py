"""Accounts from the command line."""

from __future__ import annotations

import os

import click
from flask import current_app, url_for
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.commands import (
    LINK_LASTS,
    create_user,
    make_first_administrator_link,
    make_link,
    named_user,
    unlock,
)
from app.accounts.queries import has_administrator
from app.extensions import db
from app.models import User
from app.shared.cli import option, refusals_as_errors, refuse_before_setup


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.argument("username")
@option("--name", "display_name", required=True, help=_l("姓名，显示在页面上"))
@option("--administrator", is_flag=True, help=_l("管理员：管理账号和评估，看不到答卷"))
@click.password_option()
@with_appcontext
def create(username: str, display_name: str, administrator: bool, password: str) -> None:
    """Open an account with an initial password, to be changed at the first sign-in.

    The first administrator keeps the password: whoever types it is the one who signs in.
    """
    refuse_before_setup()
    with refusals_as_errors():
        create_user(
            db.session,
            username=username,
            display_name=display_name,
            password=password,
            administrator=administrator,
            must_change_password=not administrator or has_administrator(db.session),
        )
        db.session.commit()
    click.echo(_("已开账号「%(username)s」。", username=username))


@user.command("invite")
@click.argument("username")
@option("--name", "display_name", required=True, help=_l("姓名，显示在页面上"))
@option("--administrator", is_flag=True, help=_l("管理员：管理账号和评估，看不到答卷"))
@with_appcontext
def invite(username: str, display_name: str, administrator: bool) -> None:
    """Open an account without a password, and print the one-time link by which its owner sets one."""
    refuse_before_setup()
    with refusals_as_errors():
        account = create_user(
            db.session, username=username, display_name=display_name, password=None, administrator=administrator
        )
        token = make_link(db.session, account)
        db.session.commit()
    _print_link(account, token)


@user.command("reset")
@click.argument("username")
@with_appcontext
def reset(username: str) -> None:
    """Print a one-time link by which the owner of an account sets a new password; earlier links end."""
    refuse_before_setup()
    with refusals_as_errors():
        account = named_user(db.session, username)
        token = make_link(db.session, account)
        db.session.commit()
    _print_link(account, token)


@user.command("unlock")
@click.argument("username")
@with_appcontext
def end_lock(username: str) -> None:
    """End the lock that wrong passwords put on an account."""
    refuse_before_setup()
    with refusals_as_errors():
        unlock(db.session, named_user(db.session, username))
        db.session.commit()
    click.echo(_("已解除「%(username)s」的锁定。", username=username))


def print_first_administrator_link() -> None:
    """Print a one-time link to open the first administrator's account; nothing once there is an administrator."""
    if has_administrator(db.session):
        return
    with refusals_as_errors():
        token = make_first_administrator_link(db.session)
        db.session.commit()
    click.echo("\n  " + _("还没有管理员。在浏览器里打开这个链接，建立第一个管理员（只能用一次，24 小时内有效）："))
    click.echo(f"  {_address(token)}\n")


def _print_link(account: User, token: str) -> None:
    click.echo(
        _(
            "把这个链接交给「%(username)s」本人设密码（只能用一次，%(days)s 天内有效，不会再显示）：",
            username=account.username,
            days=LINK_LASTS.days,
        )
    )
    click.echo(_address(token))


def _address(token: str) -> str:
    """The address of a one-time link: below PUBLIC_URL, else below HOST and PORT as `serve` takes them."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    base = current_app.config["PUBLIC_URL"] or f"http://{host}:{port}"
    with current_app.test_request_context():
        return str(base + url_for("account_links.follow", token=token))


COMMANDS = (user,)
