"""The schedule of the desk: a row for each case, worked out anew from its records whenever something happened."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, insert, literal, select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.documents import outcomes_of
from app.models import Appointment, Attempt, Case, Draw, Invitation, Schedule, User
from app.queries.calling import numbers_of, settings_of
from surveys.calling.minors import Protection, protection
from surveys.calling.settings import CallingSettings
from surveys.calling.standing import Chosen, Try, standing
from surveys.outcomes import known_outcome


def schedule_new_cases(session: Session, draw: Draw) -> None:
    """Schedule the cases of a draw that are not yet: at once, by telephone.

    Whoever has no number is found out when the case is claimed; opening every sealed contact here would cost more than
    all the drawing.
    """
    scheduled = select(Schedule.case_id).where(Schedule.case_id == Case.id).exists()
    session.execute(
        insert(Schedule).from_select(
            [
                "case_id", "draw_id", "stratum", "ticket", "way", "chosen_way", "not_before", "attempts", "day_parts",
                "needs", "number_place",
            ],
            select(
                Case.id, Case.draw_id, Case.stratum, Case.ticket, literal("phone"), literal("phone"),
                literal(now(), Schedule.not_before.type), literal(0), literal(0), literal(""), literal(0),
            ).where(Case.draw_id == draw.id, ~scheduled),
        )
    )  # fmt: skip


def schedule_of(session: Session, case: Case) -> Schedule:
    """The row of a case, locked until the transaction ends."""
    return session.scalars(
        select(Schedule)
        .where(Schedule.case_id == case.id)
        .with_for_update(of=Schedule)
        .execution_options(populate_existing=True)
    ).one()


def tries_of(session: Session, case: Case) -> tuple[Try, ...]:
    """The tries of a case by telephone or visit, the oldest first, in local time; web answers are no tries of ours."""
    outcomes = outcomes_of(case.draw.evaluation)
    rows = session.scalars(
        select(Attempt).where(Attempt.case_id == case.id, Attempt.mode != "web").order_by(Attempt.at, Attempt.id)
    )
    return tuple(
        Try(local(row.at), known_outcome(row.outcome, outcomes), row.interviewer_id, row.place, row.needs)
        for row in rows
    )


def number_count(case: Case) -> int:
    """How many telephone numbers may be dialled for a case; a child's are the guardian's."""
    recipient = case.recipient
    child = protection(recipient.birth_year, local(now()).date()) is Protection.CHILD
    return len(numbers_of(recipient.contact, guardian_only=child))


def reschedule(session: Session, case: Case, *, release: bool = True) -> Schedule:
    """Work the row of a case out anew, and let go of it unless told otherwise."""
    session.flush()
    row = schedule_of(session, case)
    evaluation = case.draw.evaluation
    found = standing(
        tries_of(session, case),
        settings_of(session, evaluation),
        made_at=local(case.draw.drawn_at),
        numbers=number_count(case),
        closed=case.outcome_final,
        chosen=Chosen(row.chosen_way, _link_made_at(session, case) if row.chosen_way == "web" else None),
        cleared_at=row.cleared_at,
    )
    if found.way == "visit" and row.way != "visit" and row.assigned_to_id is None:
        row.assigned_to_id = row.held_by_id  # who found out goes there, until the lead names another
    elif row.way == "visit" and found.way == "phone":
        row.assigned_to_id = None
    row.way, row.not_before, row.attempts, row.day_parts = (
        found.way, found.not_before, found.attempts, found.day_parts,
    )  # fmt: skip
    row.needs, row.number_place, row.avoid_id = found.needs, found.number_place, found.avoid
    agreed = session.scalar(select(Appointment).where(Appointment.case_id == case.id, Appointment.ended_at.is_(None)))
    row.appointment_at = agreed.at if agreed else None
    row.appointment_for_id = agreed.interviewer_id if agreed else None
    if release:
        let_go(row)
    session.flush()
    return row


def is_with(row: Schedule, user: User | None) -> bool:
    """Whether somebody has the case of a row in hand, or is to visit the person."""
    return user is not None and (row.held_by_id == user.id or (row.way == "visit" and row.assigned_to_id == user.id))


def let_go(row: Schedule) -> None:
    """Nobody holds the case any more."""
    row.held_by_id = row.held_since = row.held_until = None


def hold(row: Schedule, user_id: int, at: datetime, settings: CallingSettings) -> None:
    """Give the case to somebody for the length of a lease, or lengthen it."""
    if row.held_by_id != user_id:
        row.held_by_id, row.held_since = user_id, at
    row.held_until = at + timedelta(minutes=settings.lease_minutes)


def _link_made_at(session: Session, case: Case) -> datetime | None:
    return session.scalar(
        select(func.max(Invitation.created_at)).where(Invitation.case_id == case.id, Invitation.revoked_at.is_(None))
    )
