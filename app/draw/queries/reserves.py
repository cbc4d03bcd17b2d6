"""The reserve of a draw: cases that ended without an interview, their replacements, and the reserve left."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.cases.queries import case_code
from app.documents.queries import outcomes_of
from app.draw.queries.draws import plan_in_force, reserve_counts
from app.draw.queries.stratum_names import stratum_name
from app.models import Case, Draw, Recipient, Replacement, Village
from sampling.plan import Plan


@dataclass(frozen=True)
class StratumReserve:
    """One stratum: population, people in use (sample and released), cases lost, cases replaced."""

    name: str
    population: int
    used: int
    lost: int
    replaced: int

    @property
    def left(self) -> int:
        """How many people are left in the reserve."""
        return self.population - self.used


@dataclass(frozen=True)
class LostCase:
    """A case that ended without an interview and was not replaced; without personal data."""

    uuid: uuid.UUID
    code: str
    village: str
    outcome: str
    replaceable: bool


@dataclass(frozen=True)
class Release:
    """One replacement: its number, both cases, the outcome that caused it, and when it was released."""

    number: int
    code: str
    replaces: str
    outcome: str
    at: datetime


@dataclass(frozen=True)
class Reserves:
    """The protocol of the plan, the reserve by stratum, cases waiting for a replacement, and those released."""

    plan: Plan
    strata: tuple[StratumReserve, ...]
    waiting: tuple[LostCase, ...]
    released: tuple[Release, ...]


def reserves_of(session: Session, draw: Draw) -> Reserves | None:
    """The reserve of a draw; None for a draw of the first schema, which records none."""
    if draw.ceremony is None:
        return None
    plan = plan_in_force(draw.ceremony)
    names = {row.stratum: stratum_name(draw.evaluation, plan, row.stratum, row.part) for row in draw.strata}
    used: dict[str, int] = {}
    for (stratum, _queue), number in reserve_counts(session, draw).items():
        used[stratum] = used.get(stratum, 0) + number
    interviewed = outcomes_of(draw.evaluation).interviewed
    lost = {
        stratum: (number, replaced)
        for stratum, number, replaced in session.execute(
            select(Case.stratum, func.count(), func.count(Replacement.id))
            .outerjoin(Replacement, Replacement.replaces_case_id == Case.id)
            .where(Case.draw_id == draw.id, Case.outcome_final, Case.outcome.not_in(interviewed))
            .group_by(Case.stratum)
        )
    }
    strata = tuple(
        StratumReserve(names[row.stratum], row.population, used.get(row.stratum, 0), *lost.get(row.stratum, (0, 0)))
        for row in draw.strata
    )
    left = {row.stratum: reserve.left for row, reserve in zip(draw.strata, strata, strict=True)}
    return Reserves(
        plan=plan,
        strata=strata,
        waiting=tuple(_waiting(session, draw, left)),
        released=tuple(_released(session, draw)),
    )


def _waiting(session: Session, draw: Draw, left: dict[str, int]) -> list[LostCase]:
    rows = session.execute(
        select(Case, Village.name)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .outerjoin(Replacement, Replacement.replaces_case_id == Case.id)
        .where(
            Case.draw_id == draw.id,
            Case.outcome_final,
            Case.outcome.not_in(outcomes_of(draw.evaluation).interviewed),
            Replacement.id.is_(None),
        )
        .order_by(Case.stratum, Case.queue, Case.position)
    )
    return [
        LostCase(
            case.uuid,
            case_code(case.stratum, case.queue, case.position),
            village,
            case.outcome or "",
            left[case.stratum] > 0,
        )
        for case, village in rows
    ]


def _released(session: Session, draw: Draw) -> list[Release]:
    new, old = aliased(Case), aliased(Case)
    rows = session.execute(
        select(Replacement, new.stratum, new.queue, new.position, old.position)
        .join(new, Replacement.case_id == new.id)
        .join(old, Replacement.replaces_case_id == old.id)
        .where(Replacement.draw_id == draw.id)
        .order_by(Replacement.number)
    )
    return [
        Release(
            number=row.number,
            code=case_code(stratum, queue, position),
            replaces=case_code(stratum, queue, place),  # a replacement is in the same queue as the case it replaces
            outcome=row.outcome,
            at=row.released_at,
        )
        for row, stratum, queue, position, place in rows
    ]
