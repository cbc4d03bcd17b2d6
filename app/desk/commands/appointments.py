"""Appointments: times agreed with people for the next call. Making, moving, cancelling and calling one that is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule, schedule_of
from app.cases.queries import settings_of, skills_of
from app.clock import local, now
from app.database import lock_row
from app.desk.commands.claiming import claim_case
from app.desk.queries.appointments import candidate, may_change
from app.localisation import to_visitor
from app.models import Appointment, Case, User
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk
from surveys.calling.appointments import problem
from surveys.calling.hours import quiet_at
from surveys.calling.order import Interviewer, appointment_due, held_by_another, suits


@dataclass(frozen=True)
class AgreedTime:
    """The moment agreed for the next call (aware), and whether the same interviewer is to call."""

    at: datetime
    same_interviewer: bool = False


def open_appointment(session: Session, case: Case) -> Appointment | None:
    """The open appointment of a case, ahead or overdue; None where there is none."""
    return session.scalar(select(Appointment).where(Appointment.case_id == case.id, Appointment.ended_at.is_(None)))


def make_appointment(
    session: Session, case: Case, agreed: AgreedTime, *, actor: User | None, at: datetime | None = None
) -> Appointment:
    """Store an appointment in place of the open one; refused in the past, too far ahead, or in a quiet time."""
    at = at or now()
    # Two requests for one case take turns: only one appointment may be open.
    lock_row(session, Case.id, case.id)
    refuse_at_desk(session, case, actor)
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不能再约时间。"), "final")
    trouble = problem(local(agreed.at), local(at), settings_of(session, case.draw.evaluation))
    if trouble is not None and trouble.hard:
        raise Refused(to_visitor(trouble.words), "appointment")
    end_open_appointment(session, case, "moved", at)
    appointment = Appointment(case_id=case.id, at=agreed.at, made_at=at)
    appointment.made_by_id = actor.id if actor else None
    appointment.interviewer_id = actor.id if actor and agreed.same_interviewer else None
    session.add(appointment)
    reschedule(session, case, release=False)
    record(session, "appointment.made", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return appointment


def end_open_appointment(session: Session, case: Case, ending: str, at: datetime) -> None:
    """End the open appointment of a case, if there is one; `ending` is "kept", "moved" or "cancelled"."""
    appointment = open_appointment(session, case)
    if appointment is not None:
        appointment.ended_at, appointment.ending = at, ending
        session.flush()


def move(
    session: Session, appointment: Appointment, agreed: AgreedTime, *, actor: User, at: datetime | None = None
) -> Appointment:
    """Move an appointment to another time; refused to an interviewer who may not change it, or once it has ended."""
    _require_open_and_mine(session, appointment, actor)
    return make_appointment(session, appointment.case, agreed, actor=actor, at=at)


def cancel(session: Session, appointment: Appointment, *, actor: User, at: datetime | None = None) -> None:
    """Cancel an appointment; the case is scheduled by its last outcome again."""
    _require_open_and_mine(session, appointment, actor)
    case = appointment.case
    end_open_appointment(session, case, "cancelled", at or now())
    reschedule(session, case, release=False)
    record(session, "appointment.cancelled", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)


def call_now(session: Session, appointment: Appointment, *, actor: User, at: datetime | None = None) -> Case:
    """Claim the case of an appointment that is due and may be called by this interviewer; refused for any other."""
    at, case = at or now(), appointment.case
    _refuse_ended(session, appointment)
    refuse_at_desk(session, case, actor)
    queued = candidate(schedule_of(session, case))
    who = Interviewer(actor.id, skills_of(session, actor))
    if quiet_at(local(at), settings_of(session, case.draw.evaluation)):
        raise Refused(_("现在是免打扰时间，约好的也不打。"), "quiet")
    if held_by_another(queued, who, at):
        raise Refused(_("这个个案已经由别的访问员接走。"), "taken")
    if not suits(queued, who, at) or not appointment_due(queued, who, at):
        raise Refused(_("还没有到约好的时间，或要由别的访问员来打。"), "not-due")
    claim_case(session, case, actor=actor, at=at)
    record(session, "case.claimed", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return case


def _refuse_ended(session: Session, appointment: Appointment) -> None:
    lock_row(session, Case.id, appointment.case_id)
    session.refresh(appointment)
    if appointment.ended_at is not None:
        raise Refused(_("这个预约已经改过或取消。"), "ended")


def _require_open_and_mine(session: Session, appointment: Appointment, actor: User) -> None:
    """Refuse to change an ended appointment, or one the actor neither made nor is to call nor holds the case of."""
    _refuse_ended(session, appointment)
    refuse_at_desk(session, appointment.case, actor)
    if not may_change(appointment, schedule_of(session, appointment.case), actor):
        raise Refused(_("只有当初约好的访问员，或手上有这个个案的访问员，才能改。"), "not-mine")
