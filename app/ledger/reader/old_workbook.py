"""Checks an .xls (also WPS's .et) and writes it anew for the parser: passwords, macros, formulas, distant cells.

An .xls is a compound file holding one stream of records ([MS-XLS]). BIFF8 (Excel 97 and later) has its texts in
UTF-16, whatever its code page says; BIFF5 (Excel 5 and 95) has them in the code page. The new file is BIFF8 with the
values alone: no formulas, pictures, charts or names, and sizes that are true.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator

from app.ledger.reader.biff import CONTINUE, SHARED_TEXTS, read_shared_texts, unicode_text
from app.ledger.reader.biff_writer import CHART, VERY_HIDDEN, WORKSHEET, BookWriter, SheetWriter
from app.ledger.reader.checked import CheckedFile
from app.ledger.reader.compound_file import MAGIC, CompoundFile
from app.ledger.reader.errors import (
    ACCEPTED,
    DOCUMENT,
    LedgerFileError,
    Limits,
    corrupt,
    encrypted,
    has_macros,
)
from sampling.text import Text

# A stream of records without a compound file around it: BIFF5 or BIFF8, and the older ones that are not read.
_ANCIENT_BEGINNINGS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
BEGINNINGS = (MAGIC, b"\x09\x08\x08\x00", b"\x09\x08\x10\x00", *_ANCIENT_BEGINNINGS)
_BOF, _EOF, _SHEET, _FILEPASS, _CODEPAGE = 0x809, 0x0A, 0x85, 0x2F, 0x42
_DATE_MODE, _FORMAT, _CELL_FORMAT, _MERGED, _ROW = 0x22, 0x41E, 0xE0, 0xE5, 0x208
_NUMBER, _RK, _SEVERAL, _LABEL, _RICH_LABEL, _SHARED, _TRUTH = 0x203, 0x27E, 0xBD, 0x204, 0xD6, 0xFD, 0x205
_CELLS = frozenset((_NUMBER, _RK, _LABEL, _RICH_LABEL, _SHARED, _TRUTH))
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
_FORMULA_TEXT = 0x207
_TEXT_VALUE, _TRUTH_VALUE, _ERROR_VALUE = 0, 1, 2
_HIDDEN_ROW = 0x20
_BEFORE_UNICODE = frozenset((0x200, 0x300, 0x400, 0x500))
_MACRO_SHEET, _MODULE = 1, 6
_MACRO_STREAMS = frozenset(("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"))
_DOCUMENTS = frozenset(("WordDocument", "PowerPoint Document"))
# Code pages whose Python codec has another name, and those that are none.
_CODECS = {936: "gb18030", 10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252", 10008: "gb2312", 1200: "utf-16-le"}
_OTHER_FILE = Text("这是别的文件，不是工作簿。", "This is some other file, not a workbook. ") + ACCEPTED
_ANCIENT = Text(
    "这是 Excel 5 以前的工作簿，读不了。用 Excel 或 WPS 另存为 .xlsx，再上传。",
    "This workbook is older than Excel 5 and cannot be read. Save it as .xlsx in Excel or WPS, then upload.",
)


def inspect(data: bytes, limits: Limits) -> CheckedFile:
    """The workbook as the parser may have it; raises LedgerFileError for anything that must not be parsed."""
    try:
        return _inspect(_stream(data), limits)
    except LedgerFileError:
        raise
    except Exception as error:  # invalid offsets raise many kinds of exception
        raise corrupt() from error


def _stream(data: bytes) -> bytes:
    """The stream of records; raises LedgerFileError if the file has none."""
    if data.startswith(_ANCIENT_BEGINNINGS):
        raise LedgerFileError("wrong-type", _ANCIENT)
    if not data.startswith(MAGIC):
        return data
    container = CompoundFile(data)
    names = set(container.entries)
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise encrypted()
    if names & _MACRO_STREAMS:
        raise has_macros()
    for wanted in ("workbook", "book"):
        for name in names:
            if name.lower() == wanted:
                return container.read(name)
    raise LedgerFileError("wrong-type", DOCUMENT if names & _DOCUMENTS else _OTHER_FILE)


class _Texts:
    """How texts are written in this workbook: in UTF-16, or in a code page."""

    def __init__(self) -> None:
        self.unicode = True
        self.codec = "cp1252"

    def read(self, content: bytes, *, short: bool = False) -> str:
        """The text at the start of the content, after its length in one byte (short) or two."""
        if self.unicode:
            return unicode_text(content, short=short)
        place = 1 if short else 2
        length = int.from_bytes(content[:place], "little")
        return content[place : place + length].decode(self.codec, "replace")


def _inspect(stream: bytes, limits: Limits) -> CheckedFile:
    book, texts = BookWriter(limits), _Texts()
    for sheet, start in _globals(stream, book, texts):
        if sheet.kind == WORKSHEET:
            _sheet(stream, start, sheet, texts)
    return book.finish()


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records from a place on, to the end of the part that begins there."""
    header = struct.Struct("<HH")
    depth = 0
    while place + 4 <= len(stream):
        kind, length = header.unpack_from(stream, place)
        place += 4
        if place + length > len(stream):
            raise ValueError("record cut off")
        # Charts within a sheet are parts of their own, between a beginning and an end.
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return
        if depth <= 1 and kind != _EOF:
            yield kind, stream[place : place + length]
        place += length


