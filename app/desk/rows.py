"""Rows of the printed list of visits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.desk.queries.visits import AssignedVisits, Visit
from app.localisation import moment
from app.shared.cells import Cell, Link, Span


@dataclass(frozen=True)
class VisitRow:
    """A case to visit."""

    code: Cell
    visits: Cell
    last_at: Cell
    agreed_at: Cell
    note: Cell


@dataclass(frozen=True)
class VillageRows:
    """The visits of one village of one evaluation."""

    evaluation: str
    village: str
    visits: list[VisitRow]


def visit_rows(villages: Iterable[AssignedVisits]) -> list[VillageRows]:
    """The visits of an interviewer as rows, grouped by village."""
    return [
        VillageRows(group.evaluation, group.village, [_visit(visit) for visit in group.visits]) for group in villages
    ]


def _visit(visit: Visit) -> VisitRow:
    return VisitRow(
        code=Link(visit.code, url_for("desk.case", case_uuid=visit.case_uuid), look="number"),
        visits=visit.visits,
        last_at=_moment(visit.last_at),
        agreed_at=_moment(visit.agreed_at),
        note=Span(None, "to-write"),
    )


def _moment(at: datetime | None) -> Cell:
    return Span(moment(at), "number") if at else None
