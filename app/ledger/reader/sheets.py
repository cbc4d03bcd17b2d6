"""What a ledger file holds once read: its worksheets, their rows, and what was passed by or filled in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from sampling.text import Text

# Why a worksheet was passed by: it is blank; no header in its first rows; a header and nobody under it; hidden, and
# not readable (larger than a ledger may be, a formula among its values).
SheetReason = Literal["empty", "no-header", "no-rows", "unreadable"]
# What a spreadsheet shows instead of a value.
ERROR_VALUES = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA")
)


def is_error_value(cell: str) -> bool:
    """Whether a cell holds an error value and no data.

    >>> is_error_value("#N/A"), is_error_value("＃ｎａｍｅ？"), is_error_value("#3")
    (True, True, False)
    """
    return cell.startswith(("#", "＃")) and unicodedata.normalize("NFKC", cell).upper() in ERROR_VALUES


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header: its number in the file, counted from 1, and its cells as text.

    `heading` is the nearest heading row above it within the table, such as 「石壁一村」; `hidden` is a row hidden by
    hand or by a filter. `identity_year` is the year of birth in the row's identity number, which itself is not kept.
    """

    number: int
    cells: tuple[str, ...]
    heading: str = ""
    hidden: bool = False
    identity_year: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading row within the table: its number in the file, and its text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Ditto:
    """The rows of one column where 「同上」 or the like was replaced by the value above; columns count from 0."""

    column: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PassedRows:
    """The numbers of the rows that are no people: totals, signatures, repeated headers, serial numbers alone."""

    totals: tuple[int, ...] = ()
    signatures: tuple[int, ...] = ()
    headers: tuple[int, ...] = ()
    serials: tuple[int, ...] = ()


@dataclass(frozen=True)
class SheetTable:
    """A worksheet as read; a text file is one with the name "".

    `titles` are the lines above the header, `header_rows` its one or two row numbers, `headers` its headings (two rows
    joined: 「联系电话 / 本人」). `merged` counts the cells filled from merged cells. `formulas` are the columns that
    hold formulas in the rows, with the number of the first such row. Columns count from 0.
    """

    name: str
    hidden: bool
    titles: tuple[str, ...]
    header_rows: tuple[int, ...]
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Text, ...] = ()
    headings: tuple[Heading, ...] = ()
    passed: PassedRows = PassedRows()
    dittos: tuple[Ditto, ...] = ()
    merged: int = 0
    formulas: tuple[tuple[int, int], ...] = ()

    @property
    def hidden_rows(self) -> tuple[int, ...]:
        """The numbers of the rows that are hidden in the file."""
        return tuple(row.number for row in self.rows if row.hidden)


@dataclass(frozen=True, slots=True)
class PassedSheet:
    """A worksheet that was not read, and why."""

    name: str
    hidden: bool
    reason: SheetReason


@dataclass(frozen=True)
class LedgerWorkbook:
    """A file as read: its worksheets with people, those passed by, and notes about the file as a whole."""

    sheets: tuple[SheetTable, ...]
    passed: tuple[PassedSheet, ...] = ()
    notes: tuple[Text, ...] = ()
