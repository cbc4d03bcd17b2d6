"""Today's activity of the interviewers: cases in hand and work done, calls by hour, open appointments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.clock import local, midnight
from app.documents.queries import outcomes_of
from app.models import (
    Appointment,
    Attempt,
    Case,
    Draw,
    Evaluation,
    InterviewerSkill,
    Membership,
    PhoneCall,
    Role,
    Schedule,
    User,
)
from app.shared.queries import recusal_exists
from app.supervision.queries.live import code_of, of_draw
from surveys.calling.settings import CallingSettings

DAYS_AHEAD, NEXT = 14, 10


@dataclass(frozen=True)
class InterviewerActivity:
    """One interviewer: the case in hand and since when, today's counts, and when they last did something."""

    id: int
    uuid: UUID
    name: str
    active: bool
    recused: bool
    skills: tuple[str, ...] = ()
    case_uuid: UUID | None = None
    code: str | None = None
    since: datetime | None = None
    lapsed: bool = False
    calls: int = 0
    tries: int = 0
    interviews: int = 0
    seen: datetime | None = None


def interviewers_of(session: Session, evaluation: Evaluation) -> list[InterviewerActivity]:
    """The interviewers of an evaluation with their skills; their counts of today are left at 0."""
    recused = recusal_exists(User.id, evaluation.station_id)
    rows = session.execute(
        select(User.id, User.uuid, User.display_name, User.active, recused)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.evaluation_id == evaluation.id, Membership.role == Role.INTERVIEWER)
        .order_by(User.display_name, User.id)
    ).all()
    skills: dict[int, list[str]] = {}
    for user_id, skill in session.execute(
        select(InterviewerSkill.user_id, InterviewerSkill.skill)
        .where(InterviewerSkill.user_id.in_([row[0] for row in rows]))
        .order_by(InterviewerSkill.skill)
    ):
        skills.setdefault(user_id, []).append(skill)
    return [InterviewerActivity(*row, skills=tuple(skills.get(row[0], ()))) for row in rows]


def activity_of_interviewers(
    session: Session, draw: Draw, settings: CallingSettings, at: datetime
) -> list[InterviewerActivity]:
    """Every interviewer with the case in hand and today's counts; the most recently active first."""
    today = midnight(local(at).date())
    tomorrow = today + timedelta(days=1)
    cases_in_hand = _cases_in_hand(session, draw)
    calls = {
        user_id: (number, last)
        for user_id, number, last in session.execute(
            select(
                PhoneCall.interviewer_id,
                func.count(),
                func.max(func.coalesce(PhoneCall.ended_at, PhoneCall.started_at)),
            )
            .join(Case, PhoneCall.case_id == Case.id)
            .where(of_draw(Case.draw_id, draw), PhoneCall.started_at >= today, PhoneCall.started_at < tomorrow)
            .group_by(PhoneCall.interviewer_id)
        )
    }
    tries = {
        user_id: (number, interviews, last)
        for user_id, number, interviews, last in session.execute(
            select(
                Attempt.interviewer_id,
                func.count(),
                func.count().filter(Attempt.outcome.in_(_interviewed(draw))),
                func.max(Attempt.at),
            )
            .join(Case, Attempt.case_id == Case.id)
            .where(of_draw(Case.draw_id, draw), Attempt.at >= today, Attempt.at < tomorrow, Attempt.mode != "web")
            .group_by(Attempt.interviewer_id)
        )
        if user_id is not None
    }
    lease = timedelta(minutes=settings.lease_minutes)
    people = [
        _worked(person, cases_in_hand, calls, tries, lease, at) for person in interviewers_of(session, draw.evaluation)
    ]
    return sorted(
        people, key=lambda person: (person.seen is None, -(person.seen.timestamp() if person.seen else 0), person.name)
    )


def _worked(
    interviewer: InterviewerActivity,
    cases_in_hand: dict[int, tuple[Case, datetime, datetime]],
    calls: dict[int, Any],
    tries: dict[int, Any],
    lease: timedelta,
    at: datetime,
) -> InterviewerActivity:
    called, last_call = calls.get(interviewer.id, (0, None))
    tried, interviews, last_try = tries.get(interviewer.id, (0, 0, None))
    signs = [moment for moment in (last_call, last_try) if moment is not None]
    if interviewer.id in cases_in_hand:
        case, since, until = cases_in_hand[interviewer.id]
        # Each action renews the lease, so the latest one was one lease before its end.
        signs.append(min(until - lease, at))
        interviewer = replace(interviewer, case_uuid=case.uuid, code=code_of(case), since=since, lapsed=until <= at)
    return replace(interviewer, calls=called, tries=tried, interviews=interviews, seen=max(signs, default=None))