def _globals(stream: bytes, book: BookWriter, texts: _Texts) -> list[tuple[SheetWriter, int]]:
    """Read what stands before the sheets; the sheets, each with the place where it begins."""
    sheets: list[tuple[SheetWriter, int]] = []
    shared: list[bytes] = []
    before = 0
    for kind, content in _records(stream, 0):
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _BOF:
            texts.unicode = struct.unpack_from("<H", content)[0] not in _BEFORE_UNICODE
        elif kind == _CODEPAGE:
            texts.codec = _codec(struct.unpack_from("<H", content)[0])
        elif kind == _SHEET:
            sheets.append(_listed(content, book, texts))
        elif kind == SHARED_TEXTS or (kind == CONTINUE and before == SHARED_TEXTS):
            shared.append(content)
            kind = SHARED_TEXTS
        elif kind == _DATE_MODE:
            book.from_1904 = content[:2] == b"\x01\x00"
        elif kind == _CELL_FORMAT:
            book.cell_format(struct.unpack_from("<H", content, 2)[0])
        elif kind == _FORMAT and len(content) > 2:
            # Before BIFF8 the length of a number format is one byte.
            code = texts.read(content[2:], short=not texts.unicode)
            book.number_format(struct.unpack_from("<H", content)[0], code)
        before = kind
    book.texts = read_shared_texts(shared)
    return sheets


def _codec(code_page: int) -> str:
    name = _CODECS.get(code_page, f"cp{code_page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _listed(content: bytes, book: BookWriter, texts: _Texts) -> tuple[SheetWriter, int]:
    start, state, kind = struct.unpack_from("<IBB", content)
    if kind in (_MACRO_SHEET, _MODULE):
        raise has_macros()
    name = texts.read(content[6:], short=True).replace("\x00", "")
    return book.sheet(name, min(state & 3, VERY_HIDDEN), CHART if kind == CHART else WORKSHEET), start


def _sheet(stream: bytes, start: int, sheet: SheetWriter, texts: _Texts) -> None:
    """Read the records of the worksheet that begins there."""
    text_cell: tuple[int, int] | None = None
    for kind, content in _records(stream, start):
        if kind in _CELLS:
            _cell(kind, content, sheet, texts)
        elif kind in _FORMULAS:
            text_cell = _formula(content, sheet)
        elif kind == _FORMULA_TEXT and text_cell is not None:
            sheet.text(*text_cell, texts.read(content))
            text_cell = None
        elif kind == _SEVERAL:
            row, first = struct.unpack_from("<HH", content)
            for number in range((len(content) - 6) // 6):
                cell_format, value = struct.unpack_from("<H4s", content, 4 + number * 6)
                sheet.packed_number(row, first + number, value, cell_format)
        elif kind == _ROW:
            row, flags = struct.unpack_from("<H10xH", content)
            if flags & _HIDDEN_ROW:
                sheet.hidden_row(row)
        elif kind == _MERGED:
            count = min(struct.unpack_from("<H", content)[0], (len(content) - 2) // 8)
            sheet.merged([struct.unpack_from("<HHHH", content, 2 + number * 8) for number in range(count)])


def _cell(kind: int, content: bytes, sheet: SheetWriter, texts: _Texts) -> None:
    row, column, cell_format = struct.unpack_from("<HHH", content)
    if kind == _NUMBER:
        sheet.number(row, column, _exactly(content[6:14], 8), cell_format)
    elif kind == _RK:
        sheet.packed_number(row, column, _exactly(content[6:10], 4), cell_format)
    elif kind == _SHARED:
        sheet.shared_text(row, column, struct.unpack_from("<I", content, 6)[0])
    elif kind == _TRUTH:
        if content[7]:
            sheet.error(row, column, content[6])
        else:
            sheet.truth(row, column, bool(content[6]))
    else:
        sheet.text(row, column, texts.read(content[6:]))


def _exactly(content: bytes, size: int) -> bytes:
    if len(content) != size:
        raise ValueError("record too short")
    return content


def _formula(content: bytes, sheet: SheetWriter) -> tuple[int, int] | None:
    """Write the stored value of a formula; the cell, if its text is in the next record."""
    row, column, cell_format = struct.unpack_from("<HHH", content)
    sheet.formula(row, column)
    value = _exactly(content[6:14], 8)
    if value[6:] != b"\xff\xff":
        sheet.number(row, column, value, cell_format)
    elif value[0] == _TRUTH_VALUE:
        sheet.truth(row, column, bool(value[2]))
    elif value[0] == _ERROR_VALUE:
        sheet.error(row, column, value[2])
    return (row, column) if value[6:] == b"\xff\xff" and value[0] == _TEXT_VALUE else None
