"""The quality of the ledgers from the command line: a table, or the list for the station."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.support import find_evaluation
from app.extensions import db
from app.queries.evidence import frame_of, live_draw
from app.queries.mending import FAULT_NAMES, mending_list
from app.queries.quality import faults_of, frame_quality
from app.spreadsheets import workbook

NUMBERS = ("人数", "没有电话", "没有电话和住址", "与人共用电话", "可能登记了两次")


@click.command()
@click.argument("slug")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="把交给社工站的待改清单写成 .xlsx")
@with_appcontext
def quality(slug: str, output: Path | None) -> None:
    """Print the quality of the ledgers in counts, for the lead; or write the list by which the station mends them.

    The table also holds what fieldwork found out; the list never does before the score is settled.
    """
    evaluation = find_evaluation(slug)
    if output is not None:
        sheets = mending_list(db.session, evaluation)
        try:
            output.write_bytes(workbook(sheets))
        except OSError as error:
            raise click.ClickException(f"不能写入 {output}：{error.strerror}。") from error
        click.echo(f"已写入 {output.name}，共 {len(sheets[0].rows)} 处要改。", err=True)
        return
    frame = frame_of(db.session, evaluation)
    if frame is None or not frame.people_count:
        raise click.ClickException("还没有名册。先用 `flask import` 导入。")
    if evaluation.erasure is not None:
        click.echo("个人资料已按期删除，不再能检查名册。", err=True)
    else:
        found = frame_quality(db.session, evaluation, frame)
        _print(("村居", *NUMBERS), ((village.name, *astuple(village.counts)) for village in found.villages))
        _print(("类别", *NUMBERS), ((category.zh, *astuple(category.counts)) for category in found.categories))
    draw = live_draw(db.session, evaluation)
    if draw is not None:
        names = map(str, FAULT_NAMES.values())
        _print(("村居", "抽中", *names), (astuple(row)[1:] for row in faults_of(db.session, draw)))


def _print(headings: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    click.echo("\t".join(headings))
    for row in rows:
        click.echo("\t".join(map(str, row)))
    click.echo()


COMMANDS = (quality,)
