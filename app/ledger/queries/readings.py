"""The requirement of the rule under each reading, and how ledger rows became the people of a frame."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Evaluation, Frame, LedgerUpload
from sampling.rule import NobodyToAsk, Reading, Requirement, requirement


@dataclass(frozen=True)
class ReadingRow:
    """The requirement under one reading; None where the reading's population is empty."""

    reading: Reading
    requirement: Requirement | None

    def shortfall(self, valid: int) -> int | None:
        """How many valid responses are missing; None where there is no requirement."""
        return None if self.requirement is None else max(self.requirement.required - valid, 0)


def readings_of(frame: Frame) -> tuple[ReadingRow, ...]:
    """Both readings of the rule, which are always shown together."""
    return tuple(ReadingRow(reading, _requirement(frame, reading)) for reading in Reading)


def _requirement(frame: Frame, reading: Reading) -> Requirement | None:
    try:
        return requirement(frame.priority_count, frame.people_count, reading)
    except NobodyToAsk:
        return None


@dataclass(frozen=True)
class Origin:
    """How the rows of the ledgers in use became the people of a frame; `left_out` are those with errors."""

    ledgers: int
    rows: int
    kept: int
    people: int
    left_out: int

    @property
    def decided_out(self) -> int:
        """How many rows were left out because somebody decided so."""
        return self.rows - self.kept - self.left_out

    @property
    def merged(self) -> int:
        """How many rows were merged into a person of another row."""
        return self.kept - self.people


def origin_of(session: Session, evaluation: Evaluation, frame: Frame) -> Origin:
    """The origin of a frame's people in the ledgers in use."""
    ledgers, rows, kept = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(LedgerUpload.row_count), 0),
            func.coalesce(func.sum(LedgerUpload.kept_count), 0),
        ).where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
    ).one()
    # PostgreSQL sums integers as numeric: back to int, exactly.
    return Origin(ledgers, int(rows or 0), int(kept or 0), frame.people_count, frame.left_out_count)
