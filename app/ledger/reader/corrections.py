"""Puts cells that were mended in the browser into a table as read; the file stays as delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.ledger.reader.columns import FIELDS
from app.ledger.reader.decisions import Digest
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.sheets import Row, SheetTable


@dataclass(frozen=True, slots=True)
class Correction:
    """A mended cell: its id, sheet and row number when it was mended, digest of the row, field, and the new value."""

    id: int
    sheet: str
    row: int
    digest: str
    field: str
    value: str


@dataclass(frozen=True)
class Corrected:
    """A sheet with its corrections, the plan it is read by, and the ids of the corrections whose row was found."""

    table: SheetTable
    plan: SheetPlan
    applied: frozenset[int] = frozenset()


def cells_of(row: Row, plan: SheetPlan) -> dict[str, str]:
    """What a row says by field; several columns of one field stand side by side."""
    return {
        name: " ".join(cell for c in columns if c < len(row.cells) and (cell := row.cells[c]))
        for name, columns in plan.columns.items()
    }


def row_text(row: Row, plan: SheetPlan) -> str:
    """What a row says in the columns of known fields, as one text; by its digest the row is found again."""
    return "\x1f".join(f"{name}={text}" for name, text in sorted(cells_of(row, plan).items()) if text)


def correct(table: SheetTable, plan: SheetPlan, corrections: Collection[Correction], digest: Digest) -> Corrected:
    """Put in the new value of every correction whose row the table has; of equal rows the one with its number.

    A field without a column gets one behind the others. Cost: one digest a row, where there are corrections at all.
    """
    due = [c for c in corrections if c.sheet in ("", table.name)]
    if not due:
        return Corrected(table, plan)
    wanted = {correction.digest for correction in due}
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(table.rows):
        if (found := digest(row_text(row, plan))) in wanted:
            places[found].append(place)
    due = [correction for correction in due if places[correction.digest]]
    headers, columns = _with_columns(table.headers, plan.columns, due)
    rows = [replace(row, cells=row.cells + ("",) * (len(headers) - len(row.cells))) for row in table.rows]
    for correction in due:
        place = _nearest(rows, places[correction.digest], correction.row)
        cells = list(rows[place].cells)
        first, *others = columns[correction.field]
        cells[first] = correction.value
        for other in others:
            cells[other] = ""
        rows[place] = replace(rows[place], cells=tuple(cells))
    corrected = replace(table, headers=headers, rows=tuple(rows))
    return Corrected(
        corrected, replace(plan, columns=columns, headers=headers), frozenset(correction.id for correction in due)
    )


def _with_columns(
    headers: tuple[str, ...], known: Mapping[str, tuple[int, ...]], corrections: Sequence[Correction]
) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    columns = dict(known)
    for field in sorted({correction.field for correction in corrections} - columns.keys()):
        columns[field] = (len(headers),)
        headers = (*headers, FIELDS[field].label.zh)
    return headers, columns


def _nearest(rows: Sequence[Row], places: Sequence[int], number: int) -> int:
    return min(places, key=lambda place: (abs(rows[place].number - number), place))
