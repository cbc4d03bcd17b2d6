"""Scans the XML of a workbook's parts in a stream for what the parser does not report or must not open."""

from __future__ import annotations

import re
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
    """Scans one part chunk by chunk, at whole tags: text after the last 「<」 is kept for the next chunk."""

    def __init__(self, name: str, limits: Limits, *, sheet: bool) -> None:
        self.name = name
        self.sheet = sheet
        self.beyond_limits = _beyond(limits.max_rows + HEADER_WITHIN, limits.max_columns)
        self.tail = b""
        self.size = 0
        self.announced = 0
        self.cell = ""
        self.formula: str | None = None
        self.beyond: str | None = None

    def feed(self, chunk: bytes) -> None:
        """Scan the next chunk; raises LedgerFileError for a DTD or an encoding that could hide one."""
        self.size += len(chunk)
        text = self.tail + chunk
        if b"\x00" in chunk:
            raise LedgerFileError("corrupt", _WRONG_ENCODING, at_reference(self.name))
        cut = text.rfind(b"<")
        whole, self.tail = (text[:cut], text[cut:]) if cut >= 0 else (text, b"")
        if len(self.tail) > _LONGEST_TEXT:
            raise LedgerFileError("cell", _LONG_TEXT, at_reference(self.name))
        self._look(whole)

    def finish(self) -> SheetMarks:
        """Look at what is left, and say what was found."""
        self._look(self.tail)
        if self.announced * _SHORTEST_TEXT > self.size:
            raise LedgerFileError("corrupt", _WRONG_COUNT, at_reference(self.name))
        return SheetMarks(self.formula, self.beyond)

    def _look(self, text: bytes) -> None:
        if b"<!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
            raise LedgerFileError("dtd", _EXTERNAL_DEFINITIONS, at_reference(self.name))
        if b"uniqueCount" in text:
            for digits in _ANNOUNCED.findall(text):
                self.announced = max(self.announced, int(digits.lstrip(b"0")[:18] or 0))
        if not self.sheet:
            return
        if self.beyond is None and (far := self.beyond_limits.search(text)):
            self.beyond = far[1].decode()
        if self.formula is None:
            self._look_for_formula(text)

    def _look_for_formula(self, text: bytes) -> None:
        match = _FORMULA.search(text)
        before = text[: match.start()] if match else text
        # Only the last cell before the formula matters, and it is near.
        cells = _CELL.findall(before, max(0, len(before) - 4096))
        if cells:
            self.cell = cells[-1].decode().upper()
        if match:
            self.formula = self.cell or "?"


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
