"""Accounts from the command line: the first administrator of an installation is made here."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.cli.support import find_evaluation, find_user, said_plainly
from app.commands.evaluations import add_member, create_user
from app.extensions import db
from app.models import MEMBER_ROLES, Role


@click.group()
def user() -> None:
    """Accounts."""


@user.command("create")
@click.argument("username")
@click.option("--name", "display_name", required=True, help="姓名，显示在页面上")
@click.option("--administrator", is_flag=True, help="管理员：管理账号和评估，看不到答卷")
@click.password_option()
@with_appcontext
def create(username: str, display_name: str, administrator: bool, password: str) -> None:
    """Open an account."""
    with said_plainly():
        create_user(
            db.session,
            username=username,
            display_name=display_name,
            password=password,
            administrator=administrator,
        )
        db.session.commit()
    click.echo(f"已开账号「{username}」。")


@user.command("join")
@click.argument("username")
@click.argument("slug")
@click.argument("role", type=click.Choice([role.value for role in MEMBER_ROLES]))
@with_appcontext
def join(username: str, slug: str, role: str) -> None:
    """Give an account a role at an evaluation."""
    evaluation = find_evaluation(slug)
    account = find_user(username)
    with said_plainly():
        if account is not None:
            add_member(db.session, evaluation, account, Role(role))
        db.session.commit()
    click.echo(f"「{username}」现在是「{slug}」的 {role}。")


COMMANDS = (user,)
