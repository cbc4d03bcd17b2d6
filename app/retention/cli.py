"""The command group `privacy`: erasing personal data once the retention period is over."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.clock import local, now
from app.database import read_only
from app.extensions import db
from app.models import Erasure, Evaluation
from app.retention.commands import erase_personal_data
from app.retention.labels import HOLDINGS
from app.retention.queries import counts_to_erase, due_evaluations
from app.shared.cli import find_evaluation, find_user, option, refusals_as_errors, refuse_before_setup
from app.shared.queries import retention_is_over


@click.group()
def privacy() -> None:
    """Data of the people asked."""


@privacy.command("erase")
@option("--evaluation", "slug", help=_l("只看这一次评估"))
@option("--due", is_flag=True, help=_l("所有到期而没有删除的评估；可以放进 cron"))
@option("--dry-run", is_flag=True, help=_l("只数要删除的，什么也不删"))
@option("--by", help=_l("以哪个账号的名义记录"))
@with_appcontext
def erase(slug: str | None, due: bool, dry_run: bool, by: str | None) -> None:
    """Erase what identifies or reaches people, from the day after the one they were told; prints counts only.

    Cannot be undone. Repeating it changes nothing.
    """
    if bool(slug) == due:
        raise click.UsageError(_("用 --evaluation 指明一次评估，或用 --due 处理所有到期的。"))
    if dry_run:
        with read_only():
            _show(_chosen(slug))
        return
    actor = find_user(by)
    for chosen_slug in [evaluation.slug for evaluation in _chosen(slug)]:
        with refusals_as_errors():
            erased = erase_personal_data(db.session, find_evaluation(chosen_slug), actor=actor)
            db.session.commit()
        if erased.repeated:
            click.echo(_("%(slug)s：%(day)s 已经删除过，没有变化。", slug=chosen_slug, day=_day(erased.record)))
        else:
            click.echo(_("%(slug)s：已删除。", slug=chosen_slug))
            _print(erased.record.counts)


def _chosen(slug: str | None) -> list[Evaluation]:
    if slug is not None:
        return [find_evaluation(slug)]
    refuse_before_setup()
    due = due_evaluations(db.session)
    if not due:
        click.echo(_("没有到期的评估。"), err=True)
    return due


def _show(evaluations: list[Evaluation]) -> None:
    for evaluation in evaluations:
        if evaluation.erasure is not None:
            click.echo(_("%(slug)s：%(day)s 已经删除过。", slug=evaluation.slug, day=_day(evaluation.erasure)))
            continue
        click.echo(_kept_until(evaluation))
        _print(counts_to_erase(db.session, evaluation))


def _kept_until(evaluation: Evaluation) -> str:
    slug, until = evaluation.slug, evaluation.keep_until.isoformat()
    if retention_is_over(evaluation):
        return str(_("%(slug)s：资料保存到 %(until)s，已经到期。", slug=slug, until=until))
    today = local(now()).date().isoformat()
    return str(_("%(slug)s：资料保存到 %(until)s，今天是 %(today)s，还没有到期。", slug=slug, until=until, today=today))


def _day(erasure: Erasure) -> str:
    return erasure.erased_on.isoformat()


def _print(counts: dict[str, int]) -> None:
    for code, name in HOLDINGS.items():
        click.echo(f"  {counts.get(code, 0)}\t{name}")


COMMANDS = (privacy,)
