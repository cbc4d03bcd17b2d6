"""Pages of the results of the survey."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.access import members
from app.documents.queries import questionnaire_of
from app.extensions import db
from app.localisation import to_visitor
from app.models import Role
from app.results.labels import FACTS, band_name
from app.results.queries.alternative_weights import alternative_weights_of, largest_change
from app.results.queries.comparisons import comparisons_of, round_comparison_of
from app.results.queries.distribution import distribution_of
from app.results.queries.nonresponse_bounds import flips_below_bands, nonresponse_bounds_of
from app.results.queries.reliability import reliability_of
from app.results.queries.results import FactResult, results_of
from app.results.rows import summary
from app.results.rows.comparisons import change_rows, comparison_tables, item_rows, weighting_rows
from app.shared.getters import get_evaluation

blueprint = Blueprint("results", __name__, url_prefix="/evaluations/<slug>/results")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Satisfaction, bands and awareness, overall and by area."""
    evaluation = get_evaluation(slug)
    results = results_of(db.session, evaluation)
    distribution = distribution_of(results) if results.valid else None
    return render_template(
        "results/show.html",
        evaluation=evaluation,
        results=results,
        bands=[(band_name(entry.band), entry.count) for entry in results.bands],
        fact_bars=[_share_bar(fact) for fact in results.facts],
        facts=summary.fact_rows(results.facts),
        nonresponse_bounds=summary.bounds_rows(nonresponse_bounds_of(results)),
        flips_below=flips_below_bands(results),
        quantiles=summary.quantile_rows(distribution) if distribution else [],
        unsatisfied=summary.unsatisfied_in_words(distribution) if distribution else "",
        areas=summary.area_rows(results.areas),
    )


@blueprint.get("/comparisons")
@members(Role.LEAD)
def compare(slug: str) -> str:
    """Comparisons of groups and rounds, alternative weights, and the reliability of the scale."""
    evaluation = get_evaluation(slug)
    questionnaire = questionnaire_of(evaluation)

    def in_words(name: str) -> str:
        return to_visitor(questionnaire.question(name).text)

    return render_template(
        "results/compare.html",
        evaluation=evaluation,
        comparisons=comparison_tables(comparisons_of(db.session, evaluation)),
        rounds=(rounds := round_comparison_of(db.session, evaluation)),
        changes=change_rows(rounds.changes) if rounds else [],
        reweighed=weighting_rows(reweighed := alternative_weights_of(db.session, evaluation)),
        moved=largest_change(reweighed, "satisfaction.mean"),
        reliability=(reliability := reliability_of(db.session, evaluation)),
        items=item_rows(reliability.items, in_words) if reliability else [],
    )


def _share_bar(fact: FactResult) -> tuple[str, int, int, str]:
    value = fact.figure.value
    return str(FACTS[fact.fact]), fact.known, fact.answered, "" if value is None else f"{value}%"
