"""Membership of evaluations from the command line."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from app.accounts.cli import user
from app.evaluations.commands.evaluations import add_member
from app.extensions import db
from app.models import MEMBER_ROLES, Role
from app.shared.cli import find_evaluation, find_user, refusals_as_errors


@user.command("join")
@click.argument("username")
@click.argument("slug")
@click.argument("role", type=click.Choice([role.value for role in MEMBER_ROLES]))
@with_appcontext
def join(username: str, slug: str, role: str) -> None:
    """Give an account a role at an evaluation."""
    evaluation = find_evaluation(slug)
    account = find_user(username)
    with refusals_as_errors():
        if account is not None:
            add_member(db.session, evaluation, account, Role(role))
        db.session.commit()
    click.echo(_("「%(username)s」现在是「%(slug)s」的 %(role)s。", username=username, slug=slug, role=role))


# `join` is a command of the group `flask user`, which app.accounts.cli registers.
COMMANDS: tuple[click.Command, ...] = ()
