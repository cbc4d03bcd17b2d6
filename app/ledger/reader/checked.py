"""A workbook that was checked, as the parser receives it.

The parser is native code that trusts sizes and offsets, so it never sees a file as uploaded: each format's module
checks the file and writes a new one that holds only the parts and records the parser needs, with true sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.ledger.reader.errors import LedgerFileError, Limits
from app.ledger.reader.sheet_scan import HEADER_WITHIN, SheetMarks, reference
from sampling.text import Text

# Texts are shared in a file and copied into every cell by the parser; more than this many bytes of them are refused.
MOST_TEXT = 1 << 30


@dataclass(frozen=True)
class CheckedFile:
    """A workbook for the parser: its bytes, and the marks of its sheets in their order."""

    data: bytes
    marks: Sequence[SheetMarks]


def too_much_content() -> LedgerFileError:
    """The error for a small file that would fill the memory once its repetitions are written out."""
    message = Text(
        "工作簿展开后内容过多，不像名册，没有读取。",
        "Written out, the workbook has too much content. It does not look like a ledger and was not read.",
    )
    return LedgerFileError("bomb", message)


class SheetExtent:
    """Follows the filled cells of a sheet, counted from 0: the first beyond the limits, and the area they span.

    The parser keeps a sheet as one rectangle, so one distant cell would cost gigabytes.
    """

    def __init__(self, limits: Limits) -> None:
        self.rows, self.columns = limits.max_rows + HEADER_WITHIN, limits.max_columns
        self.top = self.left = 1 << 32
        self.bottom = self.right = -1
        self.beyond: str | None = None

    def add(self, row: int, column: int) -> None:
        """A filled cell."""
        if self.beyond is None and (row >= self.rows or column >= self.columns):
            self.beyond = reference(row, column)
        self.top, self.left = min(self.top, row), min(self.left, column)
        self.bottom, self.right = max(self.bottom, row), max(self.right, column)

    @property
    def area(self) -> int:
        """How many cells the rectangle has."""
        return max(self.bottom - self.top + 1, 0) * max(self.right - self.left + 1, 0)
