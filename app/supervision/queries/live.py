"""How the desk stands: strata, cases that wait for the supervisor, visits, what was closed unreached. Codes, no names.

Counted in SQL. What the live page asks for grows with the strata, with what waits, and with an index over the cases.
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
# A ticket is 64 hexadecimal digits; the order of its second half has nothing to do with that of the queue.
SECOND_HALF = 33


def of_draw(column: InstrumentedAttribute[int], draw: Draw) -> ColumnElement[bool]:
    """Whether a row is of this draw, said so that no index leads from the draw to all its cases.

    What a day or a hand holds is far less than a draw, and SQLite, which knows no counts, would guess the opposite.
    """
    return column + 0 == draw.id


@dataclass(frozen=True)
class StratumCounts:
    """One stratum: people, allocated, drawn by now, valid interviews, and how many cases stand which way."""

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
        """People nobody has seen yet."""
        return self.population - self.drawn


def required_of(draw: Draw) -> int:
    """How many valid interviews the rule asks of the whole sample."""
    frame = draw.frame
    return requirement(frame.priority_count, frame.people_count, Reading(draw.reading)).required


SUMMED = ("population", "allocated", "drawn", "valid", *WAYS, "needed", "reserve")


def totals_of(strata: Sequence[StratumCounts]) -> dict[str, int]:
    """All strata together; what one stratum has too much does not help another."""
    return {name: sum(getattr(row, name) for row in strata) for name in SUMMED}


def stratum_counts(session: Session, draw: Draw) -> tuple[StratumCounts, ...]:
    """How every stratum stands, in the order of their codes."""
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
    """A case nobody calls before the supervisor has decided; `assigned` names an interviewer."""

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
    """What people call a case."""
    return case_code(case.stratum, case.queue, case.position)


@dataclass(frozen=True)
class VisitAssignments:
    """The visits of one village: how many nobody has, and how many each interviewer has."""

    code: str
    name: str
    unassigned: int
    given: tuple[tuple[str, int], ...]


def visits_by_village(session: Session, draw: Draw) -> tuple[VisitAssignments, ...]:
    """Every village with people to visit."""
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
    """How many people are to be visited, and nobody was told to."""
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
    """One case as the supervisor sees it: how it stands, its tries, its appointment; nothing that names the person."""

    code: str
    stratum: str
    village: str
    row: Schedule
    attempts: tuple[Attempt, ...]
    names: dict[int, str]
    appointment: Appointment | None


def case_overview(session: Session, case: Case) -> CaseOverview:
    """Everything about one case that helps to decide what becomes of it."""
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
    """How many cases ended without anybody having been reached, and a few of them that chance picks."""

    count: int
    cases: tuple[CaseOverview, ...]
    uuids: tuple[UUID, ...]


def unreached_sample(session: Session, draw: Draw) -> Unreached:
    """Closed non-contacts, a few by the second half of their tickets: always the same ones, and nobody's choice."""
    codes = [outcome.code for outcome in outcomes_of(draw.evaluation) if outcome.group == "not_reached"]
    closed = (Case.draw_id == draw.id, Case.outcome_final, Case.outcome.in_(codes))
    count = session.scalar(select(func.count()).select_from(Case).where(*closed)) or 0
    few = session.scalars(
        select(Case).where(*closed).order_by(func.substr(Case.ticket, SECOND_HALF), Case.id).limit(LOOKED_AT)
    ).all()
    return Unreached(count, tuple(case_overview(session, case) for case in few), tuple(case.uuid for case in few))
