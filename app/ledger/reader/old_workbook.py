"""Checks an .xls (also WPS's .et) and writes it anew for the parser: passwords, macros, formulas, distant cells.

An .xls is a compound file holding one stream of records ([MS-XLS]). BIFF8 (Excel 97 and later) has its texts in
UTF-16, whatever its code page says; BIFF5 (Excel 5 and 95) has them in the code page. The new file is BIFF8 with the
values alone: no formulas, pictures, charts or names, and sizes that are true.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.ledger.reader.biff import (
    CONTINUE,
    SHARED_TEXTS,
    formula_value,
    long_text,
    read_shared_texts,
    record,
    short_text,
    unicode_text,
    written_shared_texts,
)
from app.ledger.reader.checked import FORMULAS_KEPT, MOST_TEXT, CheckedFile, SheetExtent, refuse_area, too_much_content
from app.ledger.reader.compound_file import MAGIC, CompoundFile, compound_file
from app.ledger.reader.errors import (
    ACCEPTED,
    DOCUMENT,
    LedgerFileError,
    Limits,
    corrupt,
    encrypted,
    has_macros,
)
from app.ledger.reader.sheet_scan import SheetMarks, reference
from sampling.text import Text

# A stream of records without a compound file around it: BIFF5 or BIFF8, and the older ones that are not read.
_ANCIENT_BEGINNINGS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
BEGINNINGS = (MAGIC, b"\x09\x08\x08\x00", b"\x09\x08\x10\x00", *_ANCIENT_BEGINNINGS)
_BOF, _EOF, _SHEET, _FILEPASS, _CODEPAGE = 0x809, 0x0A, 0x85, 0x2F, 0x42
_DATE_MODE, _FORMAT, _CELL_FORMAT, _MERGED, _ROW = 0x22, 0x41E, 0xE0, 0xE5, 0x208
_NUMBER, _RK, _SEVERAL_RK, _LABEL, _RICH_LABEL, _SHARED, _TRUTH = 0x203, 0x27E, 0xBD, 0x204, 0xD6, 0xFD, 0x205
_FORMULAS = frozenset((0x0006, 0x0206, 0x0406))
_FORMULA_TEXT = 0x207
_WORKSHEET, _MACRO_SHEET, _CHART, _MODULE = 0, 1, 2, 6
_MACRO_STREAMS = frozenset(("_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"))
_DOCUMENTS = frozenset(("WordDocument", "PowerPoint Document"))
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
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


@dataclass(frozen=True)
class _Sheet:
    """A worksheet as the workbook lists it: where it begins, its state and type, and its name."""

    start: int
    state: int
    kind: int
    name: str


@dataclass
class _Globals:
    """What stands before the sheets: the version, records to keep, the sheets and the shared texts."""

    unicode: bool = True
    codec: str = "cp1252"
    kept: list[bytes] = field(default_factory=list)
    sheets: list[_Sheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def text(self, content: bytes, *, short: bool = False) -> str:
        """The text at the start of the content, after its length in one byte (short) or two."""
        if self.unicode:
            return unicode_text(content, short=short)
        place = 1 if short else 2
        length = int.from_bytes(content[:place], "little")
        return content[place : place + length].decode(self.codec, "replace")


def _inspect(stream: bytes, limits: Limits) -> CheckedFile:
    book = _globals(stream)
    bodies: list[bytes] = []
    marks: list[SheetMarks] = []
    area = 0
    volume = 0
    for sheet in book.sheets:
        reader = _SheetReader(book, limits)
        if sheet.kind == _WORKSHEET:
            reader.read(stream, sheet.start)
        area += reader.extent.area if reader.extent.beyond is None else 0
        volume += reader.volume
        refuse_area(area, limits)
        if volume > MOST_TEXT:
            raise too_much_content()
        bodies.append(reader.body())
        marks.append(reader.marks())
    return CheckedFile(compound_file("Workbook", _written(book, bodies)), marks)


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


def _globals(stream: bytes) -> _Globals:
    book = _Globals()
    shared: list[bytes] = []
    before = 0
    for kind, content in _records(stream, 0):
        if kind == _FILEPASS:
            raise encrypted()
        if kind == _BOF:
            book.unicode = struct.unpack_from("<H", content)[0] not in (0x500, 0x200, 0x300, 0x400)
        elif kind == _CODEPAGE:
            book.codec = _codec(struct.unpack_from("<H", content)[0])
        elif kind == _SHEET:
            book.sheets.append(_listed(book, content))
        elif kind == SHARED_TEXTS or (kind == CONTINUE and shared and before == SHARED_TEXTS):
            shared.append(content)
            kind = SHARED_TEXTS
        elif kind in (_DATE_MODE, _CELL_FORMAT):
            book.kept.append(record(kind, content))
        elif kind == _FORMAT and len(content) > 2:
            # Before BIFF8 the length of a number format is one byte.
            written = book.text(content[2:], short=not book.unicode)
            book.kept.append(record(kind, content[:2] + long_text(written)))
        before = kind
    book.texts = read_shared_texts(shared)
    return book


def _codec(code_page: int) -> str:
    name = _CODECS.get(code_page, f"cp{code_page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _listed(book: _Globals, content: bytes) -> _Sheet:
    start, state, kind = struct.unpack_from("<IBB", content)
    if kind in (_MACRO_SHEET, _MODULE):
        raise has_macros()
    name = book.text(content[6:], short=True).replace("\x00", "")
    return _Sheet(start, min(state & 3, 2), _CHART if kind == _CHART else _WORKSHEET, name)


class _SheetReader:
    """Reads the records of a worksheet, and writes those that hold values."""

    def __init__(self, book: _Globals, limits: Limits) -> None:
        self.book = book
        self.sizes = [len(text) * 3 for text in book.texts]
        self.extent = SheetExtent(limits)
        self.kept: list[bytes] = []
        self.volume = 0
        self.formula: str | None = None
        self.formulas: dict[int, set[int]] = {}
        self.errors: dict[int, dict[int, str]] = {}
        self.hidden_rows = set[int]()
        self.text_cell: bytes | None = None

    def read(self, stream: bytes, start: int) -> None:
        """Read all records of the sheet that begins there."""
        for kind, content in _records(stream, start):
            if kind in (_NUMBER, _RK, _SHARED, _LABEL, _RICH_LABEL, _TRUTH):
                self._cell(kind, content)
            elif kind in _FORMULAS:
                self._formula(content)
            elif kind == _FORMULA_TEXT and self.text_cell is not None:
                self._keep(_LABEL, self.text_cell + long_text(self.book.text(content)))
                self.text_cell = None
            elif kind == _SEVERAL_RK:
                self._several(content)
            elif kind == _ROW:
                self._row(content)
            elif kind == _MERGED:
                count = min(struct.unpack_from("<H", content)[0], (len(content) - 2) // 8)
                self.kept.append(record(kind, struct.pack("<H", count) + content[2 : 2 + count * 8]))

    def _row(self, content: bytes) -> None:
        number, flags = struct.unpack_from("<H10xH", content)
        if flags & 0x20:
            self.hidden_rows.add(number + 1)

    def _cell(self, kind: int, content: bytes) -> None:
        if kind == _SHARED:
            text = struct.unpack_from("<I", content, 6)[0]
            if text >= len(self.sizes):
                return
            self.volume += self.sizes[text]
        elif kind in (_LABEL, _RICH_LABEL):
            kind, content = _LABEL, content[:6] + long_text(self.book.text(content[6:]))
        elif kind == _TRUTH and content[7]:
            self._error(content, content[6])
            return
        self._keep(kind, content)

    def _keep(self, kind: int, content: bytes) -> None:
        row, column = struct.unpack_from("<HH", content)
        self.extent.add(row, column)
        self.kept.append(record(kind, content))

    def _several(self, content: bytes) -> None:
        row, first = struct.unpack_from("<HH", content)
        for number in range((len(content) - 6) // 6):
            value = content[4 + number * 6 : 10 + number * 6]
            self._keep(_RK, struct.pack("<HH", row, first + number) + value)

    def _error(self, place: bytes, code: int) -> None:
        row, column = struct.unpack_from("<HH", place)
        code = code if code in _ERRORS else 0x2A
        self.errors.setdefault(row + 1, {})[column] = _ERRORS[code]
        self._keep(_TRUTH, place[:6] + bytes((code, 1)))

    def _formula(self, content: bytes) -> None:
        row, column = struct.unpack_from("<HH", content)
        self.formula = self.formula or reference(row, column)
        rows = self.formulas.setdefault(column, set())
        if len(rows) < FORMULAS_KEPT:
            rows.add(row + 1)
        value = formula_value(content[6:14])
        self.text_cell = content[:6] if value.text else None
        if value.number is not None:
            self._keep(_NUMBER, content[:6] + value.number)
        elif value.truth is not None:
            self._keep(_TRUTH, content[:6] + value.truth)
        elif value.error is not None:
            self._error(content, value.error)

    def body(self) -> bytes:
        """The sheet as the parser receives it; without its cells if any of them lies beyond the limits."""
        kept = self.kept if self.extent.beyond is None else ()
        return _beginning(0x10) + b"".join(kept) + record(_EOF)

    def marks(self) -> SheetMarks:
        """The marks of the sheet."""
        formulas = {column: tuple(sorted(rows)) for column, rows in self.formulas.items()}
        return SheetMarks(self.formula, self.extent.beyond, frozenset(self.hidden_rows), formulas, self.errors)


def _beginning(part: int) -> bytes:
    return record(_BOF, struct.pack("<HHHHII", 0x600, part, 0, 0, 0, 6))


def _written(book: _Globals, bodies: Sequence[bytes]) -> bytes:
    """The stream of records of the new workbook."""
    names = [short_text(sheet.name) for sheet in book.sheets]
    before = _beginning(0x05) + b"".join(book.kept)
    texts = written_shared_texts(book.texts)
    start = len(before) + sum(10 + len(name) for name in names) + len(texts) + 4
    listed: list[bytes] = []
    for sheet, name, body in zip(book.sheets, names, bodies, strict=True):
        listed.append(record(_SHEET, struct.pack("<IBB", start, sheet.state, sheet.kind) + name))
        start += len(body)
    return b"".join((before, *listed, texts, record(_EOF), *bodies))
