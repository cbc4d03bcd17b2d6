"""How the fieldwork goes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.commands.draws import assign_cases
from app.commands.refusal import Refused
from app.extensions import db
from app.getters import get_evaluation
from app.models import Role
from app.queries.evidence import frame_of, live_draw
from app.queries.fieldwork import fieldwork_of
from surveys.outcomes import OUTCOMES

blueprint = Blueprint("fieldwork", __name__, url_prefix="/evaluations/<slug>/fieldwork")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Counts by stage, village, outcome and interviewer."""
    evaluation = get_evaluation(slug)
    draw = live_draw(db.session, evaluation)
    return render_template(
        "fieldwork/show.html",
        evaluation=evaluation,
        frame=frame_of(db.session, evaluation),
        draw=draw,
        fieldwork=fieldwork_of(db.session, draw) if draw else None,
        outcomes=OUTCOMES,
    )


@blueprint.post("/assign")
@members(Role.LEAD)
def assign(slug: str) -> BaseResponse:
    """Deal the cases nobody has to the interviewers."""
    evaluation = get_evaluation(slug)
    if live_draw(db.session, evaluation) is None:
        flash(_("还没有抽样，没有个案可以分派。"), "error")
        return redirect(url_for(".show", slug=slug), 303)
    try:
        number = assign_cases(db.session, evaluation, actor=current_user)
        db.session.commit()
        flash(_("已分派 %(n)s 个个案。", n=number), "success")
    except Refused as refused:
        db.session.rollback()
        flash(refused.message, "error")
    return redirect(url_for(".show", slug=slug), 303)
