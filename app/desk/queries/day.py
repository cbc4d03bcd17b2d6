"""The first page of the desk: the case held, today's attempts, and why there is nobody to call."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from app.cases.queries import case_code
from app.clock import local, midnight
from app.desk.queries.open_desks import Desk
from app.documents.queries import outcomes_of
from app.models import (
    Attempt,
    Case,
    Draw,
    Evaluation,
    PhoneCall,
    Response,
    Schedule,
    User,
)
from app.shared.queries import recusal_exists
from surveys.calling.hours import WhyNot, why_not
from surveys.calling.order import DUE_AHEAD, YIELDED_AFTER
from surveys.outcomes import OutcomeList

# surveys.calling.order.CALLED as a literal, so that both databases use the partial index over these rows.
_CALLED = text("schedule.way IN ('phone', 'web')")


@dataclass(frozen=True)
class InHand:
    """The case an interviewer holds."""

    uuid: uuid.UUID
    code: str
    evaluation: str


@dataclass(frozen=True)
class TodaysAttempt:
    """An attempt of today: when, the code of the case, its outcome and the outcome list to name it by."""

    at: datetime
    code: str
    outcome: str
    outcomes: OutcomeList


@dataclass(frozen=True)
class MyDay:
    """What an interviewer did since midnight: calls begun, counted interviews, and attempts, the newest first."""

    calls: int
    interviews: int
    attempts: tuple[TodaysAttempt, ...]


@dataclass(frozen=True)
class NoCase:
    """Why nobody can be called now, and from when on somebody can be.

    `code`: "no_desk" (no evaluation to call for), "hours" (outside calling hours, see `reasons`), "delay" (all inside
    the delay of the last outcome, or with an appointment ahead), "nothing" (no case left). `until` is None if unknown.
    """

    code: str
    until: datetime | None = None
    reasons: tuple[tuple[str, WhyNot], ...] = ()


def in_hand(session: Session, user: User, desks: list[Desk]) -> InHand | None:
    """The case this interviewer holds, of a desk they may still call for; there is at most one."""
    row = session.execute(
        select(Case.uuid, Case.stratum, Case.queue, Case.position, Evaluation.title)
        .join(Schedule, Schedule.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(Schedule.held_by_id == user.id, Schedule.draw_id.in_([desk.draw_id for desk in desks]))
    ).first()
    return None if row is None else InHand(row[0], case_code(row[1], row[2], row[3]), row[4])


def my_day(session: Session, user: User, at: datetime) -> MyDay:
    """What this interviewer did today."""
    today = midnight(local(at).date())
    calls = session.scalar(
        select(func.count()).where(PhoneCall.interviewer_id == user.id, PhoneCall.started_at >= today)
    )
    # Every attempt sets the interviewer of its case, so only cases this interviewer attempted last are read, by index;
    # an attempt of a case that another interviewer has attempted since is not listed.
    rows = session.execute(
        select(Attempt.at, Case.stratum, Case.queue, Case.position, Attempt.outcome, Evaluation, Response.counted)
        .join(Case, Attempt.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .outerjoin(Response, Response.submission_key == Attempt.attempt_key)
        .where(
            Case.interviewer_id == user.id,
            Attempt.interviewer_id == user.id,
            Attempt.at >= today,
            ~recusal_exists(user.id),
        )
        .order_by(Attempt.at.desc(), Attempt.id.desc())
    ).all()
    return MyDay(
        calls=calls or 0,
        interviews=sum(bool(row[6]) for row in rows),
        attempts=tuple(
            TodaysAttempt(row[0], case_code(row[1], row[2], row[3]), row[4], outcomes_of(row[5])) for row in rows
        ),
    )


def why_no_case(session: Session, user: User, desks: list[Desk], skills: frozenset[str], at: datetime) -> NoCase | None:
    """Why this interviewer has nobody to call now; None when a case is ready.

    Uses the same conditions as app.desk.commands.claiming, without claiming a case.
    """
    if not desks:
        return NoCase("no_desk")
    mine = _mine(user, desks, skills, at)
    if any(
        session.scalar(select(Schedule.case_id).where(mine, now).limit(1)) is not None
        for now in (_agreed(user, desks, at), _regular(desks, at))
    ):
        return None
    agreed = session.scalar(
        select(func.min(Schedule.appointment_at)).where(
            mine,
            _CALLED,
            Schedule.appointment_at.is_not(None),
            or_(Schedule.appointment_for_id.is_(None), _wished(user)),
        )
    )
    later = session.scalar(
        select(func.min(Schedule.not_before)).where(mine, _CALLED, Schedule.appointment_at.is_(None))
    )
    times = [agreed] if agreed is not None else []
    if later is not None:
        opening = [opens for desk in desks if (opens := desk.opens(local(max(later, at)))) is not None]
        times += [min(opening)] if opening else []
    closed = tuple((desk.title, reason) for desk in desks if (reason := why_not(local(at), desk.settings)) is not None)
    if not times:
        return NoCase("nothing")
    # A case is ready, but it is outside the calling hours.
    hours = len(closed) == len(desks) and later is not None and later <= at
    return NoCase("hours" if hours else "delay", max(min(times), at), closed if hours else ())


def _wished(user: User) -> ColumnElement[bool]:
    return Schedule.appointment_for_id == user.id


def _mine(user: User, desks: list[Desk], skills: frozenset[str], at: datetime) -> ColumnElement[bool]:
    """Cases this interviewer may claim, whatever the hour."""
    return (
        Schedule.draw_id.in_([desk.draw_id for desk in desks])
        & or_(Schedule.held_until.is_(None), Schedule.held_until <= at, Schedule.held_by_id == user.id)
        & or_(Schedule.assigned_to_id.is_(None), Schedule.assigned_to_id == user.id)
        & or_(Schedule.avoid_id.is_(None), Schedule.avoid_id != user.id)
        & Schedule.needs.in_(["", *sorted(skills)])
    )


def _regular(desks: list[Desk], at: datetime) -> ColumnElement[bool]:
    return and_(
        _CALLED,
        Schedule.draw_id.in_([desk.draw_id for desk in desks if desk.open_at(local(at))]),
        Schedule.not_before <= at,
        Schedule.appointment_at.is_(None),
    )


def _agreed(user: User, desks: list[Desk], at: datetime) -> ColumnElement[bool]:
    return and_(
        _CALLED,
        Schedule.draw_id.in_([desk.draw_id for desk in desks if desk.appointments_at(local(at))]),
        Schedule.appointment_at <= at + DUE_AHEAD,
        or_(Schedule.appointment_for_id.is_(None), _wished(user), Schedule.appointment_at <= at - YIELDED_AFTER),
    )
