"""What an interviewer may open at the desk, fetched and authorised in one step."""

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
    """Of rows that are joined with their cases: those of draws in force that the visitor interviews for, and may."""
    return (
        rows.join(Draw, Case.draw_id == Draw.id)
        .join(Membership, interviews_for(current_user.id))
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(Draw.voided_at.is_(None), ~recusal_exists(current_user.id))
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


def get_my_link(token: str) -> Case | None:
    """The case of a link that the visitor made, while it works."""
    return db.session.scalar(
        _at_my_desks(select(Case).join(Invitation, Invitation.case_id == Case.id)).where(
            Invitation.token_hash == keyring().token_hash(token),
            Invitation.revoked_at.is_(None),
            Invitation.created_by_id == current_user.id,
        )
    )
