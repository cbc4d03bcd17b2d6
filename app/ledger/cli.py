"""Ledgers from the command line: import, sealing, and quality."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.extensions import db
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import import_upload, store_upload, suggested_columns
from app.ledger.queries.corrections import FAULT_NAMES, correction_list
from app.ledger.queries.frames import frame_of
from app.ledger.queries.quality import faults_of, frame_quality
from app.ledger.reader.columns import problems as column_problems
from app.ledger.reader.errors import LedgerFileError, Limits
from app.models import LedgerFinding
from app.shared.cli import find_evaluation, progress_line, refusals_as_errors
from app.shared.queries import live_draw
from app.spreadsheets import workbook

COMMAND_LINE_ROWS = 1_000_000

SEVERITIES = ("error", "warning", "info")

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
        sheets = correction_list(db.session, evaluation)
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
        quality = frame_quality(db.session, evaluation, frame)
        _print(("村居", *NUMBERS), ((village.name, *astuple(village.counts)) for village in quality.villages))
        _print(("类别", *NUMBERS), ((category.zh, *astuple(category.counts)) for category in quality.categories))
    draw = live_draw(db.session, evaluation)
    if draw is not None:
        names = map(str, FAULT_NAMES.values())
        _print(("村居", "抽中", *names), (astuple(row)[1:] for row in faults_of(db.session, draw)))


def _print(headings: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    click.echo("\t".join(headings))
    for row in rows:
        click.echo("\t".join(map(str, row)))
    click.echo()


@click.command("import")
@click.argument("slug")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--label", default="", help="名册的名称；同名的旧名册会被替换")
@click.option("--findings", type=click.Path(dir_okay=False, path_type=Path), help="把逐行发现写成 CSV")
@click.option("--strict", is_flag=True, help="有错误行时不导入，退出码 1")
@with_appcontext
def import_ledger(slug: str, path: Path, label: str, findings: Path | None, strict: bool) -> None:
    """Import a ledger (.xlsx, .xls, .csv), matching its columns by their headings."""
    evaluation = find_evaluation(slug)
    with refusals_as_errors(LedgerFileError):
        limits = command_line_limits()
        upload, table = store_upload(
            db.session,
            evaluation,
            filename=path.name,
            data=path.read_bytes(),
            label=label,
            limits=limits,
        )
        mapping = suggested_columns(table)
        if problems := column_problems(mapping, table.headers):
            db.session.rollback()
            raise click.ClickException("；".join(problem.zh for problem in problems))
        frame = import_upload(db.session, upload, mapping, limits=limits, progress=progress_line())
        counts = {s: sum(f.severity == s for f in upload.findings) for s in SEVERITIES}
        if findings:
            _write_findings(findings, upload.findings)
        if strict and counts["error"]:
            db.session.rollback()
            raise click.ClickException(f"{counts['error']} 处错误，没有导入。")
        db.session.commit()
    click.echo(
        f"读到 {upload.row_count} 行，列入 {upload.kept_count} 行；"
        f"错误 {counts['error']}，提醒 {counts['warning']}，说明 {counts['info']}。"
        f"抽样框现有 {frame.people_count} 人，其中困难群众和特殊群体 {frame.priority_count} 人。"
    )


def _write_findings(path: Path, findings: list[LedgerFinding]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行", "栏目", "程度", "说明"])
        writer.writerows([f.row_number, f.field, f.severity, f.message] for f in findings)


@click.command()
@click.argument("slug")
@click.option("--confirm", required=True, help="完整输入社工站名称")
@click.option("--leave-out-errors", is_flag=True, help="确认不列入有错误的行")
@with_appcontext
def seal(slug: str, confirm: str, leave_out_errors: bool) -> None:
    """Seal the frame; it cannot change afterwards."""
    evaluation = find_evaluation(slug)
    with refusals_as_errors():
        frame = seal_frame(db.session, evaluation, typed_name=confirm, leave_out_errors=leave_out_errors)
        db.session.commit()
    click.echo(f"已封存 {frame.people_count} 人。指纹 {frame.fingerprint}")


def command_line_limits() -> Limits:
    """The limits of files read from the command line: more rows than a web upload may have."""
    return Limits(max_rows=COMMAND_LINE_ROWS, max_bytes=1 << 30)


COMMANDS = (import_ledger, seal, quality)
