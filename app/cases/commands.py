"""The schedule: a row for each case, computed anew from its records whenever something happens to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, insert, literal, or_, select, update
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session, joinedload, load_only

from app.cases.queries import numbers_of_case, settings_of
from app.clock import local, now
from app.documents.queries import outcomes_of
from app.models import (
    Appointment,
    Attempt,
    Case,
    Contact,
    Draw,
    Evaluation,
    Invitation,
    PhoneCall,
    Recipient,
    Schedule,
    User,
)
from surveys.calling.call_scheduling import ChosenMode, PastAttempt, case_state
from surveys.calling.settings import CallingSettings
from surveys.outcomes import OutcomeList, known_outcome

# Cases, given by their ids or by a query of their ids.
Cases = Sequence[int] | Select[int]


def schedule_new_cases(session: Session, draw: Draw) -> None:
    """Schedule the cases of a draw that have no row yet: by telephone, from now on.

    A case without a telephone number is noticed when it is claimed; decrypting every contact here would cost more than
    the draw itself.
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
    """The schedule row of a case, locked until the transaction ends."""
    return session.scalars(
        select(Schedule)
        .where(Schedule.case_id == case.id)
        .with_for_update(of=Schedule)
        .execution_options(populate_existing=True)
    ).one()


def past_attempts(session: Session, case: Case) -> tuple[PastAttempt, ...]:
    """The attempts of a case by telephone or visit, the oldest first, in local time; web answers are left out."""
    return _past_attempts_by_case(session, [case.id], outcomes_of(case.draw.evaluation)).get(case.id, ())


def _past_attempts_by_case(session: Session, cases: Cases, outcomes: OutcomeList) -> dict[int, tuple[PastAttempt, ...]]:
    rows = session.scalars(
        select(Attempt).where(Attempt.case_id.in_(cases), Attempt.mode != "web").order_by(Attempt.at, Attempt.id)
    )
    attempts_by_case: dict[int, list[PastAttempt]] = defaultdict(list)
    for row in rows:
        outcome = known_outcome(row.outcome, outcomes)
        attempts_by_case[row.case_id].append(
            PastAttempt(local(row.at), outcome, row.interviewer_id, row.place, row.needs)
        )
    return {case_id: tuple(attempts) for case_id, attempts in attempts_by_case.items()}


def number_count(case: Case) -> int:
    """How many telephone numbers may be dialled for a case; for a child only the guardian's count."""
    return len(numbers_of_case(case, now()))


def reschedule(session: Session, case: Case, *, release: bool = True) -> Schedule:
    """Recompute the row of a case from its records, and release its lease unless `release` is False."""
    session.flush()
    row = schedule_of(session, case)
    links = _links_made_at(session, [case.id]) if row.chosen_way == "web" else {}
    _update_row(row, case, past_attempts(session, case), settings_of(session, case.draw.evaluation), links.get(case.id))
    agreed = session.scalar(select(Appointment).where(Appointment.case_id == case.id, Appointment.ended_at.is_(None)))
    row.appointment_at = agreed.at if agreed else None
    row.appointment_for_id = agreed.interviewer_id if agreed else None
    if release:
        release_lease(row)
    session.flush()
    return row


