"""Inspects an .xls before the parser opens it: passwords, macros, formulas, cells beyond the limits.

The parser reads every sheet when it opens the file and allocates memory for the announced size, so files beyond the
limits must be refused here.

An .xls is a small file system ("compound file": [MS-CFB]) holding one stream of records ([MS-XLS]). Only as much of
both is read here as these checks need.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator

from app.ledger.reader.errors import DOCUMENT, LedgerFileError, Limits, corrupt, encrypted, has_macros
from app.ledger.reader.sheet_scan import HEADER_WITHIN, SheetMarks, reference
from sampling.text import Text

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_SECTOR = 0xFFFF_FFFA  # this and everything above is no sector's number
_ENTRY = 128
_FILEPASS, _SHEET, _END, _DIMENSIONS = 0x2F, 0x85, 0x0A, 0x200
_MOST_ROWS, _MOST_COLUMNS = 65_536, 256
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
# Every record that fills a cell: blank, number, text, truth value, and records of several cells.
_CELLS = frozenset((0xD6, 0xFD, 0x7E, 0xBD, 0xBE, 0x201, 0x203, 0x204, 0x205, 0x27E)) | _FORMULAS
_SEVERAL = frozenset((0xBD, 0xBE))
_WORKSHEET, _MACRO_SHEET, _MODULE = 0, 1, 6
_MACRO_STREAMS = frozenset(("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"))
_DOCUMENTS = frozenset(("WordDocument", "PowerPoint Document"))
_OTHER_FILE = Text(
    "这是别的文件，不是工作簿。请上传 .xlsx、.xls 或 .csv。",
    "This is some other file, not a workbook. Please upload .xlsx, .xls or .csv.",
)


def inspect(data: bytes, limits: Limits) -> list[SheetMarks]:
    """The marks of each worksheet of an .xls; raises LedgerFileError for anything that must not be parsed."""
    try:
        return _inspect(data, limits)
    except LedgerFileError:
        raise
    except Exception as error:  # invalid offsets raise many kinds of exception
        raise corrupt() from error


def _inspect(data: bytes, limits: Limits) -> list[SheetMarks]:
    container = _Container(data)
    names = set(container.entries)
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise encrypted()
    if names & _MACRO_STREAMS:
        raise has_macros()
    stream = next((container.read(name) for name in ("Workbook", "Book") if name in names), None)
    if stream is None:
        raise LedgerFileError("wrong-type", DOCUMENT if names & _DOCUMENTS else _OTHER_FILE)
    return [_marks(stream, start, limits) for start in _sheets(stream)]


class _Container:
    """The streams of a compound file, by name."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = 1 << struct.unpack_from("<H", data, 30)[0]
        if self.size not in (512, 4096):
            raise ValueError("sector size")
        self.smallest = struct.unpack_from("<I", data, 56)[0]
        self.next = self._table()
        directory = self._chain(struct.unpack_from("<I", data, 48)[0])
        self.entries: dict[str, tuple[int, int]] = {}
        for place in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", directory, place + 64)[0]
            name = directory[place : place + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            self.entries.setdefault(name, struct.unpack_from("<II", directory, place + 116))

    def read(self, name: str) -> bytes:
        """A stream's bytes; small streams are stored elsewhere, and no workbook is that small."""
        start, size = self.entries[name]
        if size < self.smallest:
            raise ValueError("stream too small")
        return self._chain(start)[:size]

    def _table(self) -> array[int]:
        """The sector allocation table: the next sector of each sector."""
        lists = list(struct.unpack_from("<109I", self.data, 76))
        sector, count = struct.unpack_from("<II", self.data, 68)
        per_sector = self.size // 4
        for _ in range(min(count, len(self.data) // self.size)):
            more = struct.unpack_from(f"<{per_sector}I", self.data, (sector + 1) * self.size)
            lists += more[:-1]
            sector = more[-1]
        table = array("I")
        for number in lists:
            if number < _NO_SECTOR and len(table) * self.size <= len(self.data) + self.size * per_sector:
                table.extend(struct.unpack_from(f"<{per_sector}I", self.data, (number + 1) * self.size))
        return table

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _NO_SECTOR:
            if len(pieces) > len(self.next):
                raise ValueError("sectors in a circle")
            pieces.append(self.data[(sector + 1) * self.size : (sector + 2) * self.size])
            sector = self.next[sector]
        return b"".join(pieces)


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Records from a place on: kind, where the content begins, its length."""
    header = struct.Struct("<HH")
    while place + 4 <= len(stream):
        kind, length = header.unpack_from(stream, place)
        yield kind, place + 4, length
        place += 4 + length


def _sheets(stream: bytes) -> list[int]:
    """Where each worksheet begins."""
    starts = []
    for kind, place, _length in _records(stream, 0):
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _END:
            break
        if kind == _SHEET:
            start, _hidden, sheet_type = struct.unpack_from("<IBB", stream, place)
            if sheet_type in (_MACRO_SHEET, _MODULE):
                raise has_macros()
            starts.append(start)
    return starts


def _marks(stream: bytes, start: int, limits: Limits) -> SheetMarks:
    """The first formula of a sheet, and its first cell beyond the limits."""
    formula = beyond = None
    cell = struct.Struct("<HH")
    for kind, place, length in _records(stream, start):
        if kind == _END:
            break
        if kind == _DIMENSIONS and length >= 14:
            _, last_row, _, last_column = struct.unpack_from("<IIHH", stream, place)
            if last_row > _MOST_ROWS or last_column > _MOST_COLUMNS:
                raise ValueError("dimensions")
        if kind not in _CELLS:
            continue
        row, column = cell.unpack_from(stream, place)
        last = struct.unpack_from("<H", stream, place + length - 2)[0] if kind in _SEVERAL else column
        if beyond is None and (row >= limits.max_rows + HEADER_WITHIN or max(column, last) >= limits.max_columns):
            beyond = reference(row, max(column, last))
        if formula is None and kind in _FORMULAS:
            formula = reference(row, column)
    return SheetMarks(formula, beyond)
