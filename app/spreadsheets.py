"""Workbooks that people take away: plain cells, no formulas, no links."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from app.queries.export import inert

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = tuple[str | int, ...]
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


@dataclass(frozen=True)
class Column:
    """A heading and the width of its column in characters."""

    heading: str
    width: int = 12


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its columns, and rows of as many cells."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as .xlsx; texts that look like formulas are made harmless, numbers stay numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
            page.write_string(0, place, column.heading, bold)
        for number, row in enumerate(sheet.rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    page.write_number(number, place, cell, wrapped)
                else:
                    page.write_string(number, place, inert(cell), wrapped)
        page.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()
