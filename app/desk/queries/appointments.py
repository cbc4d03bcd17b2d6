"""Appointments as interviewers see them, without names or telephone numbers."""

from __future__ import annotations

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.cases.queries import case_code, skills_of
from app.clock import local, midnight
from app.desk.queries.open_desks import Desk, desks_of, interviews_for
from app.models import (
    Appointment,
    Case,
    Draw,
    Evaluation,
    InterviewerSkill,
    Membership,
    Recipient,
    Schedule,
    Settlement,
    User,
    Village,
)
from app.shared.queries import recusal_exists
from surveys.calling.appointments import clashes
from surveys.calling.order import CALLED, YIELDED_AFTER, Candidate, Interviewer, appointment_due, suits
from surveys.calling.settings import CallingSettings

# How long before an appointment the pages show the reminder.
NUDGE_AHEAD = timedelta(minutes=10)
# The most appointments on the first page of the desk; the calendar has the whole day.
MOST_TODAY = 12


@dataclass(frozen=True)
class CalendarEntry:
    """An open appointment on an interviewer's calendar.

    `wish`: "me", "another", or empty where anybody may call. `due`: this interviewer may call now. `near`: how many
    other appointments on the calendar are too close to make both calls. `way`: the mode of contact of the case.
    """

    uuid: uuid.UUID
    at: datetime
    code: str
    village: str
    evaluation: str
    way: str
    wish: str
    due: bool
    overdue: bool
    may_change: bool
    near: int = 0


@dataclass(frozen=True)
class UpcomingAppointments:
    """How many appointments an interviewer should call within minutes or now, and when the first is."""

    count: int
    at: datetime


def candidate(row: Schedule) -> Candidate:
    """A row of the schedule in the form surveys.calling.order takes."""
    return Candidate(
        key=row.case_id,
        ticket=row.ticket,
        stratum=row.stratum,
        not_before=row.not_before,
        way=row.way,
        appointment_at=row.appointment_at,
        appointment_for=row.appointment_for_id,
        assigned_to=row.assigned_to_id,
        avoid=row.avoid_id,
        attempts=row.attempts,
        day_parts=row.day_parts,
        needs=row.needs,
        held_by=row.held_by_id,
        held_until=row.held_until,
    )


def may_change(appointment: Appointment, row: Schedule, user: User) -> bool:
    """Whether a user may change an appointment: they made it, are to make the call, or hold the case."""
    return user.id in (appointment.made_by_id, appointment.interviewer_id, row.held_by_id)


def appointments_of_day(session: Session, user: User, day: date, at: datetime) -> tuple[CalendarEntry, ...]:
    """The open appointments of a day that are this interviewer's or anybody's, in order of time."""
    begins = midnight(day)
    return _calendar_entries(
        session, user, at, and_(Appointment.at >= begins, Appointment.at < begins + timedelta(days=1))
    )


def todays_appointments(session: Session, user: User, at: datetime) -> tuple[CalendarEntry, ...]:
    """The first MOST_TODAY appointments open today, due ones first; one missed on an earlier day stays until called."""
    ends = midnight(local(at).date() + timedelta(days=1))
    entries = _calendar_entries(session, user, at, Appointment.at < ends, most=MOST_TODAY)
    return tuple(sorted(entries, key=lambda entry: (not entry.due, entry.at)))


def next_due(session: Session, user: User, at: datetime) -> UpcomingAppointments | None:
    """The appointments this interviewer should call within NUDGE_AHEAD, in one cheap query: pages ask every minute.

    A case that is held is left out; None where there is none.
    """
    settled = select(Settlement.id).where(Settlement.evaluation_id == Draw.evaluation_id).exists()
    skills = select(InterviewerSkill.skill).where(InterviewerSkill.user_id == user.id)
    free = or_(Schedule.held_until.is_(None), Schedule.held_until <= at)
    # Starts from the few open appointments, not from the many rows of the schedule.
    count, first = session.execute(
        select(func.count(), func.min(Appointment.at))
        .join(Schedule, Schedule.case_id == Appointment.case_id)
        .join(Draw, Draw.id == Schedule.draw_id)
        .join(Evaluation, Evaluation.id == Draw.evaluation_id)
        .join(Membership, interviews_for(user.id))
        .where(
            Appointment.ended_at.is_(None),
            Appointment.at <= at + NUDGE_AHEAD,
            Schedule.way.in_(CALLED),
            or_(
                Appointment.interviewer_id.is_(None),
                Appointment.interviewer_id == user.id,
                Appointment.at <= at - YIELDED_AFTER,
            ),
            or_(Schedule.assigned_to_id.is_(None), Schedule.assigned_to_id == user.id),
            or_(Schedule.avoid_id.is_(None), Schedule.avoid_id != user.id),
            or_(Schedule.needs == "", Schedule.needs.in_(skills)),
            free,
            Draw.voided_at.is_(None),
            ~settled,
            ~recusal_exists(user.id),
        )
    ).one()
    return UpcomingAppointments(count, first) if first else None


