"""Results of the survey."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.access import members
from app.extensions import db
from app.getters import get_evaluation
from app.models import Role
from app.queries.results import FactResult, results_of
from app.texts import FACTS
from surveys.indicators import Band, plain

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
    )


def band_name(band: Band) -> str:
    """A band in words."""
    if band.high is None:
        return str(_("%(low)s 及以上", low=plain(band.low)))
    if band.low == 0:
        return str(_("低于 %(high)s", high=plain(band.high)))
    return str(_("%(low)s 到 %(high)s", low=plain(band.low), high=plain(band.high)))


def _share_bar(fact: FactResult) -> tuple[str, int, int, str]:
    value = fact.figure.value
    return str(FACTS[fact.fact]), fact.known, fact.answered, "" if value is None else f"{value}%"
