"""What a draw would do, before it is made: sizes by village."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.models import Evaluation, Frame
from app.queries.frames import villages_of
from sampling.allocation import proportional
from sampling.rule import Reading, Requirement, planned_size, requirement


@dataclass(frozen=True)
class PlanRow:
    """One village: people the reading looks at, and people to draw."""

    name: str
    area: str
    people: int
    allocated: int


@dataclass(frozen=True)
class Plan:
    """The requirement, the size, and the allocation by village."""

    requirement: Requirement
    size: int
    rows: tuple[PlanRow, ...]


def plan_of(session: Session, evaluation: Evaluation, frame: Frame, size: int | None = None) -> Plan:
    """Village, people the reading looks at, and people to draw; raises SizeRefused."""
    reading = Reading(evaluation.reading)
    need = requirement(frame.priority_count, frame.people_count, reading)
    total = planned_size(need, size)
    villages = villages_of(session, evaluation, frame)
    sizes = {v.code: v.priority if reading is Reading.PRIORITY else v.people for v in villages}
    sizes = {code: people for code, people in sizes.items() if people}
    allocation = proportional(sizes, total)
    rows = tuple(PlanRow(v.name, v.area, sizes[v.code], allocation[v.code]) for v in villages if v.code in sizes)
    return Plan(need, total, rows)
