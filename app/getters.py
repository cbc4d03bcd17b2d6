"""Fetching is authorising: each getter returns an object its visitor may see, or ends the request.

Whoever is not a member of an evaluation learns nothing of it (404); a member in the wrong role is told so (403).
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from flask import abort
from flask_security import current_user
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import Gone

from app.access import current_roles_allowed
from app.extensions import db
from app.models import (
    Appointment,
    Attempt,
    BackCheck,
    Case,
    Draw,
    ErasedLink,
    Evaluation,
    Invitation,
    LedgerUpload,
    Membership,
    Recipient,
    Response,
    Role,
    Schedule,
)
from app.privacy.columns import keyring
from app.queries.desk import finished
from app.queries.desks import interviews_for
from app.queries.quality_control import may_be_asked_again
from app.queries.recusals import stands_aside
from surveys.indicators import WITHDRAWN

Row = TypeVar("Row")


def roles_at(evaluation: Evaluation) -> set[Role]:
    """What the visitor is at this evaluation."""
    found = db.session.scalars(
        select(Membership.role).where(Membership.evaluation_id == evaluation.id, Membership.user_id == current_user.id)
    )
    return {Role(role) for role in found}


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
    """A back-check the signed-in interviewer holds and has not done; any other does not exist for them."""
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
            may_be_asked_again(current_user),
        )
    )
    return check or abort(404)


def get_upload(evaluation: Evaluation, upload_uuid: uuid.UUID) -> LedgerUpload:
    """A ledger of an evaluation that was fetched, and so authorised, before."""
    upload = db.session.scalar(
        select(LedgerUpload).where(LedgerUpload.uuid == upload_uuid, LedgerUpload.evaluation_id == evaluation.id)
    )
    return upload or abort(404)


def get_live_draw(evaluation: Evaluation) -> Draw:
    """The draw in force of an evaluation that was fetched before; 404 before there is one."""
    draw = db.session.scalar(select(Draw).where(Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None)))
    return draw or abort(404)


def get_case(evaluation: Evaluation, case_uuid: uuid.UUID) -> Case:
    """A case of the draw in force of an evaluation that was fetched before."""
    case = db.session.scalar(
        select(Case)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Case.uuid == case_uuid, Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None))
    )
    return case or abort(404)


def _at_my_desks(rows: Select[Row]) -> Select[Row]:
    """Of rows that are joined with their cases: those of draws in force that the visitor interviews for, and may."""
    return (
        rows.join(Draw, Case.draw_id == Draw.id)
        .join(Membership, interviews_for(current_user.id))
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(Draw.voided_at.is_(None), ~stands_aside(current_user.id))
    )


def get_my_case(case_uuid: uuid.UUID) -> Case:
    """A case the visitor holds, is to visit, or tried last while nobody else holds it; no other exists for them.

    Reading is all the last of these allows: the commands ask for the case in hand.
    """
    mine = or_(
        Schedule.held_by_id == current_user.id,
        (Schedule.way == "visit") & (Schedule.assigned_to_id == current_user.id),
        (Case.interviewer_id == current_user.id) & Schedule.held_by_id.is_(None),
    )
    case = db.session.scalar(
        _at_my_desks(select(Case))
        .join(Schedule, Schedule.case_id == Case.id)
        .where(Case.uuid == case_uuid, mine)
        .options(
            joinedload(Case.draw).joinedload(Draw.evaluation).joinedload(Evaluation.station),
            joinedload(Case.recipient).joinedload(Recipient.village),
        )
    )
    return case or abort(404)


def get_appointment(appointment_uuid: uuid.UUID) -> Appointment:
    """An appointment, open or ended, of an evaluation where the visitor is an interviewer.

    Neither it nor its page names the person; what may be done with it the commands decide.
    """
    found = db.session.scalar(
        _at_my_desks(select(Appointment).join(Case, Appointment.case_id == Case.id))
        .where(Appointment.uuid == appointment_uuid)
        .options(joinedload(Appointment.case).joinedload(Case.draw).joinedload(Draw.evaluation))
    )
    return found or abort(404)


def get_my_last_try(case_uuid: uuid.UUID, attempt_key: uuid.UUID) -> Attempt | None:
    """The visitor's own try of a case that may have gone on to somebody else since; None when it was taken back."""
    return db.session.scalar(
        _at_my_desks(select(Attempt).join(Case, Attempt.case_id == Case.id)).where(
            Case.uuid == case_uuid,
            Attempt.attempt_key == attempt_key,
            Attempt.interviewer_id == current_user.id,
        )
    )


def get_my_try(case: Case, attempt_key: uuid.UUID) -> Attempt | None:
    """A try of a case that was fetched before, if it is the visitor's own."""
    return db.session.scalar(
        select(Attempt).where(
            Attempt.case_id == case.id,
            Attempt.attempt_key == attempt_key,
            Attempt.interviewer_id == current_user.id,
        )
    )


class ErasedLinkOpened(Gone):
    """A personal link of an evaluation whose people's data were erased when their time was over."""


def get_case_by_token(token: str) -> Case:
    """The case behind a personal link; 404 for one that is wrong, replaced by a newer one, or of a voided draw.

    410 for the last link of a case that was closed without an answer: the person is told, not left to doubt the card;
    and ErasedLinkOpened for one of an evaluation whose people's data are erased: it leads to nobody's case any more.
    """
    token_hash = keyring().token_hash(token)
    invitation = db.session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == token_hash)
        .options(
            joinedload(Invitation.case).joinedload(Case.draw).joinedload(Draw.evaluation).joinedload(Evaluation.station)
        )
    )
    if invitation is None and db.session.get(ErasedLink, token_hash) is not None:
        raise ErasedLinkOpened
    if invitation is None or invitation.case.draw.voided_at is not None:
        abort(404)
    case = invitation.case
    if invitation.revoked_at is not None and not (case.outcome_final and _is_last(invitation)):
        abort(404)
    if invitation.revoked_at is not None or (case.outcome_final and finished(db.session, case) is None):
        abort(410)
    return case


def _is_last(invitation: Invitation) -> bool:
    newer = select(Invitation.id).where(Invitation.case_id == invitation.case_id, Invitation.id > invitation.id)
    return db.session.scalar(newer.limit(1)) is None


def get_my_link(token: str) -> Case | None:
    """The case of a link that the visitor made, while it works."""
    return db.session.scalar(
        _at_my_desks(select(Case).join(Invitation, Invitation.case_id == Case.id)).where(
            Invitation.token_hash == keyring().token_hash(token),
            Invitation.revoked_at.is_(None),
            Invitation.created_by_id == current_user.id,
        )
    )
