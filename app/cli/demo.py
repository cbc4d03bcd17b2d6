"""The demonstration evaluation."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.demo.ledger_file import ledger_workbook
from app.demo.loading import PASSWORD, SIGN_INS, SLUG, is_loaded, load
from app.desk.commands.links import issue_link
from app.extensions import db
from app.models import Case, Draw, Evaluation
from app.shared.cli import option


@click.group()
def demo() -> None:
    """The demonstration evaluation (Shibi Street 2023, invented people)."""


@demo.command("load")
@option("--if-empty", is_flag=True, help=_l("库里已有评估时什么也不做"))
@with_appcontext
def load_demo(if_empty: bool) -> None:
    """Load the demonstration evaluation, and print its sign-ins and one personal link."""
    if is_loaded(db.session):
        if not if_empty:
            raise click.ClickException(_("库里已经有评估，演示数据只载入空的数据库。"))
    else:
        load(db.session, lambda message: click.echo(f"  {message}"))
        db.session.commit()
    evaluation = db.session.scalar(select(Evaluation).where(Evaluation.slug == SLUG))
    if evaluation is not None:
        _print_sign_ins(evaluation)


def _print_sign_ins(evaluation: Evaluation) -> None:
    named = _("演示评估 %(slug)s(%(title)s)", slug=evaluation.slug, title=evaluation.title)
    click.echo("\n  " + named)
    click.echo("  " + _("演示账号，密码均为 %(password)s：", password=PASSWORD))
    for entry in SIGN_INS:
        click.echo(f"    {entry.username:<14} {entry.name}")
    case = db.session.scalar(
        select(Case)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None), Case.outcome.is_(None))
        .order_by(Case.ticket)
    )
    if case is not None:
        token = issue_link(db.session, case)
        db.session.commit()
        url = f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}/q/{token}"
        click.echo("  " + _("一条服务对象的问卷链接：%(url)s", url=url))


@demo.command("ledger")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@option("--with-mistakes", is_flag=True, help=_l("第一次交来的版本，有十处错误"))
@with_appcontext
def ledger(output: Path, with_mistakes: bool) -> None:
    """Write the demonstration's ledger as an Excel file, to upload by hand."""
    output.write_bytes(ledger_workbook(corrected=not with_mistakes))
    click.echo(_("已写入 %(path)s", path=output))
