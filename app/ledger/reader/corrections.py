"""Puts cells that were mended in the browser into a table as read; the file stays as delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from app.ledger.reader.columns import FIELDS
from app.ledger.reader.decisions import Digest
from app.ledger.reader.table import LedgerTable, Row


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
    """A table with its corrections, the columns of its fields, and the ids of the corrections whose row was found."""

    table: LedgerTable
    mapping: Mapping[str, int]
    applied: frozenset[int] = frozenset()


def row_text(row: Row, mapping: Mapping[str, int]) -> str:
    """What a row says in the columns of known fields, as one text; by its digest the row is found again."""
    filled = ((name, row.cells[column]) for name, column in mapping.items() if 0 <= column < len(row.cells))
    return "\x1f".join(f"{name}={cell}" for name, cell in sorted(filled) if cell)


def correct(
    table: LedgerTable, mapping: Mapping[str, int], corrections: Collection[Correction], digest: Digest
) -> Corrected:
    """Put in the new value of every correction whose row the table has; of equal rows the one with its number.

    A field without a column gets one behind the others. Cost: one digest a row, where there are corrections at all.
    """
    due = [c for c in corrections if c.sheet in ("", table.sheet)]
    if not due:
        return Corrected(table, mapping)
    wanted = {correction.digest for correction in due}
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(table.rows):
        if (found := digest(row_text(row, mapping))) in wanted:
            places[found].append(place)
    due = [correction for correction in due if places[correction.digest]]
    headers, columns = _with_columns(table.headers, mapping, due)
    rows = [Row(row.number, row.cells + ("",) * (len(headers) - len(row.cells))) for row in table.rows]
    for correction in due:
        place = _nearest(rows, places[correction.digest], correction.row)
        cells = list(rows[place].cells)
        cells[columns[correction.field]] = correction.value
        rows[place] = Row(rows[place].number, tuple(cells))
    corrected = replace(table, headers=headers, rows=tuple(rows))
    return Corrected(corrected, columns, frozenset(correction.id for correction in due))


def _with_columns(
    headers: tuple[str, ...], mapping: Mapping[str, int], corrections: Sequence[Correction]
) -> tuple[tuple[str, ...], dict[str, int]]:
    columns = dict(mapping)
    for field in sorted({correction.field for correction in corrections} - columns.keys()):
        columns[field] = len(headers)
        headers = (*headers, FIELDS[field].label.zh)
    return headers, columns


def _nearest(rows: Sequence[Row], places: Sequence[int], number: int) -> int:
    return min(places, key=lambda place: (abs(rows[place].number - number), place))
