"""Accounts from the command line: the first administrator of an installation is made here."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.commands import create_user
from app.extensions import db
from app.shared.cli import option, refusals_as_errors


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
    """Open an account."""
    with refusals_as_errors():
        create_user(
            db.session,
            username=username,
            display_name=display_name,
            password=password,
            administrator=administrator,
        )
        db.session.commit()
    click.echo(_("已开账号「%(username)s」。", username=username))


COMMANDS = (user,)
