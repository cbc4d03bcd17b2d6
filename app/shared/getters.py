"""Fetching is authorising: each getter returns an object that the visitor may see, or ends the request.

It ends with 404 for a visitor who is not a member of the evaluation, and with 403 for a member in another role.
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from flask import abort
from flask_security import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access import current_roles_allowed
from app.extensions import db
from app.models import (
    Case,
    Draw,
    Evaluation,
    LedgerUpload,
    Membership,
    Response,
    Role,
)
from app.shared.queries import live_draw

Row = TypeVar("Row")


def roles_at(evaluation: Evaluation) -> set[Role]:
    """The visitor's roles at this evaluation."""
    roles = db.session.scalars(
        select(Membership.role).where(Membership.evaluation_id == evaluation.id, Membership.user_id == current_user.id)
    )
    return {Role(role) for role in roles}


def get_evaluation(slug: str) -> Evaluation:
    """The evaluation, for a member whose role the present view admits."""
    evaluation = db.session.scalar(
        select(Evaluation).where(Evaluation.slug == slug).options(joinedload(Evaluation.station))
    )
    if evaluation is None:
        abort(404)
    roles = roles_at(evaluation)
    if not roles:
        abort(404)
    allowed = current_roles_allowed()
    if allowed and not roles & set(allowed):
        abort(403)
    return evaluation


def get_response(evaluation: Evaluation, response_uuid: uuid.UUID) -> Response:
    """A response of the live draw of an evaluation that was fetched, and so authorised, before."""
    response = db.session.scalar(
        select(Response)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Response.uuid == response_uuid, Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None))
    )
    return response or abort(404)


def get_upload(evaluation: Evaluation, upload_uuid: uuid.UUID) -> LedgerUpload:
    """A ledger of an evaluation that was fetched, and so authorised, before."""
    upload = db.session.scalar(
        select(LedgerUpload).where(LedgerUpload.uuid == upload_uuid, LedgerUpload.evaluation_id == evaluation.id)
    )
    return upload or abort(404)


def get_live_draw(evaluation: Evaluation) -> Draw:
    """The draw in force of an evaluation that was fetched before; 404 before there is one."""
    return live_draw(db.session, evaluation) or abort(404)


def get_case(evaluation: Evaluation, case_uuid: uuid.UUID) -> Case:
    """A case of the draw in force of an evaluation that was fetched before."""
    case = db.session.scalar(
        select(Case)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Case.uuid == case_uuid, Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None))
    )
    return case or abort(404)
