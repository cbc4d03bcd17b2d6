"""Scans the XML of a workbook's parts in a stream for what the parser does not report or must not open."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.ledger.reader.errors import LedgerFileError, Limits, at_reference
from sampling.text import Text

# Rows that may stand above the header.
HEADER_WITHIN = 10
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# A cell holds at most 32,767 characters; text between tags that is much longer is an attack.
_LONGEST_TEXT = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3}[0-9]{1,7})[\"']")
# The parser allocates memory for as many texts as the part announces, and aborts the process if that fails.
_ANNOUNCED = re.compile(rb"uniqueCount\s*=\s*[\"']\s*\+?([0-9]+)")
_SHORTEST_TEXT = len("<si/>")
# In a worksheet only a cell's formula is called f; charts and rules in the extensions at the end use xm:f.
_FORMULA = re.compile(rb"<(?!xm:)(?:\w+:)?f[\s/>]")
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^<>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'][^<>]*>\s*<(?:\w+:)?f[\s/>]"
)
_FORMULAS_KEPT = 1_000
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s([^<>]*\bt\s*=\s*[\"']e[\"'][^<>]*)>\s*"
    rb"(?:<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f\s*>)\s*)?<(?:\w+:)?v(?:\s[^<>]*)?>([^<]*)<"
)
_MOST_ERRORS = 100_000
_PLACE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^<>]*)>")
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_ROW_NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"']\s*([0-9]{1,10})\s*[\"']")
_HIDDEN = re.compile(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']")
# A tag read strictly, so that nothing written in an attribute passes for its end: attributes, 「/」, what follows.
_ATTRIBUTES = rb"((?:\s+[\w:]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*)\s*(/?)>"
_STRICT_CELL = re.compile(rb"<(?:\w+:)?c" + _ATTRIBUTES + rb"(\s*</(?:\w+:)?c\s*>)?")
_STRICT_ROW = re.compile(rb"<(?:\w+:)?row" + _ATTRIBUTES)
_ANY_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_HAS_PLACE = re.compile(rb"\sr\s*=")
_WRONG_ENCODING = Text(
    "工作簿内部的文字编码不对。用 Excel 打开后另存为 .xlsx，再上传。",
    "The encoding of text within the workbook is wrong. Open it in Excel, save it as .xlsx, then upload.",
)
_LONG_TEXT = Text(
    "工作簿里有一段文字超过 1 MB，不像名册，没有读取。",
    "A text in the workbook is longer than 1 MB. It does not look like a ledger and was not read.",
)
_WRONG_COUNT = Text(
    "工作簿内部标明的文字数目不对。用 Excel 打开后另存为 .xlsx，再上传。",
    "The workbook states a wrong number of texts. Open it in Excel, save it as .xlsx, then upload.",
)
_ERROR_VALUES = Text(
    f"工作表里的错误值（#N/A 等）超过 {_MOST_ERRORS:,} 个。改正公式后再上传。",
    f"The sheet has more than {_MOST_ERRORS:,} error values (#N/A and the like). Correct the formulas, then upload.",
)
_EXTERNAL_DEFINITIONS = Text(
    "工作簿里含有外部定义（DTD），没有读取。用 Excel 打开后另存为 .xlsx，再上传。",
    "The workbook has external definitions (DTD) and was not read. Open it in Excel, save it as .xlsx, then upload.",
)


@dataclass(frozen=True)
class SheetMarks:
    """What the parser does not report of a worksheet.

    `formula` is its first formula and `beyond` its first filled cell outside the limits, as cell references.
    `hidden_rows` are row numbers, from 1; `formulas` says column, from 0 → the rows with a formula, the first thousand
    of each column; `errors` says row, from 1 → column, from 0 → error value, such as 「#N/A」.
    """

    formula: str | None = None
    beyond: str | None = None
    hidden_rows: frozenset[int] = frozenset()
    formulas: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    errors: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


NO_MARKS = SheetMarks()


class SheetScan:
    """Scans one part chunk by chunk, a sheet at whole rows and other parts at whole tags; the rest waits."""

    def __init__(self, name: str, limits: Limits, *, sheet: bool) -> None:
        self.name = name
        self.sheet = sheet
        self.most_rows = limits.max_rows + HEADER_WITHIN
        self.beyond_limits = _beyond(self.most_rows, limits.max_columns)
        self.tail = b""
        self.size = 0
        self.announced = 0
        self.cell = ""
        self.row = 0
        self.far_row = False
        self.formula: str | None = None
        self.beyond: str | None = None
        self.hidden_rows = set[int]()
        self.formulas = defaultdict[int, set[int]](set)
        self.errors = defaultdict[int, dict[int, str]](dict)
        self.error_count = 0

    def feed(self, chunk: bytes) -> None:
        """Scan the next chunk; raises LedgerFileError for a DTD or an encoding that could hide one."""
        self.size += len(chunk)
        text = self.tail + chunk
        if b"\x00" in chunk:
            raise LedgerFileError("corrupt", _WRONG_ENCODING, at_reference(self.name))
        cut = self._end_of_whole(text)
        whole, self.tail = (text[:cut], text[cut:]) if cut >= 0 else (text, b"")
        if len(self.tail) > _LONGEST_TEXT:
            raise LedgerFileError("cell", _LONG_TEXT, at_reference(self.name))
        self._look(whole)

    def _end_of_whole(self, text: bytes) -> int:
        """Where the last row of a sheet begins, if it is near and not the end of all rows; otherwise the last tag."""
        if self.sheet:
            start = text.rfind(b"<row")
            if start < 0 and (name := text.rfind(b":row")) >= 0:
                start = text.rfind(b"<", 0, name)
            if start >= 0 and len(text) - start < _LONGEST_TEXT // 2 and text.find(b"sheetData>", start) < 0:
                return start
        return text.rfind(b"<")

    def finish(self) -> SheetMarks:
        """Look at what is left, and say what was found."""
        self._look(self.tail)
        if self.announced * _SHORTEST_TEXT > self.size:
            raise LedgerFileError("corrupt", _WRONG_COUNT, at_reference(self.name))
        formulas = {column: tuple(sorted(rows)) for column, rows in self.formulas.items()}
        return SheetMarks(self.formula, self.beyond, frozenset(self.hidden_rows), formulas, dict(self.errors))

    def _look(self, text: bytes) -> None:
        if b"<!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
            raise LedgerFileError("dtd", _EXTERNAL_DEFINITIONS, at_reference(self.name))
        if b"uniqueCount" in text:
            for digits in _ANNOUNCED.findall(text):
                self.announced = max(self.announced, int(digits.lstrip(b"0")[:18] or 0))
        if not self.sheet:
            return
        if self.beyond is None:
            self._look_beyond(text)
        if self.formula is None:
            self._look_for_formula(text)
        if self.formula is not None:
            self._look_for_formulas(text)
        if b'"e"' in text or b"'e'" in text:
            self._look_for_errors(text)
        self._look_for_hidden_rows(text)

    def _look_beyond(self, text: bytes) -> None:
        """Find the first cell beyond the limits that holds anything; formatting alone is no data."""
        place = 0
        while self.beyond is None and (far := self.beyond_limits.search(text, place)):
            end = self._empty_until(text, far)
            if end is None:
                self.beyond = far[1].decode()
                return
            place = end
        # After a distant row, one without a number is more distant still.
        if self.far_row and any(not _ROW_NUMBER.search(row[1]) for row in _ROW.finditer(text)):
            self.beyond = f"A{self.most_rows + 1}"

    def _empty_until(self, text: bytes, far: re.Match[bytes]) -> int | None:
        """Where the row of this distant reference ends if none of its distant cells holds anything; None if one may.

        A cell without a reference counts as distant, for it stands to the right of the one before.
        """
        start = text.rfind(b"<", 0, far.start())
        row = _STRICT_ROW.match(text, start)
        if row is not None:
            self.far_row = True
            if row[2]:
                return row.end()
        ended = _ROW_END.search(text, start)
        if ended is None or (row is None and not _STRICT_CELL.match(text, start)):
            return None
        for cell in _ANY_CELL.finditer(text, start, ended.start()):
            strict = _STRICT_CELL.match(text, cell.start())
            if strict is None:
                return None
            attributes, closed, followed = strict.groups()
            distant = not _HAS_PLACE.search(attributes) or self.beyond_limits.search(attributes)
            if distant and not closed and not followed:
                return None
        return ended.end()

    def _look_for_formula(self, text: bytes) -> None:
        match = _FORMULA.search(text)
        before = text[: match.start()] if match else text
        # Only the last cell before the formula matters, and it is near.
        cells = _CELL.findall(before, max(0, len(before) - 4096))
        if cells:
            self.cell = cells[-1].decode().upper()
        if match:
            self.formula = self.cell or "?"

    def _look_for_formulas(self, text: bytes) -> None:
        if not _FORMULA.search(text):
            return
        for letters, number in _FORMULA_CELL.findall(text):
            rows = self.formulas[column_number(letters.decode()) - 1]
            if len(rows) < _FORMULAS_KEPT:
                rows.add(int(number))

    def _look_for_errors(self, text: bytes) -> None:
        for attributes, value in _ERROR_CELL.findall(text):
            if place := _PLACE.search(attributes):
                self.errors[int(place[2])][column_number(place[1].decode()) - 1] = value.decode("utf-8", "replace")[:20]
                self.error_count += 1
        if self.error_count > _MOST_ERRORS:
            raise LedgerFileError("errors", _ERROR_VALUES, at_reference(self.name))

    def _look_for_hidden_rows(self, text: bytes) -> None:
        """Note the hidden rows; a row without a number follows the one before it."""
        if b"hidden" not in text:
            last = text.rfind(b"<row")
            number = _ROW_NUMBER.search(text[last : text.find(b">", last)]) if last >= 0 else None
            self.row = int(number[1]) if number else self.row + text.count(b"<row")
            return
        for row in _ROW.finditer(text):
            number = _ROW_NUMBER.search(row[1])
            self.row = int(number[1]) if number else self.row + 1
            if _HIDDEN.search(row[1]) and self.row <= self.most_rows:
                self.hidden_rows.add(self.row)


def reference(row: int, column: int) -> str:
    """The name of a cell, from its row and column counted from 0: 1, 3 is D2."""
    return f"{_letters(column + 1)}{row + 1}"


@lru_cache(maxsize=8)
def _beyond(rows: int, columns: int) -> re.Pattern[bytes]:
    """A pattern that matches the reference of a row or cell beyond these numbers of rows and columns.

    One regular-expression search over the sheet is many times faster than parsing every reference.
    """
    far_row, far_column = _above(str(rows), "0123456789", "1"), _above(_letters(columns), ALPHABET, "A")
    pattern = rf"[\s\"']r\s*=\s*[\"']((?:[A-Z]*0*(?:{far_row}))|(?:(?:{far_column})[0-9]+))[\"']"
    return re.compile(pattern.encode(), re.IGNORECASE)


def column_number(letters: str) -> int:
    """The number of a column, from 1, from its letters: AB is 28."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    """The letters of a column, from 1: 28 is AB."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = ALPHABET[digit] + letters
    return letters


def _above(limit: str, digits: str, least: str) -> str:
    """A pattern for the numerals above a limit, written in these digits without leading zeros."""
    any_digit = f"[{digits[0]}-{digits[-1]}]"
    longer = f"[{least}-{digits[-1]}]{any_digit}{{{len(limit)},}}"
    higher = [
        f"{limit[:place]}[{digits[digits.index(digit) + 1]}-{digits[-1]}]{any_digit}{{{len(limit) - place - 1}}}"
        for place, digit in enumerate(limit)
        if digit != digits[-1]
    ]
    return "|".join([longer, *higher])
