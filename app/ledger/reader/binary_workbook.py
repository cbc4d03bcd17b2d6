"""Reads an .xlsb, a ZIP of binary records ([MS-XLSB]), and writes its values anew for the parser."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Protocol

from app.ledger.reader.archive import Archive
from app.ledger.reader.biff_writer import CHART, VERY_HIDDEN, WORKSHEET, BookWriter, SheetWriter
from app.ledger.reader.checked import CheckedFile
from app.ledger.reader.errors import Limits

_MOST = 256 << 20
_SHEET, _PROPERTIES, _TEXT_ITEM = 0x9C, 0x99, 0x13
_NUMBER_FORMAT, _FORMATS_BEGIN, _FORMATS_END, _CELL_FORMAT = 0x2C, 0x269, 0x26A, 0x2F
_ROW, _PACKED, _ERROR, _TRUTH, _NUMBER, _TEXT, _SHARED = 0, 2, 3, 4, 5, 6, 7
_FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_TRUTH, _FORMULA_ERROR = 8, 9, 10, 11
_FORMULAS = frozenset((_FORMULA_TEXT, _FORMULA_NUMBER, _FORMULA_TRUTH, _FORMULA_ERROR))
# Short cells leave out their column, which is the next one; their kinds follow those of the others.
_SHORT_FIRST, _SHORT_LAST = 12, 18
_RICH_TEXT, _MERGED = 62, 0xB0
_HIDDEN_ROW = 0x10


class Link(Protocol):
    """A relationship to another part: its kind, and the part's name."""

    @property
    def kind(self) -> str: ...
    @property
    def target(self) -> str: ...


def inspect(parts: Archive, workbook: str, relations: Mapping[str, Link], limits: Limits) -> CheckedFile:
    """The workbook as the parser may have it; raises LedgerFileError or an error of broken records."""
    book = BookWriter(limits)
    listed: list[tuple[SheetWriter, str]] = []
    for kind, content in _records(parts.content(workbook, _MOST)):
        if kind == _PROPERTIES:
            book.from_1904 = bool(content[0] & 1)
        elif kind == _SHEET:
            listed.append(_listed(content, book, relations))
    known = {relation.kind: relation.target for relation in relations.values()}
    if texts := known.get("sharedstrings"):
        records = _records(parts.content(texts, _MOST))
        book.texts = [_text(content, 1) for kind, content in records if kind == _TEXT_ITEM]
    if styles := known.get("styles"):
        _formats(parts.content(styles, _MOST), book)
    for sheet, name in listed:
        if sheet.kind == WORKSHEET:
            _sheet(parts.content(name, _MOST), sheet)
    return book.finish()


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record."""
    place, end = 0, len(content)
    while place < end:
        kind = content[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (content[place] & 0x7F) << 7
            place += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = content[place]
            place += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if place + length > end:
            raise ValueError("record cut off")
        yield kind, content[place : place + length]
        place += length


def _text(content: bytes, place: int) -> str:
    """A text in UTF-16 after its length in four bytes."""
    length = struct.unpack_from("<I", content, place)[0]
    if length == 0xFFFF_FFFF:
        return ""
    end = place + 4 + length * 2
    if end > len(content):
        raise ValueError("text cut off")
    return content[place + 4 : end].decode("utf-16-le", "replace")


def _listed(content: bytes, book: BookWriter, relations: Mapping[str, Link]) -> tuple[SheetWriter, str]:
    """A sheet as the workbook lists it, and the name of its part."""
    state, _identifier = struct.unpack_from("<II", content)
    identifier = _text(content, 8)
    name = _text(content, 12 + len(identifier.encode("utf-16-le")))
    relation = relations.get(identifier)
    is_sheet = relation is not None and relation.kind == "worksheet"
    sheet = book.sheet(name, min(state & 3, VERY_HIDDEN), WORKSHEET if is_sheet else CHART)
    return sheet, relation.target if relation else ""


def _formats(content: bytes, book: BookWriter) -> None:
    """The number formats, and those of the cells among all formats."""
    of_cells = False
    for kind, value in _records(content):
        if kind in (_FORMATS_BEGIN, _FORMATS_END):
            of_cells = kind == _FORMATS_BEGIN
        elif kind == _NUMBER_FORMAT:
            book.number_format(struct.unpack_from("<H", value)[0], _text(value, 2))
        elif kind == _CELL_FORMAT and of_cells:
            book.cell_format(struct.unpack_from("<H", value, 2)[0])


def _sheet(content: bytes, sheet: SheetWriter) -> None:
    row, column = 0, -1
    merged: list[tuple[int, int, int, int]] = []
    for kind, value in _records(content):
        if kind == _ROW:
            row, column = struct.unpack_from("<I", value)[0], -1
            if value[11] & _HIDDEN_ROW:
                sheet.hidden_row(row)
            continue
        if kind == _MERGED:
            merged.append(struct.unpack_from("<IIII", value))
            continue
        if _SHORT_FIRST <= kind <= _SHORT_LAST:
            kind, value = kind - _SHORT_FIRST + 1, struct.pack("<I", column + 1) + value
        if kind <= _FORMULA_ERROR or kind == _RICH_TEXT:
            column = struct.unpack_from("<I", value)[0]
            _cell(kind, row, column, value, sheet)
    sheet.merged(merged)


def _cell(kind: int, row: int, column: int, value: bytes, sheet: SheetWriter) -> None:
    cell_format = struct.unpack_from("<H", value, 4)[0]
    if kind in _FORMULAS:
        sheet.formula(row, column)
    if kind == _PACKED:
        sheet.packed_number(row, column, struct.unpack_from("4s", value, 8)[0], cell_format)
    elif kind in (_NUMBER, _FORMULA_NUMBER):
        sheet.number(row, column, struct.unpack_from("8s", value, 8)[0], cell_format)
    elif kind in (_ERROR, _FORMULA_ERROR):
        sheet.error(row, column, value[8])
    elif kind in (_TRUTH, _FORMULA_TRUTH):
        sheet.truth(row, column, bool(value[8]))
    elif kind in (_TEXT, _FORMULA_TEXT):
        sheet.text(row, column, _text(value, 8))
    elif kind == _RICH_TEXT:
        sheet.text(row, column, _text(value, 9))
    elif kind == _SHARED:
        sheet.shared_text(row, column, struct.unpack_from("<I", value, 8)[0])
