"""Writes a workbook of plain values as an .xls for the parser, whatever format its values came from.

What is written has no formulas, pictures, names or links, and sizes that are true. The marks that the parser does not
report (formulas, error values, hidden rows, cells beyond the limits) are collected on the way.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from app.ledger.reader.biff import long_text, record, short_text, written_shared_texts
from app.ledger.reader.checked import MOST_TEXT, CheckedFile, SheetExtent, too_much_content
from app.ledger.reader.compound_file import compound_file
from app.ledger.reader.errors import LedgerFileError, Limits
from app.ledger.reader.sheet_scan import HEADER_WITHIN, SheetMarks, reference
from sampling.text import Text

WORKSHEET, CHART = 0, 2
VISIBLE, HIDDEN, VERY_HIDDEN = 0, 1, 2
ERROR_VALUES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_NOT_AVAILABLE = 0x2A
# How many formulas of one column are remembered.
_FORMULAS_KEPT = 1_000
_BEGINNING, _END, _SHEET, _FORMAT, _CELL_FORMAT, _DATE_MODE = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x22
_NUMBER, _PACKED_NUMBER, _TEXT, _SHARED_TEXT, _TRUTH, _MERGED = 0x203, 0x27E, 0x204, 0xFD, 0x205, 0xE5
_MERGED_IN_RECORD = 1_000
# The format has places for so many rows; the cells of a workbook, each some hundred bytes here, are limited too.
_MOST_ROWS = 65_536
_MOST_CELLS = 6_000_000


class BookWriter:
    """Collects a workbook's formats, shared texts and sheets; all areas and texts together keep the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.from_1904 = False
        self.formats: list[bytes] = []
        self.texts: Sequence[str] = ()
        self.sheets: list[SheetWriter] = []
        self.text_size = 0
        self.cells = 0

    def number_format(self, number: int, code: str) -> None:
        """A number format; the parser tells dates from other numbers by it."""
        self.formats.append(record(_FORMAT, struct.pack("<H", number) + long_text(code)))

    def cell_format(self, number_format: int) -> None:
        """The next cell format, with the number of its number format."""
        self.formats.append(record(_CELL_FORMAT, struct.pack("<HH16x", 0, number_format)))

    def sheet(self, name: str, state: int = VISIBLE, kind: int = WORKSHEET) -> SheetWriter:
        """The next sheet, to be filled."""
        self.sheets.append(SheetWriter(self, name, state, kind))
        return self.sheets[-1]

    def count_text(self, size: int) -> None:
        """Count bytes of text that the parser will hold; raises LedgerFileError if they are too many."""
        self.text_size += size
        if self.text_size > MOST_TEXT:
            raise too_much_content()

    def count_cells(self, count: int) -> None:
        """Count cells about to be written; raises LedgerFileError if there are too many."""
        self.cells += count
        if self.cells > _MOST_CELLS:
            raise too_much_content()

    def finish(self) -> CheckedFile:
        """The workbook; raises LedgerFileError if its sheets span too many cells together."""
        area = sum(sheet.extent.area for sheet in self.sheets if sheet.extent.beyond is None)
        if area > (self.limits.max_rows + HEADER_WITHIN) * self.limits.max_columns:
            raise too_much_content()
        return CheckedFile(compound_file("Workbook", self._stream()), [sheet.marks() for sheet in self.sheets])

    def _stream(self) -> bytes:
        names = [short_text(sheet.name) for sheet in self.sheets]
        before = _beginning(0x05) + record(_DATE_MODE, struct.pack("<H", self.from_1904)) + b"".join(self.formats)
        texts = written_shared_texts(self.texts)
        start = len(before) + sum(10 + len(name) for name in names) + len(texts) + 4
        listed: list[bytes] = []
        bodies = [sheet.body() for sheet in self.sheets]
        for sheet, name, body in zip(self.sheets, names, bodies, strict=True):
            listed.append(record(_SHEET, struct.pack("<IBB", start, sheet.state, sheet.kind) + name))
            start += len(body)
        return b"".join((before, *listed, texts, record(_END), *bodies))


