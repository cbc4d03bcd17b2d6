"""Recounts every tally from the responses and cases themselves and compares it with the running one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session

from app.models import Case, CaseTally, Draw, IndexTally, Recipient, Response, ResponseTally
from app.models.responses import FACTS
from app.models.tallies import NOBODY


@dataclass(frozen=True)
class TallyDifference:
    """A cell whose running numbers (`kept`) and recount (`counted`) differ; a side without the cell is empty."""

    tally: str
    cell: tuple[Any, ...]
    kept: tuple[int, ...]
    counted: tuple[int, ...]


def tally_differences(session: Session, draw: Draw) -> list[TallyDifference]:
    """All cells of a draw that differ; empty unless a tally was changed by hand."""
    differences: list[TallyDifference] = []
    for model, recount in (
        (ResponseTally, _responses(draw)),
        (IndexTally, _indices(draw)),
        (CaseTally, _cases(draw)),
    ):
        columns = list(model.__table__.columns)
        key = sum(column.primary_key for column in columns)
        running = _cells(session, select(*columns).where(model.draw_id == draw.id), key)
        counted = _cells(session, recount, key)
        differences += [
            TallyDifference(model.__tablename__, cell, running.get(cell, ()), counted.get(cell, ()))
            for cell in sorted({*running, *counted}, key=repr)
            if running.get(cell, ()) != counted.get(cell, ())
        ]
    return differences


def _cells(session: Session, rows: Select[Any], key: int) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """Cells with a number other than zero, by key; PostgreSQL returns sums as decimals, so all become int."""
    cells: dict[tuple[Any, ...], tuple[int, ...]] = {}
    for row in session.execute(rows):
        values: Sequence[Any] = tuple(row)
        numbers = tuple(int(value or 0) for value in values[key:])
        if any(numbers):
            cells[tuple(values[:key])] = numbers
    return cells


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _responses(draw: Draw) -> Select[Any]:
    index, valid = Response.satisfaction_index, Response.satisfaction_valid
    facts = [getattr(Response, f"knows_{fact}") for fact in FACTS]
    key: tuple[Any, ...] = (
        Case.draw_id,
        Case.stratum,
        Recipient.village_id,
        Response.mode,
        func.coalesce(Response.interviewer_id, NOBODY),
        Response.proxy,
        func.coalesce(Response.overall, ""),
    )
    return (
        select(
            *key,
            func.count(Response.id),
            _count(valid),
            func.sum(case((valid, index), else_=0)),
            # A square needs eight bytes; PostgreSQL would multiply in the four of the column.
            func.sum(case((valid, cast(index, BigInteger) * index), else_=0)),
            _count(Response.awareness_valid),
            _count(and_(Response.awareness_valid, Response.aware.is_(True))),
            _count(Response.never_served),
            *(_count(condition) for fact in facts for condition in (fact.is_not(None), fact)),
        )
        .select_from(Response)
        .join(Case, Response.case_id == Case.id)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .where(Case.draw_id == draw.id, Response.counted)
        .group_by(*key)
    )


def _indices(draw: Draw) -> Select[Any]:
    key: tuple[Any, ...] = (Case.draw_id, Case.stratum, Response.satisfaction_index)
    return (
        select(*key, func.count(Response.id))
        .select_from(Response)
        .join(Case, Response.case_id == Case.id)
        .where(Case.draw_id == draw.id, Response.counted, Response.satisfaction_valid)
        .group_by(*key)
    )


def _cases(draw: Draw) -> Select[Any]:
    key: tuple[Any, ...] = (
        Case.draw_id,
        Case.stratum,
        Recipient.village_id,
        func.coalesce(Case.interviewer_id, NOBODY),
        func.coalesce(Case.outcome, ""),
    )
    return (
        select(*key, func.count(Case.id))
        .select_from(Case)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .where(Case.draw_id == draw.id)
        .group_by(*key)
    )
