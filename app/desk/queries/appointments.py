"""Appointments as interviewers see them: nothing here names or reaches the person."""

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

# How long before an appointment the pages begin to say so.
NUDGE_AHEAD = timedelta(minutes=10)
# The first page of the desk is for what comes next; the calendar has the whole day.
MOST_TODAY = 12


@dataclass(frozen=True)
class Agreement:
    """One open appointment on an interviewer's calendar.

    `wish`: "me", "another", or empty where anybody may call. `due`: this interviewer may call now. `near`: how many
    other appointments on the calendar stand too near. `way`: of the case, phone, web or visit.
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
class Due:
    """How many appointments an interviewer should keep soon or now, and when the first is."""

    count: int
    at: datetime


def candidate(row: Schedule) -> Candidate:
    """A row of the schedule as the model of the queue's order takes it."""
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
    """Who made it, whom it waits for, and who has the case in hand may move or cancel an appointment."""
    return user.id in (appointment.made_by_id, appointment.interviewer_id, row.held_by_id)


def appointments_of_day(session: Session, user: User, day: date, at: datetime) -> tuple[Agreement, ...]:
    """The open appointments of a day that are this interviewer's or anybody's, in order of time."""
    begins = midnight(day)
    return _agreements(session, user, at, and_(Appointment.at >= begins, Appointment.at < begins + timedelta(days=1)))


def todays_appointments(session: Session, user: User, at: datetime) -> tuple[Agreement, ...]:
    """The first to be kept today, what is due before the rest; one missed on an earlier day stays until kept."""
    ends = midnight(local(at).date() + timedelta(days=1))
    found = _agreements(session, user, at, Appointment.at < ends, most=MOST_TODAY)
    return tuple(sorted(found, key=lambda one: (not one.due, one.at)))


def next_due(session: Session, user: User, at: datetime) -> Due | None:
    """What this interviewer should keep within minutes, in one cheap query: pages ask it every minute.

    The case in their hand is on their screen already.
    """
    settled = select(Settlement.id).where(Settlement.evaluation_id == Draw.evaluation_id).exists()
    skills = select(InterviewerSkill.skill).where(InterviewerSkill.user_id == user.id)
    free = or_(Schedule.held_until.is_(None), Schedule.held_until <= at)
    # From the few open appointments, not from the many rows of the schedule.
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
    return Due(count, first) if first else None


def near(
    session: Session, user: User, moments: Iterable[datetime], settings: CallingSettings, *, besides: Case | None = None
) -> dict[datetime, int]:
    """By moment, how many appointments that are this interviewer's or anybody's are too near to make both calls.

    `besides`: the case the moment is for, whose present appointment gives way.
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


def _agreements(
    session: Session, user: User, at: datetime, when: ColumnElement[bool], most: int | None = None
) -> tuple[Agreement, ...]:
    desks = {desk.draw_id: desk for desk in desks_of(session, user)}
    if not desks:
        return ()
    # The sum keeps SQLite from going through every case of the draw: open appointments are few.
    of_desks = (Schedule.draw_id + 0).in_(desks)
    rows = session.execute(_mine_or_anybodys(user, at).where(when, of_desks).limit(most)).all()
    who = Interviewer(user.id, skills_of(session, user)) if rows else Interviewer(user.id)
    found = [_agreement(row, desks, user, who, at) for row in rows]
    return tuple(_with_near(found, [desks[row.Schedule.draw_id].settings for row in rows]))


def _mine_or_anybodys(user: User, at: datetime) -> Select[*tuple[Any, ...]]:
    """Open appointments that wait for this interviewer, for anybody, or in vain for somebody else."""
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


def _agreement(row: Any, desks: dict[int, Desk], user: User, who: Interviewer, at: datetime) -> Agreement:
    appointment, schedule = row.Appointment, row.Schedule
    wanted = candidate(schedule)
    allowed = desks[schedule.draw_id].appointments_at(local(at))
    return Agreement(
        uuid=appointment.uuid,
        at=appointment.at,
        code=case_code(row.stratum, row.queue, row.position),
        village=row.name,
        evaluation=row.title,
        way=schedule.way,
        wish={None: "", user.id: "me"}.get(appointment.interviewer_id, "another"),
        due=allowed and suits(wanted, who, at) and appointment_due(wanted, who, at),
        overdue=appointment.at < at,
        may_change=may_change(appointment, schedule, user),
    )


def _with_near(found: Sequence[Agreement], settings: Sequence[CallingSettings]) -> list[Agreement]:
    """Each, in order of time, with the number of others that one person could not keep beside it."""
    times = [one.at for one in found]
    counted = []
    for one, own in zip(found, settings, strict=True):
        apart = timedelta(minutes=own.clash_minutes)
        first, last = bisect_left(times, one.at - apart), bisect_right(times, one.at + apart)
        beside = [(at, place) for place, at in enumerate(times[first:last], first)]
        # It is itself among those beside it.
        counted.append(replace(one, near=max(len(clashes(one.at, beside, own)) - 1, 0)))
    return counted
