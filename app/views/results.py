"""Results of the survey."""

from __future__ import annotations

from fractions import Fraction

from flask import Blueprint, render_template

from app.access import members
from app.extensions import db
from app.getters import get_evaluation
from app.models import Role
from app.queries.results import results_of
from surveys.indicators import plain

blueprint = Blueprint("results", __name__, url_prefix="/evaluations/<slug>/results")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Satisfaction, bands and awareness, overall and by area."""
    evaluation = get_evaluation(slug)
    return render_template(
        "results/show.html",
        evaluation=evaluation,
        results=results_of(db.session, evaluation),
        plain=plain,
        fraction=Fraction,
    )
