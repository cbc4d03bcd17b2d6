"""Reads an .ods, a ZIP of XML ([ODF]), and writes its values anew for the parser.

Rows and cells may say that they are repeated, up to a million times; only those with content are written out.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from xml.parsers import expat

from app.ledger.reader.archive import Archive
from app.ledger.reader.biff_writer import HIDDEN, VISIBLE, BookWriter, SheetWriter
from app.ledger.reader.checked import CheckedFile
from app.ledger.reader.errors import DOCUMENT, LedgerFileError, Limits, encrypted, has_macros
from app.ledger.reader.sheet_scan import SheetScan

_CONTENT, _MANIFEST, _TYPE = "content.xml", "meta-inf/manifest.xml", "mimetype"
_SHORT_PART = 4 << 20
_SPACES, _MOST_SPACES = "text:s", 1_000
_PREFIXES = {
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))
_HIDDEN_ROWS = frozenset(("collapse", "filter"))
_NUMBERS = frozenset(("float", "percentage", "currency"))
# What stands in a cell but is no part of its text.
_ASIDE = frozenset(("office:annotation", "table:table", "table:detective"))


def inspect(parts: Archive, limits: Limits) -> CheckedFile:
    """The workbook as the parser may have it; raises LedgerFileError, or expat's error for broken XML."""
    if b"opendocument.spreadsheet" not in parts.content(_TYPE, _SHORT_PART):
        raise LedgerFileError("wrong-type", DOCUMENT)
    if _MANIFEST in parts.parts and b"encryption-data" in parts.content(_MANIFEST, _SHORT_PART):
        raise encrypted()
    if any(name.startswith(("basic/", "scripts/")) for name in parts.parts):
        raise has_macros()
    reader = _Reader(BookWriter(limits))
    scan = SheetScan(_CONTENT, limits, sheet=False)
    for chunk in parts.chunks(_CONTENT):
        scan.feed(chunk)
        reader.feed(chunk)
    scan.finish()
    reader.feed(b"", last=True)
    return reader.book.finish()


def _short(name: str) -> str:
    """The name of an element or attribute with the usual prefix of its namespace."""
    space, _, local = name.rpartition(" ")
    return f"{_PREFIXES.get(space, '')}:{local}"


def _count(attributes: Mapping[str, str], name: str) -> int:
    return max(int(attributes.get(name, 1)), 1)


class _Reader:
    """Follows the elements of the content: styles, tables, rows, cells and their paragraphs."""

    def __init__(self, book: BookWriter) -> None:
        self.book = book
        self.hidden_styles = set[str]()
        self.style = ""
        self.sheet: SheetWriter | None = None
        self.row = self.rows = self.column = 0
        self.cells: list[_Cell] = []
        self.cell: _Cell | None = None
        self.aside = 0
        self.short: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse_definitions

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """Read the next chunk of the content."""
        self.parser.Parse(chunk, last)

    def _refuse_definitions(self, *_declared: object) -> None:
        raise ValueError("document type definition")

    def _name(self, name: str) -> str:
        if name not in self.short:
            self.short[name] = _short(name)
        return self.short[name]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = self._name(name)
        if self.aside or (self.sheet is not None and element in _ASIDE):
            self.aside += 1
            return
        known = {self._name(key): value for key, value in attributes.items()} if attributes else {}
        if self.cell is not None:
            self.cell.element(element, known)
        elif element in _CELLS and self.sheet is not None:
            self.cell = _Cell(self.column, known)
        elif element == "table:table-row" and self.sheet is not None:
            self._start_row(known)
        elif element == "table:table":
            hidden = known.get("table:style-name") in self.hidden_styles
            self.sheet = self.book.sheet(known.get("table:name", ""), HIDDEN if hidden else VISIBLE)
            self.row = 0
        elif element == "style:style":
            self.style = known.get("style:name", "")
        elif element == "style:table-properties" and known.get("table:display") == "false":
            self.hidden_styles.add(self.style)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self.rows, self.column, self.cells = _count(attributes, "table:number-rows-repeated"), 0, []
        if self.sheet is not None and attributes.get("table:visibility") in _HIDDEN_ROWS:
            self.sheet.hidden_row(self.row, self.row + self.rows - 1)

    def _characters(self, text: str) -> None:
        if self.cell is not None and not self.aside:
            self.cell.characters(text)

    def _end(self, name: str) -> None:
        if self.aside:
            self.aside -= 1
            return
        element = self._name(name)
        if element in _CELLS and self.cell is not None:
            self.column += self.cell.columns
            if self.cell.filled:
                self.cells.append(self.cell)
            self.cell = None
        elif self.cell is not None:
            self.cell.end(element)
        elif element == "table:table-row" and self.sheet is not None:
            self._write_row(self.sheet)
            self.row += self.rows
        elif element == "table:table":
            self.sheet = None

    def _write_row(self, sheet: SheetWriter) -> None:
        """Write the cells of the row, as often as it and they are repeated; one beyond the limits is enough."""
        rows = min(self.rows, sheet.extent.rows + 1) if self.cells else 0
        sheet.book.count_cells(rows * sum(min(cell.columns, sheet.extent.columns + 1) for cell in self.cells))
        for row in range(self.row, self.row + rows):
            for cell in self.cells:
                cell.write(sheet, row)
            if sheet.extent.beyond is not None:
                return


