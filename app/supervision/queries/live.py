"""The present state of the fieldwork: strata, cases that wait for the supervisor, visits, closed non-contacts.

Cases by code, no names. Counted in SQL; cost grows with the strata and the waiting cases, found by indexes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.cases.queries import case_code
from app.documents.queries import outcomes_of
from app.draw.queries.draws import plan_in_force
from app.draw.queries.stratum_names import stratum_name
from app.models import (
    Appointment,
    Attempt,
    Case,
    Draw,
    DrawStratum,
    Recipient,
    ResponseTally,
    Schedule,
    User,
    Village,
)
from sampling.rule import Reading, requirement

WAYS = ("phone", "visit", "web", "supervisor", "closed")
MOST_WAITING, LOOKED_AT = 50, 5
# A ticket is 64 hexadecimal digits; the order by its second half is independent of the order of the queue.
SECOND_HALF = 33


def of_draw(column: InstrumentedAttribute[int], draw: Draw) -> ColumnElement[bool]:
    """SQL: whether a row is of this draw, written so that SQLite does not use the index on the draw.

    Without statistics SQLite would choose that index, though the other conditions (a day, a holder) select far fewer
    rows.
    """
    return column + 0 == draw.id


@dataclass(frozen=True)
class StratumCounts:
    """One stratum: population, allocated and drawn cases, valid interviews, and cases by mode of the next contact."""

    name: str
    population: int
    allocated: int
    drawn: int
    valid: int
    phone: int
    visit: int
    web: int
    supervisor: int
    closed: int

    @property
    def needed(self) -> int:
        """Valid interviews still missing of those allocated."""
        return max(self.allocated - self.valid, 0)

    @property
    def reserve(self) -> int:
        """People of the stratum not drawn yet."""
        return self.population - self.drawn


def required_of(draw: Draw) -> int:
    """How many valid interviews the rule asks of the whole sample."""
    frame = draw.frame
    return requirement(frame.priority_count, frame.people_count, Reading(draw.reading)).required


SUMMED = ("population", "allocated", "drawn", "valid", *WAYS, "needed", "reserve")


def totals_of(strata: Sequence[StratumCounts]) -> dict[str, int]:
    """The sums over all strata; a surplus of one stratum does not reduce what another needs."""
    return {name: sum(getattr(row, name) for row in strata) for name in SUMMED}


def stratum_counts(session: Session, draw: Draw) -> tuple[StratumCounts, ...]:
    """The counts of every stratum, in the order of their codes."""
    counts: dict[str, dict[str, int]] = {}
    for stratum, mode, number in session.execute(
        select(Schedule.stratum, Schedule.way, func.count())
        .where(Schedule.draw_id == draw.id)
        .group_by(Schedule.stratum, Schedule.way)
    ):
        counts.setdefault(stratum, {})[mode] = number
    valid: dict[str, int] = {
        stratum: int(number)
        for stratum, number in session.execute(
            select(ResponseTally.stratum, func.sum(ResponseTally.valid))
            .where(ResponseTally.draw_id == draw.id)
            .group_by(ResponseTally.stratum)
        )
    }
    return tuple(
        StratumCounts(
            name=_stratum(draw, row),
            population=row.population,
            allocated=row.allocated,
            drawn=sum(counts.get(row.stratum, {}).values()),
            valid=valid.get(row.stratum, 0),
            **{mode: counts.get(row.stratum, {}).get(mode, 0) for mode in WAYS},
        )
        for row in draw.strata
    )


def _stratum(draw: Draw, row: DrawStratum) -> str:
    if draw.ceremony is None:
        return row.stratum  # a draw of the first schema names no plan
    return stratum_name(draw.evaluation, plan_in_force(draw.ceremony), row.stratum, row.part)


@dataclass(frozen=True)
class WaitingCase:
    """A case that is not called until the supervisor decides; `assigned`: the name of its interviewer, if any."""

    uuid: UUID
    code: str
    village: str
    outcome: str | None
    attempts: int
    last_at: datetime | None
    assigned: str | None


def waiting_count(session: Session, draw: Draw) -> int:
    """How many cases wait for the supervisor."""
    return (
        session.scalar(
            select(func.count()).select_from(Schedule).where(Schedule.draw_id == draw.id, Schedule.way == "supervisor")
        )
        or 0
    )


def waiting_cases(session: Session, draw: Draw) -> tuple[WaitingCase, ...]:
    """The cases that wait, the longest first; at most MOST_WAITING of them."""
    last_at = select(func.max(Attempt.at)).where(Attempt.case_id == Schedule.case_id).scalar_subquery()
    rows = session.execute(
        select(Case, Village.name, Schedule.attempts, last_at, User.display_name)
        .select_from(Schedule)
        .join(Case, Schedule.case_id == Case.id)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .outerjoin(User, Schedule.assigned_to_id == User.id)
        .where(Schedule.draw_id == draw.id, Schedule.way == "supervisor")
        .order_by(Schedule.not_before, Schedule.ticket)
        .limit(MOST_WAITING)
    )
    return tuple(
        WaitingCase(case.uuid, code_of(case), village, case.outcome, attempts, at, assigned)
        for case, village, attempts, at, assigned in rows
    )


def code_of(case: Case) -> str:
    """The code by which people name a case: its stratum, queue and position."""
    return case_code(case.stratum, case.queue, case.position)


@dataclass(frozen=True)
class VisitAssignments:
    """The visits of one village: how many are unassigned, and how many each interviewer has."""

    code: str
    name: str
    unassigned: int
    given: tuple[tuple[str, int], ...]


def visits_by_village(session: Session, draw: Draw) -> tuple[VisitAssignments, ...]:
    """The visits of every village that has any, in the order of their codes."""
    rows = session.execute(
        select(Village.code, Village.name, User.display_name, func.count())
        .select_from(Schedule)
        .join(Case, Schedule.case_id == Case.id)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .outerjoin(User, Schedule.assigned_to_id == User.id)
        .where(Schedule.draw_id == draw.id, Schedule.way == "visit")
        .group_by(Village.code, Village.name, User.id, User.display_name)
        .order_by(Village.code, User.display_name)
    ).all()
    villages = dict.fromkeys((code, name) for code, name, _person, _number in rows)
    return tuple(
        VisitAssignments(
            code=code,
            name=name,
            unassigned=sum(number for village, _name, person, number in rows if village == code and person is None),
            given=tuple(
                (person, number) for village, _name, person, number in rows if village == code and person is not None
            ),
        )
        for code, name in villages
    )


def unassigned_visits(session: Session, draw: Draw) -> int:
    """How many visits are assigned to nobody."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Schedule)
            .where(Schedule.draw_id == draw.id, Schedule.way == "visit", Schedule.assigned_to_id.is_(None))
        )
        or 0
    )


