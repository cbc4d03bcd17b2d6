"""What an interviewer may open at the desk, fetched and authorised in one step; anything else is a 404."""

from __future__ import annotations

import uuid

from flask import abort
from flask_security import current_user
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.desk.queries.open_desks import interviews_for
from app.extensions import db
from app.models import (
    Appointment,
    Attempt,
    Case,
    Draw,
    Evaluation,
    Invitation,
    Membership,
    Recipient,
    Schedule,
)
from app.privacy.columns import keyring
from app.shared.getters import Row
from app.shared.queries import recusal_exists


def _at_my_desks(rows: Select[Row]) -> Select[Row]:
    """Restrict rows joined with cases to draws in force whose evaluation the visitor interviews for, not recused."""
    return (
        rows.join(Draw, Case.draw_id == Draw.id)
        .join(Membership, interviews_for(current_user.id))
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(Draw.voided_at.is_(None), ~recusal_exists(current_user.id))
    )


def get_my_case(case_uuid: uuid.UUID) -> Case:
    """A case the visitor holds, is to visit, or attempted last while nobody else holds it; 404 for any other.

    The last of these allows reading only: the commands require that the interviewer holds the case.
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

    Neither it nor its page names the person; the commands decide who may change it.
    """
    appointment = db.session.scalar(
        _at_my_desks(select(Appointment).join(Case, Appointment.case_id == Case.id))
        .where(Appointment.uuid == appointment_uuid)
        .options(joinedload(Appointment.case).joinedload(Case.draw).joinedload(Draw.evaluation))
    )
    return appointment or abort(404)


def get_my_attempt_to_undo(case_uuid: uuid.UUID, attempt_key: uuid.UUID) -> Attempt | None:
    """The visitor's own attempt, also where another interviewer holds the case by now; None when it was undone."""
    return db.session.scalar(
        _at_my_desks(select(Attempt).join(Case, Attempt.case_id == Case.id)).where(
            Case.uuid == case_uuid,
            Attempt.attempt_key == attempt_key,
            Attempt.interviewer_id == current_user.id,
        )
    )


def get_my_attempt(case: Case, attempt_key: uuid.UUID) -> Attempt | None:
    """The visitor's own attempt of a case fetched before; None where there is none under this key."""
    return db.session.scalar(
        select(Attempt).where(
            Attempt.case_id == case.id,
            Attempt.attempt_key == attempt_key,
            Attempt.interviewer_id == current_user.id,
        )
    )


def get_my_link(token: str) -> Case | None:
    """The case of a personal link the visitor made; None once the link is revoked."""
    return db.session.scalar(
        _at_my_desks(select(Case).join(Invitation, Invitation.case_id == Case.id)).where(
            Invitation.token_hash == keyring().token_hash(token),
            Invitation.revoked_at.is_(None),
            Invitation.created_by_id == current_user.id,
        )
    )
