"""The command group `privacy`: erasing personal data once the retention period is over."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.clock import local, now
from app.database import read_only
from app.extensions import db
from app.models import Erasure, Evaluation
from app.retention.commands import erase_personal_data
from app.retention.labels import HOLDINGS
from app.retention.queries import counts_to_erase, due_evaluations
from app.schema import is_current
from app.shared.cli import find_evaluation, find_user, refusals_as_errors
from app.shared.queries import retention_is_over


@click.group()
def privacy() -> None:
    """Data of the people asked."""


@privacy.command("erase")
@click.option("--evaluation", "slug", help="只看这一次评估")
@click.option("--due", is_flag=True, help="所有到期而没有删除的评估；可以放进 cron")
@click.option("--dry-run", is_flag=True, help="只数要删除的，什么也不删")
@click.option("--by", help="以哪个账号的名义记录")
@with_appcontext
def erase(slug: str | None, due: bool, dry_run: bool, by: str | None) -> None:
    """Erase what identifies or reaches people, from the day after the one they were told; prints counts only.

    Cannot be undone. Repeating it changes nothing.
    """
    if bool(slug) == due:
        raise click.UsageError("用 --evaluation 指明一次评估，或用 --due 处理所有到期的。")
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
            click.echo(f"{chosen_slug}：{_day(erased.record)} 已经删除过，没有变化。")
        else:
            click.echo(f"{chosen_slug}：已删除。")
            _print(erased.record.counts)


def _chosen(slug: str | None) -> list[Evaluation]:
    if slug is not None:
        return [find_evaluation(slug)]
    if not is_current(db.engine):
        raise click.ClickException("数据库还没有准备好。先运行 `flask setup`。")
    due = due_evaluations(db.session)
    if not due:
        click.echo("没有到期的评估。", err=True)
    return due


def _show(evaluations: list[Evaluation]) -> None:
    for evaluation in evaluations:
        if evaluation.erasure is not None:
            click.echo(f"{evaluation.slug}：{_day(evaluation.erasure)} 已经删除过。")
            continue
        until = evaluation.keep_until.isoformat()
        when = "已经到期" if retention_is_over(evaluation) else f"今天是 {local(now()).date().isoformat()}，还没有到期"
        click.echo(f"{evaluation.slug}：资料保存到 {until}，{when}。")
        _print(counts_to_erase(db.session, evaluation))


def _day(erasure: Erasure) -> str:
    return erasure.erased_on.isoformat()


def _print(counts: dict[str, int]) -> None:
    for code, name in HOLDINGS.items():
        click.echo(f"  {counts.get(code, 0)}\t{name}")


COMMANDS = (privacy,)