@dataclass(frozen=True)
class CaseOverview:
    """One case as the supervisor sees it: schedule, attempts, open appointment; without the person's identity."""

    code: str
    stratum: str
    village: str
    row: Schedule
    attempts: tuple[Attempt, ...]
    names: dict[int, str]
    appointment: Appointment | None


def case_overview(session: Session, case: Case) -> CaseOverview:
    """The overview of one case, for the supervisor's decision."""
    attempts = tuple(
        session.scalars(select(Attempt).where(Attempt.case_id == case.id).order_by(Attempt.at, Attempt.id))
    )
    ids = {attempt.interviewer_id for attempt in attempts if attempt.interviewer_id is not None}
    names = {
        user_id: name for user_id, name in session.execute(select(User.id, User.display_name).where(User.id.in_(ids)))
    }
    row = session.get_one(DrawStratum, (case.draw_id, case.stratum))
    return CaseOverview(
        code=code_of(case),
        stratum=_stratum(case.draw, row),
        village=case.recipient.village.name,
        row=session.get_one(Schedule, case.id),
        attempts=attempts,
        names=names,
        appointment=session.scalar(
            select(Appointment).where(Appointment.case_id == case.id, Appointment.ended_at.is_(None))
        ),
    )


@dataclass(frozen=True)
class Unreached:
    """How many cases were closed as non-contacts, and a random sample of them."""

    count: int
    cases: tuple[CaseOverview, ...]
    uuids: tuple[UUID, ...]


def unreached_sample(session: Session, draw: Draw) -> Unreached:
    """The count of closed non-contacts and a sample of LOOKED_AT, by the second half of the ticket: reproducible."""
    codes = [outcome.code for outcome in outcomes_of(draw.evaluation) if outcome.group == "not_reached"]
    closed = (Case.draw_id == draw.id, Case.outcome_final, Case.outcome.in_(codes))
    count = session.scalar(select(func.count()).select_from(Case).where(*closed)) or 0
    few = session.scalars(
        select(Case).where(*closed).order_by(func.substr(Case.ticket, SECOND_HALF), Case.id).limit(LOOKED_AT)
    ).all()
    return Unreached(count, tuple(case_overview(session, case) for case in few), tuple(case.uuid for case in few))
