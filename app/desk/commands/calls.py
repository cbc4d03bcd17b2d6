"""Telephone calls: the contact is shown from dialling to the outcome, and each time it is shown is an audit event."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import hang_up, schedule_of
from app.cases.guards import refuse_outside_hours
from app.cases.queries import numbers_of_case, open_call
from app.clock import now
from app.database import lock
from app.desk.commands.claiming import renew_lease
from app.desk.commands.minors import require_opening
from app.models import Attempt, BackCheck, Case, Contact, PhoneCall, User
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk


def start_call(
    session: Session, case: Case, *, place: int, dialler: str, actor: User, at: datetime | None = None
) -> PhoneCall:
    """Begin a call to one of the person's numbers (`place` from 0): the contact is shown until the call ends.

    Repeating it during the call changes nothing; dialling another number ends the call before. Refused unless the
    actor holds the case, for a number that does not exist, and outside the calling hours without an appointment.
    """
    at = at or now()
    # Lock the case before its row of the schedule, in the same order as every other command, so that none deadlock.
    lock(session, case, "outcome_final")
    row = renew_lease(session, case, actor=actor, at=at)
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不再联系。"), "final")
    require_opening(session, case, actor=actor)
    call_under_way = open_call(session, case)
    if call_under_way is not None and (call_under_way.interviewer_id, call_under_way.place) == (actor.id, place):
        return call_under_way
    refuse_outside_hours(session, case.draw.evaluation, at, agreed=row.appointment_at)
    call = begin_call(session, case, place, dialler=dialler, actor=actor, at=at)
    row.number_place = place
    record(session, "contact.revealed", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return call


def begin_call(
    session: Session, case: Case, place: int, *, dialler: str, actor: User, at: datetime, check: BackCheck | None = None
) -> PhoneCall:
    """Store a call to one of the numbers and end the call before it; refused for a number that does not exist."""
    numbers = numbers_of_case(case, at)
    if not 0 <= place < len(numbers):
        raise Refused(_("没有这个号码。"), "number")
    end_call(session, case, at=at)
    call = PhoneCall(
        case_id=case.id,
        interviewer_id=actor.id,
        holder=numbers[place].holder,
        place=place,
        dialler=dialler,
        started_at=at,
        back_check_id=check.id if check else None,
    )
    session.add(call)
    return call


def end_call(session: Session, case: Case, *, at: datetime | None = None, attempt: Attempt | None = None) -> None:
    """End the call under way; an attempt that follows from it is linked to it.

    So is a call that was ended before its outcome was recorded.
    """
    hang_up(session, case.id, at or now())
    if attempt is not None:
        last = session.scalar(
            select(PhoneCall)
            .where(PhoneCall.case_id == case.id, PhoneCall.back_check_id.is_(None))
            .order_by(PhoneCall.started_at.desc())
            .limit(1)
        )
        if last is not None and last.attempt_id is None and last.interviewer_id == attempt.interviewer_id:
            last.attempt_id = attempt.id
    session.flush()


def reveal_contact(session: Session, case: Case, *, actor: User) -> Contact:
    """Return a person's contact data for a case held or to be visited, as an audit event; refused to anybody else."""
    row = schedule_of(session, case)
    visiting = row.way == "visit" and row.assigned_to_id == actor.id
    if visiting:
        refuse_at_desk(session, case, actor)
    else:
        renew_lease(session, case, actor=actor)
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不再联系。"), "final")
    require_opening(session, case, actor=actor)
    contact = case.recipient.contact
    if contact is None:
        raise Refused(_("联系资料已经删除。"), "no-contact")
    record(session, "contact.revealed", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return contact
