"""Results of the survey."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.access import members
from app.documents.queries import questionnaire_of
from app.extensions import db
from app.localisation import select_locale
from app.models import Role
from app.results.labels import FACTS, SELF_OR_PROXY, band_name
from app.results.queries.alternative_weights import largest_change, reweighed_of
from app.results.queries.comparisons import Comparison, Group, comparisons_of, rounds_of
from app.results.queries.distribution import spread_of
from app.results.queries.nonresponse_bounds import turns_below, unheard_of
from app.results.queries.reliability import reliability_of
from app.results.queries.results import FactResult, results_of
from app.results.queries.strata import Part
from app.shared.getters import get_evaluation
from app.shared.labels import MODES

blueprint = Blueprint("results", __name__, url_prefix="/evaluations/<slug>/results")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Satisfaction, bands and awareness, overall and by area."""
    evaluation = get_evaluation(slug)
    results = results_of(db.session, evaluation)
    return render_template(
        "results/show.html",
        evaluation=evaluation,
        results=results,
        bands=[(band_name(entry.band), entry.count) for entry in results.bands],
        facts=[_share_bar(fact) for fact in results.facts],
        unheard=unheard_of(results),
        turns=turns_below(results),
        spread=spread_of(results) if results.valid else None,
    )


@blueprint.get("/comparisons")
@members(Role.LEAD)
def compare(slug: str) -> str:
    """Who differs from whom, how this round differs from the last, and whether the scale holds together."""
    evaluation = get_evaluation(slug)
    questionnaire = questionnaire_of(evaluation)
    return render_template(
        "results/compare.html",
        evaluation=evaluation,
        comparisons=comparisons_of(db.session, evaluation),
        rounds=rounds_of(db.session, evaluation),
        reweighed=(reweighed := reweighed_of(db.session, evaluation)),
        moved=largest_change(reweighed, "satisfaction.mean"),
        reliability=reliability_of(db.session, evaluation),
        group_name=group_name,
        question_text=lambda name: questionnaire.question(name).text.in_language(select_locale()),
    )


def group_name(comparison: Comparison, group: Group) -> str:
    """A group in words."""
    if comparison.part is Part.MODE:
        return str(MODES[group.key])
    if comparison.part is Part.PROXY:
        return str(SELF_OR_PROXY[group.key])
    return group.name or str(_("没有访问员（网络问卷）"))


def _share_bar(fact: FactResult) -> tuple[str, int, int, str]:
    value = fact.figure.value
    return str(FACTS[fact.fact]), fact.known, fact.answered, "" if value is None else f"{value}%"
