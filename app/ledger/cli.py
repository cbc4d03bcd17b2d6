"""Ledgers from the command line: import, sealing, and quality."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, replace
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.ledger.commands.frames import seal_frame
from app.ledger.commands.uploads import OpenQuestions, RepeatsLedger, import_upload, store_upload
from app.ledger.labels import COSTS, UNDECIDED, finding_sentence
from app.ledger.queries.corrections import FAULT_NAMES, correction_list
from app.ledger.queries.decisions import undecided_at_sealing
from app.ledger.queries.frames import frame_of
from app.ledger.queries.quality import FrameQuality, faults_of, frame_quality
from app.ledger.reader.errors import ACCEPTED_SUFFIXES, LedgerFileError, Limits
from app.ledger.reader.plans import PlanError, SheetPlan
from app.ledger.reader.recognition import answer
from app.localisation import to_visitor
from app.models import Evaluation, Frame, LedgerFinding, LedgerUpload
from app.shared.cli import find_evaluation, option, progress_line, refusals_as_errors
from app.shared.queries import live_draw
from app.spreadsheets import neutralise_formula, workbook
from sampling.text import Text

COMMAND_LINE_ROWS = 1_000_000

SEVERITIES = ("error", "warning", "info")

NUMBERS = (_l("人数"), _l("没有电话"), _l("没有电话和住址"), _l("与人共用电话"), _l("可能登记了两次"))


@click.command()
@click.argument("slug")
@option("--output", type=click.Path(dir_okay=False, path_type=Path), help=_l("把交给社工站的待改清单写成 .xlsx"))
@with_appcontext
def quality(slug: str, output: Path | None) -> None:
    """Print the quality of the ledgers in counts, for the lead; or write the list by which the station mends them.

    The table also holds what fieldwork found out; the list never does before the score is settled.
    """
    evaluation = find_evaluation(slug)
    if output is not None:
        _write_correction_list(evaluation, output)
        return
    frame = frame_of(db.session, evaluation)
    if frame is None or not frame.people_count:
        raise click.ClickException(_("还没有名册。先用 `flask import` 导入。"))
    if evaluation.erasure is not None:
        click.echo(_("个人资料已按期删除，不再能检查名册。"), err=True)
    else:
        _print_quality(frame_quality(db.session, evaluation, frame))
    draw = live_draw(db.session, evaluation)
    if draw is not None:
        headings = (_("村居"), _("抽中"), *FAULT_NAMES.values())
        _print(headings, (astuple(row)[1:] for row in faults_of(db.session, draw)))


def _write_correction_list(evaluation: Evaluation, output: Path) -> None:
    sheets = correction_list(db.session, evaluation)
    try:
        output.write_bytes(workbook(sheets))
    except OSError as error:
        message = _("不能写入 %(path)s：%(reason)s。", path=output, reason=error.strerror)
        raise click.ClickException(message) from error
    click.echo(_("已写入 %(name)s，共 %(n)s 处要改。", name=output.name, n=len(sheets[0].rows)), err=True)


def _print_quality(quality: FrameQuality) -> None:
    _print((_("村居"), *NUMBERS), ((village.name, *astuple(village.counts)) for village in quality.villages))
    categories = (
        (to_visitor(Text(category.zh, category.en)), *astuple(category.counts)) for category in quality.categories
    )
    _print((_("类别"), *NUMBERS), categories)


def _print(headings: tuple[object, ...], rows: Iterable[tuple[object, ...]]) -> None:
    click.echo("\t".join(map(str, headings)))
    for row in rows:
        click.echo("\t".join(map(str, row)))
    click.echo()


# The options that answer what is uncertain about sheets, in the order in which they are applied.
ANSWERS = {
    "sheet": _l("列入或不列入一张工作表：名册=take 或 名册=leave"),
    "column": _l("哪一栏是什么：名册:phone=5（从 1 数；几栏用逗号；- 是没有）"),
    "hidden_rows": _l("隐藏的行：名册=take 或 名册=leave"),
    "village": _l("一张工作表的人都在哪个村居：名册=石壁一村"),
    "category": _l("一张工作表的人都是什么类别：名册=低保"),
}


def _with_answers(command: Callable[..., None]) -> Callable[..., None]:
    for name, help_ in reversed(ANSWERS.items()):
        command = option(f"--{name.replace('_', '-')}", multiple=True, help=help_)(command)
    return command


@click.command(
    "import", help=f"Import every sheet of a ledger ({' '.join(ACCEPTED_SUFFIXES)}), recognised by names and headings."
)
@click.argument("slug")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option("--label", default="", help=_l("名册的名称；同名的旧名册会被替换"))
@option("--findings", type=click.Path(dir_okay=False, path_type=Path), help=_l("把逐行发现写成 CSV"))
@option("--replaces", default="", help=_l("它是在用的哪一份名册的新版（名称）"))
@option("--in-addition", is_flag=True, help=_l("它与在用的名册大多相同，但两份都用"))
@option("--strict", is_flag=True, help=_l("有错误行时不导入，退出码 1"))
@_with_answers
@option("--birth-from-identity", is_flag=True, help=_l("没有出生年份的，从身份证号码里取；号码不保存"))
@with_appcontext
def import_ledger(
    slug: str,
    path: Path,
    label: str,
    findings: Path | None,
    replaces: str,
    in_addition: bool,
    strict: bool,
    birth_from_identity: bool,
    **answers: Sequence[str],
) -> None:
    evaluation = find_evaluation(slug)
    with refusals_as_errors(LedgerFileError, PlanError):
        limits = command_line_limits()
        received = store_upload(
            db.session,
            evaluation,
            filename=path.name,
            data=path.read_bytes(),
            label=label,
            limits=limits,
        )
        upload, plans = received.upload, _answered(received.recognition.plans, answers, birth_from_identity)
        with _naming_options():
            frame = import_upload(
                db.session,
                upload,
                plans,
                limits=limits,
                workbook=received.workbook,
                replaces=replaces,
                in_addition=in_addition,
                progress=progress_line(),
            )
        counts = {s: sum(f.severity == s for f in upload.findings) for s in SEVERITIES}
        if findings:
            _write_findings(findings, upload.findings)
        if strict and counts["error"]:
            db.session.rollback()
            raise click.ClickException(_("%(n)s 处错误，没有导入。", n=counts["error"]))
        db.session.commit()
    click.echo(_imported(upload, frame, counts))


def _answered(
    plans: Sequence[SheetPlan], answers: Mapping[str, Sequence[str]], birth_from_identity: bool
) -> Sequence[SheetPlan]:
    """The recognised plans with what the options say; raises PlanError for a value that is none."""
    for name in ANSWERS:
        for value in answers[name]:
            plans = answer(plans, name.replace("_", "-"), value)
    return [replace(plan, birth_from_identity=True) for plan in plans] if birth_from_identity else plans


@contextmanager
def _naming_options() -> Iterator[None]:
    """Turn a refusal that an option answers into an error that names the option."""
    try:
        yield
    except RepeatsLedger as repeats:
        db.session.rollback()
        options = _("用 --replaces 「%(label)s」替换它，或用 --in-addition 两份都用。", label=repeats.label)
        raise click.ClickException(f"{repeats.message} {options}") from repeats
    except OpenQuestions as undecided:
        db.session.rollback()
        lines = [f"{to_visitor(question.sentence)}\t{question.option}" for question in undecided.questions]
        raise click.ClickException("\n".join((_("先要定下来，每一件后面是给的选项："), *lines))) from undecided


def _imported(upload: LedgerUpload, frame: Frame, counts: Mapping[str, int]) -> str:
    read = _(
        "读到 %(rows)s 行，列入 %(kept)s 行；错误 %(error)s，提醒 %(warning)s，说明 %(info)s。",
        rows=upload.row_count,
        kept=upload.kept_count,
        **counts,
    )
    held = _(
        "抽样框现有 %(people)s 人，其中困难群众和特殊群体 %(priority)s 人。",
        people=frame.people_count,
        priority=frame.priority_count,
    )
    return to_visitor(Text(read + held, f"{read} {held}"))


def _write_findings(path: Path, findings: list[LedgerFinding]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_("工作表"), _("行"), _("栏目"), _("程度"), _("说明")])
        writer.writerows(
            [
                neutralise_formula(f.sheet),
                f.row_number,
                f.field,
                f.severity,
                finding_sentence(f.code, f.severity, f.message),
            ]
            for f in findings
        )


@click.command()
@click.argument("slug")
@option("--confirm", required=True, help=_l("完整输入社工站名称"))
@option("--leave-out-errors", is_flag=True, help=_l("确认不列入有错误的行"))
@with_appcontext
def seal(slug: str, confirm: str, leave_out_errors: bool) -> None:
    """Seal the frame; it cannot change afterwards. What is undecided, and what that costs, is printed first."""
    evaluation = find_evaluation(slug)
    for left in undecided_at_sealing(db.session, evaluation):
        click.echo(f"{UNDECIDED[left.code]}\t{left.count}\t{COSTS[left.code]}", err=True)
    with refusals_as_errors():
        frame = seal_frame(db.session, evaluation, typed_name=confirm, leave_out_errors=leave_out_errors)
        db.session.commit()
    click.echo(_("已封存 %(n)s 人。指纹 %(fingerprint)s", n=frame.people_count, fingerprint=frame.fingerprint))


def command_line_limits() -> Limits:
    """The limits of files read from the command line: more rows than a web upload may have."""
    return Limits(max_rows=COMMAND_LINE_ROWS, max_bytes=1 << 30)


COMMANDS = (import_ledger, seal, quality)