def count_near(
    session: Session, user: User, moments: Iterable[datetime], settings: CallingSettings, *, besides: Case | None = None
) -> dict[datetime, int]:
    """By moment, how many appointments of this interviewer or of anybody are too close to it to make both calls.

    `besides`: the case the moment is for, whose present appointment is not counted.
    """
    moments = list(moments)
    if not moments:
        return {}
    apart = timedelta(minutes=settings.clash_minutes)
    rows = session.execute(
        select(Appointment.at, Appointment.id)
        .join(Case, Case.id == Appointment.case_id)
        .join(Draw, Draw.id == Case.draw_id)
        .join(Membership, interviews_for(user.id))
        .where(
            Appointment.ended_at.is_(None),
            Appointment.at > min(moments) - apart,
            Appointment.at < max(moments) + apart,
            or_(Appointment.interviewer_id.is_(None), Appointment.interviewer_id == user.id),
            Draw.voided_at.is_(None),
            Case.id != (besides.id if besides else 0),
        )
    )
    others = [(at, key) for at, key in rows]
    return {at: len(clashes(at, others, settings)) for at in moments}


def _calendar_entries(
    session: Session, user: User, at: datetime, when: ColumnElement[bool], most: int | None = None
) -> tuple[CalendarEntry, ...]:
    desks = {desk.draw_id: desk for desk in desks_of(session, user)}
    if not desks:
        return ()
    # The sum keeps SQLite from using the index of all cases of the draw: open appointments are few.
    of_desks = (Schedule.draw_id + 0).in_(desks)
    rows = session.execute(_mine_or_anybodys(user, at).where(when, of_desks).limit(most)).all()
    who = Interviewer(user.id, skills_of(session, user)) if rows else Interviewer(user.id)
    entries = [_calendar_entry(row, desks, user, who, at) for row in rows]
    return tuple(_with_near(entries, [desks[row.Schedule.draw_id].settings for row in rows]))


def _mine_or_anybodys(user: User, at: datetime) -> Select[*tuple[Any, ...]]:
    """Open appointments for this interviewer or anybody, made by them, or overdue for another by YIELDED_AFTER."""
    return (
        select(Appointment, Schedule, Case.stratum, Case.queue, Case.position, Evaluation.title, Village.name)
        .join(Schedule, Schedule.case_id == Appointment.case_id)
        .join(Case, Case.id == Appointment.case_id)
        .join(Draw, Draw.id == Case.draw_id)
        .join(Evaluation, Evaluation.id == Draw.evaluation_id)
        .join(Recipient, Recipient.id == Case.recipient_id)
        .join(Village, Village.id == Recipient.village_id)
        .where(
            Appointment.ended_at.is_(None),
            Schedule.way.in_((*CALLED, "visit")),
            or_(
                Appointment.interviewer_id.is_(None),
                Appointment.interviewer_id == user.id,
                Appointment.made_by_id == user.id,
                Appointment.at <= at - YIELDED_AFTER,
            ),
            or_(Schedule.assigned_to_id.is_(None), Schedule.assigned_to_id == user.id),
        )
        .order_by(Appointment.at, Appointment.id)
    )


def _calendar_entry(row: Any, desks: dict[int, Desk], user: User, who: Interviewer, at: datetime) -> CalendarEntry:
    appointment, schedule = row.Appointment, row.Schedule
    queued = candidate(schedule)
    allowed = desks[schedule.draw_id].appointments_at(local(at))
    return CalendarEntry(
        uuid=appointment.uuid,
        at=appointment.at,
        code=case_code(row.stratum, row.queue, row.position),
        village=row.name,
        evaluation=row.title,
        way=schedule.way,
        wish={None: "", user.id: "me"}.get(appointment.interviewer_id, "another"),
        due=allowed and suits(queued, who, at) and appointment_due(queued, who, at),
        overdue=appointment.at < at,
        may_change=may_change(appointment, schedule, user),
    )


def _with_near(entries: Sequence[CalendarEntry], settings: Sequence[CallingSettings]) -> list[CalendarEntry]:
    """The entries, given in order of time, with the number of others too close for one person to call both."""
    times = [entry.at for entry in entries]
    with_counts = []
    for entry, entry_settings in zip(entries, settings, strict=True):
        apart = timedelta(minutes=entry_settings.clash_minutes)
        first, last = bisect_left(times, entry.at - apart), bisect_right(times, entry.at + apart)
        neighbours = [(at, place) for place, at in enumerate(times[first:last], first)]
        # The entry itself is among its neighbours.
        with_counts.append(replace(entry, near=max(len(clashes(entry.at, neighbours, entry_settings)) - 1, 0)))
    return with_counts
