"""The score of an evaluation from the command line: score sheet, recomputation, comparison."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.documents.queries import scheme_of
from app.extensions import db
from app.localisation import select_locale, to_visitor
from app.results.queries.results_json import to_json
from app.scores.queries.grade_uncertainty import GradeUncertainty, grade_uncertainty_of
from app.scores.queries.scores import score_of
from app.scores.queries.settlement_check import comparison_json, sheet_for_comparison
from app.scores.queries.settlement_check import recompute as compute_again
from app.shared.cli import differences_in_lines, find_evaluation, option, print_json
from app.shared.labels import listed
from app.shared.queries import settlement_of
from sampling.certificate import Mismatch
from sampling.text import Text
from surveys.scoring import ScoreSheet, compare
from surveys.scoring.compare import grade_of


@click.command()
@click.argument("slug")
@option("--json", "as_json", is_flag=True, help=_l("输出 JSON"))
@with_appcontext
def score(slug: str, as_json: bool) -> None:
    """Print the score sheet: every item with maximum, given, counted and reason; total and grade; as JSON the luck too.

    Exit code 1 when the draw does not verify: the differences are printed.
    """
    evaluation = find_evaluation(slug)
    try:
        outcome = score_of(db.session, evaluation)
    except Mismatch as mismatch:
        raise click.ClickException(differences_in_lines(_("抽样与登记不一致，不能评分："), mismatch)) from mismatch
    if as_json:
        uncertainty = _uncertainty_json(grade_uncertainty_of(outcome, scheme_of(evaluation)))
        print_json(outcome.to_dict(select_locale()) | {"luck": uncertainty})
        return
    for line in outcome.sheet.lines:
        counted = "—" if line.counted is None else line.counted
        click.echo(f"{to_visitor(line.name)}\t{line.maximum}\t{counted}\t{to_visitor(line.reason)}")
    click.echo(_total_or_missing(outcome.sheet))


def _total_or_missing(sheet: ScoreSheet) -> str:
    if sheet.total is None:
        return str(_("还缺：%(items)s", items=listed(map(to_visitor, sheet.missing))))
    grade = None if sheet.grade is None else to_visitor(sheet.grade)
    return str(_("总分 %(total)s，%(grade)s", total=sheet.total, grade=grade))


def _uncertainty_json(uncertainty: GradeUncertainty) -> dict[str, Any]:
    """The uncertainty as JSON, the name of each item in both languages: `name` and `name_en`."""
    names = ({"code": item.code, "name": item.name.zh, "name_en": item.name.en} for item in uncertainty.items)
    body: dict[str, Any] = to_json(uncertainty)
    items = [name | item | name for name, item in zip(names, body["items"], strict=True)]
    return body | {"items": items}


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
        raise click.ClickException(_("评分还没有定案，没有可以重算的结果。"))
    recomputation = compute_again(db.session, evaluation, settlement)
    if as_json:
        differences = [to_visitor(text) for text in recomputation.differences]
        print_json({"same": recomputation.same, "total": settlement.total, "differences": differences})
    elif recomputation.same:
        grade = to_visitor(grade_of(settlement.sheet) or Text(settlement.grade, settlement.grade))
        click.echo(_("一致：总分 %(total)s，%(grade)s。", total=settlement.total, grade=grade))
    else:
        click.echo("\n".join(map(to_visitor, recomputation.differences)))
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
        raise click.ClickException(_("有一份评估的抽样与登记不一致，不能评分。")) from mismatch
    comparison = compare(*sheets)
    if as_json:
        print_json(comparison_json(comparison))
        return
    for line in (*comparison.lines, comparison.total):
        mark = "=" if line.same else "≠"
        causes = _("；").join(map(to_visitor, line.causes))
        click.echo(f"{mark}\t{to_visitor(line.name)}\t{line.before}\t{line.after}\t{causes}")
    before, after = (grade and to_visitor(grade) for grade in comparison.grade_names)
    click.echo("\t".join((_("等级"), str(before), str(after))))
    for words in comparison.conditions:
        click.echo(f"≠\t{to_visitor(words)}")


COMMANDS = (score, recompute, compare_scores)
