"""Opening evaluations from files, showing them, and membership, from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.cli import user
from app.clock import local, now
from app.evaluations.commands.evaluations import add_member
from app.evaluations.commands.opening import SetupRefused, open_evaluation
from app.evaluations.labels import SETTINGS
from app.evaluations.queries.summary import summary_of
from app.extensions import db
from app.models import MEMBER_ROLES, Role
from app.shared.cli import find_evaluation, find_user, option, print_json, refusals_as_errors, refuse_before_setup
from app.shared.json_files import read_json
from app.shared.labels import STAGES
from surveys.setup.example import example


@user.command("join")
@click.argument("username")
@click.argument("slug")
@click.argument("role", type=click.Choice([role.value for role in MEMBER_ROLES]))
@with_appcontext
def join(username: str, slug: str, role: str) -> None:
    """Give an account a role at an evaluation."""
    found = find_evaluation(slug)
    account = find_user(username)
    with refusals_as_errors():
        if account is not None:
            add_member(db.session, found, account, Role(role))
        db.session.commit()
    click.echo(_("「%(username)s」现在是「%(slug)s」的 %(role)s。", username=username, slug=slug, role=role))


@click.group()
def evaluation() -> None:
    """Open an evaluation from one file, and show one."""


@evaluation.command("example")
@with_appcontext
def print_example() -> None:
    """Print a file that `create` accepts as it is, to be changed into one's own."""
    print_json(example(local(now()).date()).to_json())


@evaluation.command("create")
@click.argument("slug")
@click.argument("path", metavar="FILE.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def create(slug: str, path: Path) -> None:
    """Open the evaluation that a file describes, all of it or nothing; every mistake is named at once."""
    refuse_before_setup()
    body = _read(path)
    try:
        with refusals_as_errors():
            opened = open_evaluation(db.session, slug, body)
            db.session.commit()
    except click.ClickException as error:
        if isinstance(error.__cause__, SetupRefused):
            raise _with_places(error.__cause__) from error
        raise
    click.echo(_("已建立「%(title)s」，简称 %(slug)s。", title=opened.title, slug=opened.slug))


def _read(path: Path) -> object:
    try:
        return read_json(path.read_bytes())
    except ValueError as error:
        raise click.ClickException(_("%(name)s 不是 JSON 文件。", name=path.name)) from error


def _with_places(refused: SetupRefused) -> click.ClickException:
    lines = [f"  {problem.place or _('（全文）')}: {problem.message}" for problem in refused.problems]
    return click.ClickException("\n".join([refused.message, *lines]))


@evaluation.command("show")
@click.argument("slug")
@option("--json", "as_json", is_flag=True, help=_l("输出 JSON：设置、抽样框人数、未处理的发现"))
@with_appcontext
def show(slug: str, as_json: bool) -> None:
    """Show how an evaluation is set up, who is on its frame in counts, and which findings are undecided."""
    found = find_evaluation(slug)
    summary = summary_of(db.session, found)
    if as_json:
        print_json(summary)
        return
    click.echo(f"{found.title} ({found.slug}) {STAGES[found.stage]} {found.period_start} – {found.period_end}")
    for name in ("evaluator", "commissioner", "purchaser", "hotline", "held_on", "keep_until"):
        click.echo(f"{SETTINGS[name]} {getattr(found, name) or '–'}")
    frame = summary["frame"]
    people = frame["people"] if frame else 0
    click.echo(_("抽样框 %(n)s 人，未处理的发现 %(m)s 条。", n=people, m=sum(summary["undecided_findings"].values())))


# `join` is a command of the group `flask user`, which app.accounts.cli registers.
COMMANDS: tuple[click.Command, ...] = (evaluation,)