class SheetWriter:
    """The values of one sheet; rows and columns are counted from 0."""

    def __init__(self, book: BookWriter, name: str, state: int, kind: int) -> None:
        self.book, self.name, self.state, self.kind = book, name, state, kind
        self.extent = SheetExtent(book.limits)
        self.kept: list[bytes] = []
        self.hidden_rows = set[int]()
        self.first_formula: str | None = None
        self.formulas: dict[int, set[int]] = {}
        self.errors: dict[int, dict[int, str]] = {}

    def hidden_row(self, row: int, last: int | None = None) -> None:
        """A hidden row, or several to the last one; those beyond the limits do not matter."""
        end = min(row if last is None else last, self.extent.rows - 1)
        self.hidden_rows.update(range(row + 1, end + 2))

    def formula(self, row: int, column: int) -> None:
        """Note that this cell holds a formula; its value is written by itself."""
        self.first_formula = self.first_formula or reference(row, column)
        rows = self.formulas.setdefault(column, set())
        if len(rows) < _FORMULAS_KEPT:
            rows.add(row + 1)

    def number(self, row: int, column: int, value: bytes, cell_format: int = 0) -> None:
        """A number, in the eight bytes of a double."""
        self._keep(_NUMBER, row, column, cell_format, value)

    def packed_number(self, row: int, column: int, value: bytes, cell_format: int = 0) -> None:
        """A number in the four bytes that [MS-XLS] calls RK."""
        self._keep(_PACKED_NUMBER, row, column, cell_format, value)

    def text(self, row: int, column: int, text: str) -> None:
        """A text of its own."""
        self.book.count_text(len(text) * 3)
        self._keep(_TEXT, row, column, 0, long_text(text))

    def shared_text(self, row: int, column: int, number: int) -> None:
        """One of the shared texts, counted from 0; nothing if there is no such text."""
        if number < len(self.book.texts):
            self.book.count_text(len(self.book.texts[number]) * 3)
            self._keep(_SHARED_TEXT, row, column, 0, struct.pack("<I", number))

    def truth(self, row: int, column: int, value: bool) -> None:
        """A truth value."""
        self._keep(_TRUTH, row, column, 0, bytes((value, 0)))

    def error(self, row: int, column: int, code: int) -> None:
        """An error value, by its code in [MS-XLS]; an unknown one counts as #N/A."""
        code = code if code in ERROR_VALUES else _NOT_AVAILABLE
        self.errors.setdefault(row + 1, {})[column] = ERROR_VALUES[code]
        self._keep(_TRUTH, row, column, 0, bytes((code, 1)))

    def merged(self, ranges: Sequence[tuple[int, int, int, int]]) -> None:
        """Merged cells: first row, last row, first column, last column of each; those beyond the limits are cut."""
        rows, columns = self.extent.rows - 1, self.extent.columns - 1
        kept = [
            struct.pack("<HHHH", top, min(bottom, rows), left, min(right, columns))
            for top, bottom, left, right in ranges
            if top <= min(bottom, rows) and left <= min(right, columns)
        ]
        for place in range(0, len(kept), _MERGED_IN_RECORD):
            several = kept[place : place + _MERGED_IN_RECORD]
            self.kept.append(record(_MERGED, struct.pack("<H", len(several)) + b"".join(several)))

    def _keep(self, kind: int, row: int, column: int, cell_format: int, value: bytes) -> None:
        self.extent.add(row, column)
        if self.extent.beyond is None:
            if row >= _MOST_ROWS:
                raise _too_long(row + 1)
            self.kept.append(record(kind, struct.pack("<HHH", row, column, cell_format & 0xFFFF) + value))

    def body(self) -> bytes:
        """The records of the sheet; without its cells if any of them lies beyond the limits."""
        kept = self.kept if self.extent.beyond is None else ()
        return _beginning(0x10) + b"".join(kept) + record(_END)

    def marks(self) -> SheetMarks:
        """The marks of the sheet."""
        formulas = {column: tuple(sorted(rows)) for column, rows in self.formulas.items()}
        return SheetMarks(self.first_formula, self.extent.beyond, frozenset(self.hidden_rows), formulas, self.errors)


def _too_long(row: int) -> LedgerFileError:
    message = Text(
        f"工作表有 {row:,} 行，这种文件最多读 {_MOST_ROWS:,} 行。另存为 .xlsx，再上传。",
        f"The sheet has {row:,} rows; at most {_MOST_ROWS:,} of this kind are read. Save it as .xlsx, then upload.",
    )
    return LedgerFileError("too-many-rows", message)


def _beginning(part: int) -> bytes:
    return record(_BEGINNING, struct.pack("<HHHHII", 0x600, part, 0, 0, 0, 6))