class _Cell:
    """A cell as its element and paragraphs say it; repeated to the right `columns` times."""

    def __init__(self, column: int, attributes: Mapping[str, str]) -> None:
        self.column, self.columns = column, _count(attributes, "table:number-columns-repeated")
        self.attributes = attributes
        self.paragraphs: list[list[str]] = []
        self.in_paragraph = 0

    def element(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element within the cell begins."""
        if name in ("text:p", "text:h"):
            self.paragraphs.append([])
            self.in_paragraph += 1
        elif name == _SPACES:
            self.characters(" " * min(_count(attributes, "text:c"), _MOST_SPACES))
        elif name in ("text:tab", "text:line-break"):
            self.characters("\t" if name == "text:tab" else "\n")

    def end(self, name: str) -> None:
        """An element within the cell ends."""
        if name in ("text:p", "text:h"):
            self.in_paragraph -= 1

    def characters(self, text: str) -> None:
        """Text within the cell; what stands outside of paragraphs is only layout."""
        if self.in_paragraph and self.paragraphs:
            self.paragraphs[-1].append(text)

    @property
    def shown(self) -> str:
        """The text that the cell shows."""
        return "\n".join("".join(paragraph) for paragraph in self.paragraphs)

    @property
    def filled(self) -> bool:
        """Whether the cell holds anything, or covers others."""
        spans = ("table:number-rows-spanned", "table:number-columns-spanned")
        return bool(
            self.paragraphs
            or "office:value-type" in self.attributes
            or "table:formula" in self.attributes
            or any(self.attributes.get(span, "1") != "1" for span in spans)
        )

    def write(self, sheet: SheetWriter, row: int) -> None:
        """Write the cell in this row, and its repetitions to the right."""
        for column in range(self.column, self.column + self.columns):
            self._write(sheet, row, column)
            if sheet.extent.beyond is not None:
                return

    def _write(self, sheet: SheetWriter, row: int, column: int) -> None:
        known = self.attributes
        kind = known.get("office:value-type", "")
        if "table:formula" in known:
            sheet.formula(row, column)
        down, right = _count(known, "table:number-rows-spanned"), _count(known, "table:number-columns-spanned")
        if down > 1 or right > 1:
            sheet.merged([(row, row + down - 1, column, column + right - 1)])
        if known.get("calcext:value-type") == "error" or (kind == "time" and self.paragraphs):
            sheet.text(row, column, self.shown)
        elif kind in _NUMBERS:
            sheet.number(row, column, struct.pack("<d", float(known["office:value"])))
        elif kind == "boolean":
            sheet.truth(row, column, known.get("office:boolean-value") == "true")
        elif text := _written(known, kind) or self.shown:
            sheet.text(row, column, text)


def _written(attributes: Mapping[str, str], kind: str) -> str:
    """The text that the attributes give: of a date its day, as no ledger needs the hour."""
    if kind == "date":
        return attributes.get("office:date-value", "").partition("T")[0]
    return attributes.get("office:string-value", "") if kind == "string" else ""
