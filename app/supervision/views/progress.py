"""The pages of the progress of the fieldwork."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.documents.queries import outcomes_of
from app.draw.commands.replacements import replace_case
from app.draw.queries.reserves import reserves_of
from app.extensions import db
from app.ledger.queries.frames import frame_of
from app.models import Role
from app.shared.getters import get_case, get_evaluation
from app.shared.labels import MODES
from app.shared.queries import live_draw
from app.shared.views import committing
from app.supervision.queries.progress import fieldwork_of
from app.supervision.queries.rates import rates_of
from app.supervision.rows import progress as rows

blueprint = Blueprint("fieldwork", __name__, url_prefix="/evaluations/<slug>/fieldwork")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Counts by stage, village, outcome and interviewer."""
    evaluation = get_evaluation(slug)
    draw = live_draw(db.session, evaluation)
    fieldwork, outcomes = fieldwork_of(db.session, draw) if draw else None, outcomes_of(evaluation)
    reserves = reserves_of(db.session, draw) if draw else None
    return render_template(
        "supervision/progress/show.html",
        evaluation=evaluation,
        frame=frame_of(db.session, evaluation),
        fieldwork=fieldwork,
        counts=rows.outcome_rows(fieldwork.outcomes, outcomes) if fieldwork else [],
        reserves=reserves,
        lost=rows.lost_case_rows(reserves.waiting, slug, outcomes) if reserves else [],
        released=rows.release_rows(reserves.released, outcomes) if reserves else [],
    )


@blueprint.get("/rates")
@members(Role.LEAD)
def rates(slug: str) -> str:
    """All AAPOR rates with their formulas, of the sample and of its parts, and the attempts per case."""
    evaluation = get_evaluation(slug)
    draw = live_draw(db.session, evaluation)
    if draw is None:
        return render_template("supervision/progress/rates.html", evaluation=evaluation, found=None)
    figures = rates_of(db.session, draw)
    return render_template(
        "supervision/progress/rates.html",
        evaluation=evaluation,
        found=figures,
        rates=rows.rate_rows(figures.rates),
        modes=rows.part_rates_rows(figures.modes, MODES),
        villages=rows.part_rates_rows(figures.villages),
        interviewers=rows.part_rates_rows(figures.interviewers, nobody=_("没有分派")),
        tries=rows.cases_by_attempts_rows(figures.tries),
    )


@blueprint.post("/release/<uuid:case_uuid>")
@members(Role.LEAD)
def release(slug: str, case_uuid: uuid.UUID) -> BaseResponse:
    """Replace a case by the next reserve of its stratum, where the plan leaves this to the lead."""
    evaluation = get_evaluation(slug)
    case = get_case(evaluation, case_uuid)
    with committing() as refused:
        replacement = replace_case(db.session, case, actor=current_user)
        number = replacement.number
    if refused:
        flash(refused.message, "error")
    else:
        flash(_("已放出第 %(n)s 个候补。", n=number), "success")
    return redirect(url_for(".show", slug=slug, _anchor="reserve"), 303)
