"""Times agreed with people for the next call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.commands.audit import record
from app.commands.refusal import Refused
from app.commands.scheduling import reschedule
from app.localisation import select_locale
from app.models import Appointment, Case, User
from app.queries.calling import settings_of
from surveys.calling.appointments import problem


@dataclass(frozen=True)
class Agreed:
    """What was agreed: the moment (aware), and whether the same interviewer calls."""

    at: datetime
    same_interviewer: bool = False


def open_appointment(session: Session, case: Case) -> Appointment | None:
    """The appointment of a case that is still ahead, or overdue."""
    return session.scalar(select(Appointment).where(Appointment.case_id == case.id, Appointment.ended_at.is_(None)))


def agree(
    session: Session, case: Case, agreed: Agreed, *, actor: User | None, at: datetime | None = None
) -> Appointment:
    """Write an appointment down; one made before is moved. Refused in the past, too far ahead, in a quiet time."""
    at = at or now()
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不能再约时间。"), "final")
    trouble = problem(local(agreed.at), local(at), settings_of(session, case.draw.evaluation))
    if trouble is not None and trouble.hard:
        raise Refused(trouble.words.en if select_locale() == "en" else trouble.words.zh, "appointment")
    end_open(session, case, "moved", at)
    row = Appointment(case_id=case.id, at=agreed.at, made_at=at)
    row.made_by_id = actor.id if actor else None
    row.interviewer_id = actor.id if actor and agreed.same_interviewer else None
    session.add(row)
    reschedule(session, case, release=False)
    record(session, "appointment.made", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return row


def end_open(session: Session, case: Case, ending: str, at: datetime) -> None:
    """The open appointment of a case, if there is one, is over: kept, moved or cancelled."""
    row = open_appointment(session, case)
    if row is not None:
        row.ended_at, row.ending = at, ending
        session.flush()


def cancel(session: Session, case: Case, *, actor: User) -> None:
    """Take an appointment back; the case is tried as its last outcome says."""
    if open_appointment(session, case) is None:
        raise Refused(_("没有约好的时间。"), "none")
    end_open(session, case, "cancelled", now())
    reschedule(session, case, release=False)
    record(session, "appointment.cancelled", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
