"""Measures how much a sheet of an .xlsx grows when the parser writes out what it only refers to.

The parser copies a shared text into every cell that refers to it, and counts on where a row or cell does not say its
own place. Both let a small file fill the memory, which ends the whole process, so they are measured before.
"""

from __future__ import annotations

import re
from array import array

from app.ledger.reader.checked import MOST_TEXT, too_much_content
from app.ledger.reader.errors import Limits, too_many_columns, too_many_rows
from app.ledger.reader.sheet_scan import HEADER_WITHIN

_TEXT_END = re.compile(rb"<(?:\w+:)?si\s*/>|</(?:\w+:)?si\s*>")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<&]*)</")
_VALUE_END = re.compile(rb"</(?:\w+:)?v\s*>")
_PLACED = re.compile(rb"(?:\s+[\w:]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*?\s+r\s*=\s*[\"']")
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])")


class SharedTextSizes:
    """The sizes of the shared texts in bytes, tags included, from their part in chunks."""

    def __init__(self) -> None:
        self.sizes = array("Q")
        self.tail = b""

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk."""
        text = self.tail + chunk
        place = 0
        for end in _TEXT_END.finditer(text):
            self.sizes.append(end.end() - place)
            place = end.end()
        self.tail = text[place:]

    @property
    def longest(self) -> int:
        """The size of the longest."""
        return max(self.sizes, default=0)


class TextVolume:
    """What one sheet becomes when written out, from its part in chunks."""

    def __init__(self, texts: SharedTextSizes, limits: Limits) -> None:
        self.texts, self.longest = texts.sizes, texts.longest
        self.rows, self.limits = limits.max_rows + HEADER_WITHIN, limits
        self.tail = b""
        self.elements = 0
        self.unplaced_rows = self.unplaced_cells = 0

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk; raises LedgerFileError for too many rows or cells that do not say their place."""
        self.elements += chunk.count(b"</")
        text = self.tail + chunk
        cut = text.rfind(b"<")
        text, self.tail = (text[:cut], text[cut:]) if cut >= 0 else (text, b"")
        # Nearly every program writes the place first; only where one did not is each tag looked at.
        if (
            text.count(b"<c") != text.count(b'<c r="')
            or text.count(b"<row") != text.count(b'<row r="')
            or b":c" in text
            or b":row" in text
        ):
            self._look(text)

    def _look(self, text: bytes) -> None:
        for tag in _ROW_OR_CELL.finditer(text):
            placed = _PLACED.match(text, tag.end()) is not None
            if tag[1] == b"row":
                self.unplaced_rows += not placed
                self.unplaced_cells = 0
            else:
                self.unplaced_cells += not placed
            if self.unplaced_cells > self.limits.max_columns:
                raise too_many_columns(self.unplaced_cells, self.limits)
        if self.unplaced_rows > self.rows:
            raise too_many_rows(self.unplaced_rows, self.limits)

    @property
    def doubtful(self) -> bool:
        """Whether the texts could be too much, if every cell referred to the longest."""
        return self.elements * self.longest > MOST_TEXT

    def measure(self, content: bytes) -> None:
        """Add up the texts of the whole sheet; raises LedgerFileError if they are too much."""
        total = written = 0
        for value in _VALUE.findall(content):
            written += 1
            number = value.strip()
            known = number.isdigit() and len(number) < 10 and int(number) < len(self.texts)
            total += self.texts[int(number)] if known else len(value)
        total += (len(_VALUE_END.findall(content)) - written) * self.longest
        if total > MOST_TEXT:
            raise too_much_content()
