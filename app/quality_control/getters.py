"""Back-checks, fetched and authorised in one step."""

from __future__ import annotations

import uuid

from flask import abort
from flask_security import current_user
from sqlalchemy import or_, select

from app.desk.queries.open_desks import interviews_for
from app.extensions import db
from app.models import (
    BackCheck,
    Case,
    Draw,
    Evaluation,
    Membership,
    Response,
)
from app.quality_control.queries.back_checks import may_be_back_checked
from surveys.indicators import WITHDRAWN


def get_back_check(evaluation: Evaluation, check_uuid: uuid.UUID) -> BackCheck:
    """A back-check of the live draw of an evaluation that was fetched, and so authorised, before."""
    check = db.session.scalar(
        select(BackCheck)
        .join(Response, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .where(BackCheck.uuid == check_uuid, Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None))
    )
    return check or abort(404)


def get_my_back_check(check_uuid: uuid.UUID) -> BackCheck:
    """The back-check that the signed-in interviewer has in hand and has not done; 404 for any other."""
    check = db.session.scalar(
        select(BackCheck)
        .join(Response, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Membership, interviews_for(current_user.id))
        .where(
            BackCheck.uuid == check_uuid,
            BackCheck.checker_id == current_user.id,
            Draw.voided_at.is_(None),
            or_(Response.invalid_reason.is_(None), Response.invalid_reason != WITHDRAWN),
            may_be_back_checked(current_user),
        )
    )
    return check or abort(404)
