"""Workbooks for download (.xlsx): plain cells and native charts, no formulas in cells, no links."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | None
Row = tuple[Cell, ...]
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
# A spreadsheet runs a cell that begins with one of these as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def neutralise_formula(value: object) -> str:
    """The value as text that no spreadsheet executes: an apostrophe is put before what looks like a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA_SIGNS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit()


@dataclass(frozen=True)
class Column:
    """A heading, the width of its column in characters, and how many places its decimals show."""

    heading: str
    width: int = 12
    places: int = 2


@dataclass(frozen=True)
class Chart:
    """A native chart of one sheet: columns (or bars) of `values` over `names`, with limits where there are some.

    All four are positions of columns; rows without a value are drawn without a bar.
    """

    title: str
    names: int
    values: int
    low: int | None = None
    high: int | None = None
    bars: bool = False
    largest: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its columns, rows of as many cells, and charts beside them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...] = field(default=())


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as .xlsx; texts that look like formulas are made harmless, numbers stay numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "indent": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "indent": 1, "align": "left"})
    formats: dict[int, Any] = {}

    def decimals(places: int) -> Any:
        if places not in formats:
            shape = "0." + "0" * places if places else "0"
            formats[places] = book.add_format({"num_format": shape, "valign": "top"})
        return formats[places]

    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
            page.write_string(0, place, column.heading, bold)
        for number, row in enumerate(sheet.rows, 1):
            for place, cell in enumerate(row):
                if cell is None:
                    page.write_blank(number, place, None, wrapped)
                elif isinstance(cell, Decimal):
                    page.write_number(number, place, cell, decimals(sheet.columns[place].places))
                elif isinstance(cell, int):
                    page.write_number(number, place, cell, decimals(0))
                else:
                    page.write_string(number, place, neutralise_formula(cell), wrapped)
        page.freeze_panes(1, 0)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        for number, chart in enumerate(sheet.charts):
            reaches = len(sheet.columns) + 2 * number
            _write_error_lengths(page, sheet, chart, reaches)
            drawn = _chart(book, sheet, chart, reaches)
            page.insert_chart(len(sheet.rows) + 2 + number * 20, 0, drawn, {"object_position": 1})
    book.close()
    return buffer.getvalue()


def _write_error_lengths(page: Any, sheet: Sheet, chart: Chart, place: int) -> None:
    """Write the lengths of the error bars into two hidden columns: not every program draws error bars of constants."""
    if chart.low is None or chart.high is None:
        return
    for number, row in enumerate(sheet.rows, 1):
        page.write_number(number, place, _error_length(row, chart.low, chart.values))
        page.write_number(number, place + 1, _error_length(row, chart.values, chart.high))
    page.set_column(place, place + 1, None, None, {"hidden": True})


def _chart(book: Any, sheet: Sheet, chart: Chart, reaches: int) -> Any:
    """Bars in one colour, values written on them, limits as error bars, no legend for the single series."""
    last = len(sheet.rows)
    drawn = book.add_chart({"type": "bar" if chart.bars else "column"})
    series: dict[str, Any] = {
        "name": sheet.columns[chart.values].heading,
        "categories": [sheet.name, 1, chart.names, last, chart.names],
        "values": [sheet.name, 1, chart.values, last, chart.values],
        "fill": {"color": "#1F6F5C"},
        "gap": 60,
        "data_labels": {"value": True, "position": "inside_base", "font": {"color": "#FFFFFF"}},
    }
    if chart.low is not None and chart.high is not None:
        series["x_error_bars" if chart.bars else "y_error_bars"] = {
            "type": "custom",
            "minus_values": _range(sheet, reaches),
            "plus_values": _range(sheet, reaches + 1),
            "line": {"color": "#333333"},
        }
    drawn.add_series(series)
    drawn.show_hidden_data()
    drawn.set_title({"name": chart.title, "name_font": {"size": 12}})
    drawn.set_legend({"none": True})
    scale: dict[str, Any] = {"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}}
    if chart.largest is not None:
        scale["max"] = chart.largest
    # The value axis of a bar chart is its x axis to the reader and its y axis to XlsxWriter.
    (drawn.set_x_axis if chart.bars else drawn.set_y_axis)(scale)
    if chart.bars:
        drawn.set_y_axis({"reverse": True})
    drawn.set_size({"width": 720, "height": 380})
    return drawn


def _range(sheet: Sheet, place: int) -> str:
    name = sheet.name.replace("'", "''")
    return f"='{name}'!{xl_range_abs(1, place, len(sheet.rows), place)}"


def _error_length(row: Row, start: int, end: int) -> float:
    below, above = row[start], row[end]
    numeric = isinstance(below, Decimal | int) and isinstance(above, Decimal | int)
    return float(above - below) if numeric else 0.0  # type: ignore[operator]
