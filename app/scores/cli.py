"""The score of an evaluation from the command line: score sheet, recomputation, comparison."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from app.documents.queries import scheme_of
from app.extensions import db
from app.results.queries.results_json import to_json
from app.scores.queries.grade_uncertainty import GradeUncertainty, grade_uncertainty_of
from app.scores.queries.scores import score_of
from app.scores.queries.settlement_check import comparison_json, sheet_for_comparison
from app.scores.queries.settlement_check import recompute as compute_again
from app.shared.cli import find_evaluation, print_json
from app.shared.queries import settlement_of
from sampling.certificate import Mismatch
from surveys.scoring import compare


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
            f"  {difference.check}：{difference.where.zh} {difference.reason.zh}" for difference in mismatch.differences
        )
        raise click.ClickException(f"抽样与登记不一致，不能评分：\n{lines}") from mismatch
    if as_json:
        uncertainty = grade_uncertainty_of(outcome, scheme_of(evaluation))
        print_json(outcome.to_dict() | {"luck": _uncertainty_json(uncertainty)})
        return
    for line in outcome.sheet.lines:
        click.echo(
            f"{line.name.zh}\t{line.maximum}\t{line.counted if line.counted is not None else '—'}\t{line.reason.zh}"
        )
    if outcome.sheet.total is None:
        click.echo("还缺：" + "、".join(text.zh for text in outcome.missing))
    else:
        grade = outcome.sheet.grade
        click.echo(f"总分 {outcome.sheet.total}，{grade.zh if grade else None}")


def _uncertainty_json(uncertainty: GradeUncertainty) -> dict[str, Any]:
    """The uncertainty as JSON, the name of each item in both languages: `name` and `name_en`."""
    names = ({"code": item.code, "name": item.name.zh, "name_en": item.name.en} for item in uncertainty.items)
    body: dict[str, Any] = to_json(uncertainty)
    return body | {"items": [name | item for name, item in zip(names, body["items"], strict=True)]}


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
    recomputation = compute_again(db.session, evaluation, settlement)
    if as_json:
        print_json(
            {
                "same": recomputation.same,
                "total": settlement.total,
                "differences": [text.zh for text in recomputation.differences],
            }
        )
    elif recomputation.same:
        click.echo(f"一致：总分 {settlement.total}，{settlement.grade}。")
    else:
        click.echo("\n".join(text.zh for text in recomputation.differences))
    raise SystemExit(0 if recomputation.same else 1)


@click.command("compare")
@click.argument("slug")
@click.argument("other")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def compare_scores(slug: str, other: str, as_json: bool) -> None:
    """Compare the score sheets of two evaluations line by line: from OTHER to SLUG."""
    try:
        sheets = [sheet_for_comparison(db.session, find_evaluation(each)) for each in (other, slug)]
    except Mismatch as mismatch:
        raise click.ClickException("有一份评估的抽样与登记不一致，不能评分。") from mismatch
    comparison = compare(*sheets)
    if as_json:
        print_json(comparison_json(comparison))
        return
    for line in (*comparison.lines, comparison.total):
        mark = "=" if line.same else "≠"
        click.echo(f"{mark}\t{line.name.zh}\t{line.before}\t{line.after}\t{'；'.join(text.zh for text in line.causes)}")
    click.echo(f"等级\t{comparison.grades[0]}\t{comparison.grades[1]}")
    for words in comparison.conditions:
        click.echo(f"≠\t{words.zh}")


COMMANDS = (score, recompute, compare_scores)