def _cases_in_hand(session: Session, draw: Draw) -> dict[int, tuple[Case, datetime, datetime]]:
    rows = session.execute(
        select(Schedule.held_by_id, Case, Schedule.held_since, Schedule.held_until)
        .join(Case, Schedule.case_id == Case.id)
        .where(Schedule.held_by_id.is_not(None), of_draw(Schedule.draw_id, draw))
    )
    return {user_id: (case, since, until) for user_id, case, since, until in rows if user_id and since and until}


def _interviewed(draw: Draw) -> tuple[str, ...]:
    return outcomes_of(draw.evaluation).of_class("I", "X")


@dataclass(frozen=True)
class HourOfCalls:
    """The calls that began in one hour of today, counted by result."""

    hour: int
    results: dict[str, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """The number of calls of all results."""
        return sum(self.results.values())


def calls_by_hour(session: Session, draw: Draw, at: datetime) -> list[HourOfCalls]:
    """Today's calls by hour and result, from the first hour with a call to the last."""
    today = midnight(local(at).date())
    tomorrow = today + timedelta(days=1)
    outcomes = (
        select(bucket(PhoneCall.started_at, [today + timedelta(hours=n) for n in range(1, 24)]).label("hour"),
               Attempt.outcome.label("outcome"), PhoneCall.back_check_id.is_not(None).label("again"))
        .join(Case, PhoneCall.case_id == Case.id)
        .outerjoin(Attempt, PhoneCall.attempt_id == Attempt.id)
        .where(of_draw(Case.draw_id, draw), PhoneCall.started_at >= today, PhoneCall.started_at < tomorrow)
        .subquery()
    )  # fmt: skip
    hours: dict[int, dict[str, int]] = {}
    for hour, outcome, again, number in session.execute(
        select(outcomes.c.hour, outcomes.c.outcome, outcomes.c.again, func.count()).group_by(
            outcomes.c.hour, outcomes.c.outcome, outcomes.c.again
        )
    ):
        results = hours.setdefault(hour, {})
        result = "back_check" if again else _result(draw, outcome)
        results[result] = results.get(result, 0) + number
    if not hours:
        return []
    return [HourOfCalls(hour, hours.get(hour, {})) for hour in range(min(hours), max(hours) + 1)]


def _result(draw: Draw, code: str | None) -> str:
    outcome = outcomes_of(draw.evaluation).get(code)
    if outcome is None:
        return "open"
    return "interview" if outcome.code in _interviewed(draw) else outcome.group


def bucket(column: Any, edges: Sequence[datetime]) -> ColumnElement[int]:
    """SQL: the index of the interval between `edges` in which a moment falls, from 0; the same on every database."""
    return case(*((column < edge, place) for place, edge in enumerate(edges)), else_=len(edges))


@dataclass(frozen=True)
class DayOfAppointments:
    """How many appointments fall on a day; no day for those that are overdue, `later` for those far ahead."""

    day: date | None
    count: int
    later: bool = False


@dataclass(frozen=True)
class NextAppointment:
    """One appointment ahead; `interviewer` where the person wishes the same one."""

    case_uuid: UUID
    code: str
    at: datetime
    overdue: bool
    interviewer: str | None


@dataclass(frozen=True)
class AppointmentsAhead:
    """The open appointments: counts by day, and the next few."""

    days: tuple[DayOfAppointments, ...]
    next: tuple[NextAppointment, ...]


def appointments_ahead(session: Session, draw: Draw, at: datetime) -> AppointmentsAhead:
    """How many open appointments each day has, and the next few of them."""
    today = midnight(local(at).date())
    edges = [at, *(today + timedelta(days=n) for n in range(1, DAYS_AHEAD + 1))]
    open_ones = (of_draw(Case.draw_id, draw), Appointment.ended_at.is_(None))
    open_appointments = (
        select(bucket(Appointment.at, edges).label("place"))
        .join(Case, Appointment.case_id == Case.id)
        .where(*open_ones)
        .subquery()
    )
    counts = {
        place: number
        for place, number in session.execute(
            select(open_appointments.c.place, func.count()).group_by(open_appointments.c.place)
        )
    }
    rows = session.execute(
        select(Case, Appointment.at, User.display_name)
        .select_from(Appointment)
        .join(Case, Appointment.case_id == Case.id)
        .outerjoin(User, Appointment.interviewer_id == User.id)
        .where(*open_ones)
        .order_by(Appointment.at, Appointment.id)
        .limit(NEXT)
    )
    return AppointmentsAhead(
        days=tuple(_day(place, counts[place], today) for place in sorted(counts)),
        next=tuple(NextAppointment(case.uuid, code_of(case), moment, moment < at, name) for case, moment, name in rows),
    )


def _day(place: int, count: int, today: datetime) -> DayOfAppointments:
    if place == 0:
        return DayOfAppointments(None, count)
    if place > DAYS_AHEAD:
        return DayOfAppointments(None, count, later=True)
    return DayOfAppointments((today + timedelta(days=place - 1)).date(), count)