def reschedule_waiting(session: Session, evaluation: Evaluation) -> int:
    """Recompute the rows that a change of settings or outcome list may affect; returns how many changed.

    These are the open cases with an attempt or a personal link. Leases and appointments stay. Cost: three queries, and
    decrypting the numbers of each of these cases.
    """
    session.flush()
    waiting = (
        select(Schedule.case_id)
        .join(Draw, Schedule.draw_id == Draw.id)
        .where(
            Draw.evaluation_id == evaluation.id,
            Draw.voided_at.is_(None),
            Schedule.way != "closed",
            or_(Schedule.attempts > 0, Schedule.chosen_way == "web"),
        )
    )
    whole = joinedload(Schedule.case)
    numbers = load_only(Contact.phones, Contact.guardian_phones)
    rows = session.scalars(
        select(Schedule)
        .where(Schedule.case_id.in_(waiting))
        .order_by(Schedule.case_id)
        .options(
            whole.joinedload(Case.draw), whole.joinedload(Case.recipient).joinedload(Recipient.contact).options(numbers)
        )
        .with_for_update(of=Schedule)
        .execution_options(populate_existing=True)
    ).all()
    settings = settings_of(session, evaluation)
    attempts, links = (
        _past_attempts_by_case(session, waiting, outcomes_of(evaluation)),
        _links_made_at(session, waiting),
    )
    changed = 0
    for row in rows:
        link = links.get(row.case_id) if row.chosen_way == "web" else None
        changed += _update_row(row, row.case, attempts.get(row.case_id, ()), settings, link)
    session.flush()
    return changed


def _update_row(
    row: Schedule, case: Case, attempts: Sequence[PastAttempt], settings: CallingSettings, link_made_at: datetime | None
) -> bool:
    """Write the state computed from the records into the row; returns whether mode or earliest next attempt changed."""
    state = case_state(
        attempts,
        settings,
        made_at=local(case.draw.drawn_at),
        numbers=number_count(case),
        closed=case.outcome_final,
        chosen=ChosenMode(row.chosen_way, link_made_at),
        cleared_at=row.cleared_at,
    )
    if state.way == "visit" and row.way != "visit" and row.assigned_to_id is None:
        row.assigned_to_id = row.held_by_id  # whoever found out visits, until the lead assigns another
    elif row.way == "visit" and state.way == "phone":
        row.assigned_to_id = None
    if state.way != "closed":
        row.looked_at = row.looked_by_id = None
    changed = (row.way, row.not_before) != (state.way, state.not_before)
    row.way, row.not_before, row.attempts, row.day_parts = (
        state.way, state.not_before, state.attempts, state.day_parts,
    )  # fmt: skip
    row.needs, row.number_place, row.avoid_id = state.needs, state.number_place, state.avoid
    return changed


def hang_up(session: Session, case_id: int, at: datetime, *, interviewer: User | None = None) -> None:
    """End the call under way of a case (with `interviewer`: only theirs), at `at` but never before it began."""
    began, moment = PhoneCall.started_at, literal(at, PhoneCall.started_at.type)
    calls = update(PhoneCall).where(PhoneCall.case_id == case_id, PhoneCall.ended_at.is_(None))
    if interviewer is not None:
        calls = calls.where(PhoneCall.interviewer_id == interviewer.id)
    ended_at = case_when((began > moment, began), else_=moment)
    session.execute(calls.values(ended_at=ended_at), execution_options={"synchronize_session": "fetch"})


def is_handled_by(row: Schedule, user: User | None) -> bool:
    """Whether the user holds the case of a row, or is assigned to visit the person."""
    return user is not None and (row.held_by_id == user.id or (row.way == "visit" and row.assigned_to_id == user.id))


def release_lease(row: Schedule) -> None:
    """End the lease: nobody holds the case any more."""
    row.held_by_id = row.held_since = row.held_until = None


def grant_lease(row: Schedule, user_id: int, at: datetime, settings: CallingSettings) -> None:
    """Give the case to a user for the length of a lease, or renew theirs."""
    if row.held_by_id != user_id:
        row.held_by_id, row.held_since = user_id, at
    row.held_until = at + timedelta(minutes=settings.lease_minutes)


def _links_made_at(session: Session, cases: Cases) -> dict[int, datetime]:
    """When the valid personal links of these cases were made, by case."""
    rows = session.execute(
        select(Invitation.case_id, func.max(Invitation.created_at))
        .where(Invitation.case_id.in_(cases), Invitation.revoked_at.is_(None))
        .group_by(Invitation.case_id)
    )
    return {case_id: made_at for case_id, made_at in rows}
