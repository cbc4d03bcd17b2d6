"""One evaluation from the command line: from ledger and draw to results, score, recomputation and export."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.support import (
    command_line_limits,
    find_evaluation,
    find_user,
    print_json,
    progress_line,
    said_plainly,
)
from app.commands.ceremonies import Source, announce_plan, close_commitments, reveal
from app.commands.draws import draw_sample
from app.commands.exports import record_export
from app.commands.frames import seal_frame
from app.commands.ledgers import import_upload, store_upload, suggested_columns
from app.documents import scheme_of
from app.exports.files import FORMATS, write_export
from app.extensions import db
from app.ledger.columns import problems as column_problems
from app.models import Ceremony, Draw, LedgerFinding
from app.queries.evidence import live_ceremony, live_draw, people_of, published_certificate, verify_draw
from app.queries.export import StillArriving
from app.queries.findings import findings_json, in_json
from app.queries.luck import luck_of
from app.queries.plans import plan_by_villages
from app.queries.recompute import comparison_json, sheet_for_comparison
from app.queries.recompute import recompute as compute_again
from app.queries.recount import miscounts
from app.queries.results import results_of
from app.queries.scores import score_of, settlement_of
from sampling.certificate import Mismatch, check, check_with_frame, keys_of
from surveys.scoring import compare

PRINTABLE = ("csv", "r")
SEVERITIES = ("error", "warning", "info")


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
    with said_plainly():
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
            raise click.ClickException("；".join(problems))
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
    with said_plainly():
        frame = seal_frame(db.session, evaluation, typed_name=confirm, leave_out_errors=leave_out_errors)
        db.session.commit()
    click.echo(f"已封存 {frame.people_count} 人。指纹 {frame.fingerprint}")


@click.command()
@click.argument("slug")
@click.option("--size", type=int, help="抽多少人；默认为规定数量，只能更多")
@click.option("--source", help="种子的公开来源，例如「2026-11-30 开奖的体彩排列五」；方案随之公布")
@click.option("--value", help="公开来源给出的数值；有了它才抽样")
@click.option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help="把证书写入文件")
@with_appcontext
def draw(slug: str, size: int | None, source: str | None, value: str | None, certificate: Path | None) -> None:
    """Announce a plan by villages with a public source for the seed; later, with its value, draw the sample."""
    evaluation = find_evaluation(slug)
    with said_plainly():
        ceremony = live_ceremony(db.session, evaluation)
        if source is not None:
            plan = plan_by_villages(db.session, evaluation, size)
            ceremony = announce_plan(db.session, evaluation, plan, [Source("公开来源", source)])
        elif ceremony is None:
            raise click.UsageError("先用 --source 写明种子的公开来源，公布抽样方案。")
        elif size is not None:
            raise click.UsageError("方案已经公布，人数不能再改。")
        drawn = _draw(ceremony, value) if value is not None else None
        db.session.commit()
    if drawn is None:
        click.echo(f"方案已公布，摘要 {ceremony.plan_digest}。得到数值后再用 --value 抽样。")
        return
    if certificate:
        certificate.write_text(_certificate_text(drawn), encoding="utf-8")
    click.echo(f"从 {drawn.population} 人中抽出 {drawn.size} 人。证书摘要 {drawn.certificate_digest}")


def _draw(ceremony: Ceremony, value: str) -> Draw:
    if ceremony.closed_at is None:
        close_commitments(db.session, ceremony)
    waiting = [one for one in ceremony.contributions if one.value is None]
    if len(waiting) > 1:
        raise click.ClickException("这个方案的种子由几方合成，请在页面上逐一公布。")
    for one in waiting:
        reveal(db.session, one, value)
    return draw_sample(db.session, ceremony)


def _certificate_text(drawn: Draw) -> str:
    return json.dumps(published_certificate(db.session, drawn), ensure_ascii=False, indent=2)


@click.command()
@click.argument("slug")
@with_appcontext
def recount(slug: str) -> None:
    """Count every response and case anew and hold it against the running tallies that the results are read from.

    Exit code 1 when a cell differs: somebody changed a tally by hand.
    """
    draw = live_draw(db.session, find_evaluation(slug))
    if draw is None:
        raise click.ClickException("还没有抽样。")
    found = miscounts(db.session, draw)
    if found:
        lines = "\n".join(f"  {m.tally} {m.cell}：累计 {m.kept}，重数 {m.counted}" for m in found)
        raise click.ClickException(f"有 {len(found)} 格与重数不同：\n{lines}")
    click.echo("一致：累计的数字与逐份重数的相同。")


@click.command()
@click.argument("slug")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件；默认写到标准输出")
@with_appcontext
def certificate(slug: str, output: Path | None) -> None:
    """Print the certificate of the draw."""
    drawn = live_draw(db.session, find_evaluation(slug))
    if drawn is None:
        raise click.ClickException("还没有抽样。")
    text = _certificate_text(drawn)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text)


@click.command()
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--evaluation", "slug", help="同时与该评估封存的抽样框核对；不给证书时核对库中的抽样")
@with_appcontext
def verify(certificate: Path | None, slug: str | None) -> None:
    """Re-check a draw: a certificate by itself, against the sealed frame, or the stored draw and its cases."""
    if certificate is None and slug is None:
        raise click.UsageError("给出证书文件，或用 --evaluation 指明评估。")
    try:
        if certificate is None:
            evidence = verify_draw(db.session, find_evaluation(slug or ""))
            click.echo(f"一致：重新抽样得到同样的 {evidence.cases} 人，个案齐全。证书摘要 {evidence.digest}")
            return
        content = _json(certificate)
        if slug is None:
            check(content)
            click.echo("证书自身一致：规则、分配、票号、次序和摘要都对得上。")
            return
        _verify_file_against(content, slug)
    except Mismatch as mismatch:
        lines = "\n".join(
            f"  {difference.check}：{difference.place} {difference.reason}" for difference in mismatch.differences
        )
        raise click.ClickException(f"不一致：\n{lines}") from mismatch


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise click.ClickException(f"{path.name} 不是 JSON 文件。") from error


def _verify_file_against(content: object, slug: str) -> None:
    drawn = live_draw(db.session, find_evaluation(slug))
    if drawn is None:
        raise click.ClickException("还没有抽样。")
    content = check_with_frame(content, people_of(db.session, drawn.frame))
    click.echo(f"一致：从封存的抽样框重新抽样，得到证书上的 {len(keys_of(content))} 人。")


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option(
    "--all", "everything", is_flag=True, help="和 --json 一起：还有分位数、界限、各种比较、换一种加权、可靠性"
)
@with_appcontext
def results(slug: str, as_json: bool, everything: bool) -> None:
    """Print satisfaction, bands and awareness, overall and by area, with intervals."""
    evaluation = find_evaluation(slug)
    found = results_of(db.session, evaluation)
    if as_json:
        print_json(found.to_dict() | (findings_json(db.session, evaluation, found) if everything else {}))
        return
    click.echo(found.sentence)
    for label, figure in (
        ("满意度（均值）", found.satisfaction),
        ("满意率", found.satisfied),
        ("有效知晓率", found.awareness),
    ):
        click.echo(f"{label}：{figure.in_words()}")


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@with_appcontext
def score(slug: str, as_json: bool) -> None:
    """Print the score sheet: every item with maximum, given, counted and reason; total and grade; as JSON the luck too.

    Exit code 1 when the draw does not verify: the differences are printed.
    """
    evaluation = find_evaluation(slug)
    try:
        outcome = score_of(db.session, evaluation)
    except Mismatch as mismatch:
        lines = "\n".join(
            f"  {difference.check}：{difference.place} {difference.reason}" for difference in mismatch.differences
        )
        raise click.ClickException(f"抽样与登记不一致，不能评分：\n{lines}") from mismatch
    if as_json:
        luck = in_json(luck_of(outcome, scheme_of(evaluation)))
        print_json(outcome.to_dict() | {"luck": luck})
        return
    for line in outcome.sheet.lines:
        click.echo(f"{line.name}\t{line.maximum}\t{line.counted if line.counted is not None else '—'}\t{line.reason}")
    if outcome.sheet.total is None:
        click.echo("还缺：" + "、".join(outcome.missing))
    else:
        click.echo(f"总分 {outcome.sheet.total}，{outcome.sheet.grade}")


@click.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def recompute(slug: str, as_json: bool) -> None:
    """Compute a settled result again, from its frozen inputs and from the data as they are.

    Exit code 1 when anything differs.
    """
    evaluation = find_evaluation(slug)
    settlement = settlement_of(db.session, evaluation)
    if settlement is None:
        raise click.ClickException("评分还没有定案，没有可以重算的结果。")
    found = compute_again(db.session, evaluation, settlement)
    if as_json:
        print_json({"same": found.same, "total": settlement.total, "differences": list(found.differences)})
    elif found.same:
        click.echo(f"一致：总分 {settlement.total}，{settlement.grade}。")
    else:
        click.echo("\n".join(found.differences))
    raise SystemExit(0 if found.same else 1)


@click.command("compare")
@click.argument("slug")
@click.argument("other")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def compare_scores(slug: str, other: str, as_json: bool) -> None:
    """Compare the score sheets of two evaluations line by line: from OTHER to SLUG."""
    try:
        sheets = [sheet_for_comparison(db.session, find_evaluation(one)) for one in (other, slug)]
    except Mismatch as mismatch:
        raise click.ClickException("有一份评估的抽样与登记不一致，不能评分。") from mismatch
    found = compare(*sheets)
    if as_json:
        print_json(comparison_json(found))
        return
    for line in (*found.lines, found.total):
        mark = "=" if line.same else "≠"
        click.echo(f"{mark}\t{line.name}\t{line.before}\t{line.after}\t{'；'.join(line.causes)}")
    click.echo(f"等级\t{found.grades[0]}\t{found.grades[1]}")
    for words in found.conditions:
        click.echo(f"≠\t{words}")


@click.command()
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件；CSV 和 R 默认写到标准输出")
@click.option("--by", help="以哪个账号的名义记录")
@with_appcontext
def export(slug: str, form: str, output: Path | None, by: str | None) -> None:
    """Export results and responses without personal data: xlsx, csv, sav (SPSS), codebook, r, or all as zip."""
    evaluation, actor = find_evaluation(slug), find_user(by)
    draw = live_draw(db.session, evaluation)
    if draw is None:
        raise click.ClickException("还没有抽样，没有可以导出的内容。")
    if output is None and form not in PRINTABLE:
        raise click.ClickException("这种文件要用 --output 写明存到哪里。")
    with tempfile.TemporaryFile() as file:
        try:
            sha256 = write_export(db.session, evaluation, draw, form, file)
        except StillArriving as arriving:
            raise click.ClickException(str(arriving)) from arriving
        record_export(db.session, evaluation, form=form, sha256=sha256, actor=actor)
        db.session.commit()
        file.seek(0)
        if output:
            with output.open("wb") as target:
                shutil.copyfileobj(file, target)
            click.echo(f"已写入 {output}（SHA-256 {sha256}）。", err=True)
        else:
            click.echo(file.read(), nl=False)


COMMANDS = (import_ledger, seal, draw, certificate, verify, results, recount, score, recompute, compare_scores, export)
