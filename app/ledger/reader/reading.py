"""Reads the bytes of a ledger file into rows of text.

The format is recognised by content, not by name: a ZIP (.xlsx, .xlsb, .ods), a compound file (.xls), either of them
called .et by WPS, or text with separators in UTF-8 or GB18030. Whatever the bytes, the outcome is a LedgerWorkbook or a
LedgerFileError.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Mapping, Sequence

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.ledger.reader import old_workbook, package
from app.ledger.reader.checked import CheckedFile
from app.ledger.reader.errors import (
    ACCEPTED,
    WORKBOOK_SUFFIXES,
    LedgerFileError,
    Limits,
    at_sheet,
    corrupt,
    encrypted,
    megabytes,
    too_many_columns,
    too_many_rows,
)
from app.ledger.reader.sheet_scan import HEADER_WITHIN, SheetMarks, column_number
from app.ledger.reader.sheets import LedgerWorkbook, PassedSheet, Row, SheetReason, SheetTable
from app.ledger.reader.table import RawSheet, assemble
from app.ledger.reader.text_file import read_lines
from sampling.text import NOTHING_SAID, Text

__all__ = ["LedgerFileError", "LedgerWorkbook", "Limits", "Row", "SheetTable", "read_workbook"]

ZIP = b"PK\x03\x04"
# How many distinct cell texts are shared, so that repeated villages and categories are stored once.
_REMEMBERED = 20_000
_REASONS: Mapping[str, SheetReason] = {"empty-sheet": "empty", "no-header": "no-header", "no-rows": "no-rows"}
_NOTHING = Text("工作簿里没有内容。", "The workbook holds nothing.")
_EMPTY = Text("文件是空的。", "The file is empty. ") + ACCEPTED
_TEXT_AFTER_ALL = Text(
    "文件名像工作簿，内容是文本，已按文本读取。",
    "The file is named like a workbook but holds text; it was read as text.",
)


def read_workbook(data: bytes, filename: str, *, limits: Limits) -> LedgerWorkbook:
    """Read every sheet of a ledger file; raises LedgerFileError, and no other exception, for any bytes.

    The filename is used only for a note; the format is recognised by the content. A text file is one sheet.
    """
    if not data:
        raise LedgerFileError("empty", _EMPTY)
    if len(data) > limits.max_bytes:
        size, most = megabytes(len(data)), megabytes(limits.max_bytes)
        raise LedgerFileError("too-large", _too_large(size, most))
    if data.startswith(ZIP):
        return _workbook(package.inspect(data, limits), limits)
    if data.startswith(old_workbook.BEGINNINGS):
        return _workbook(old_workbook.inspect(data, limits), limits)
    read = read_lines(data, limits)
    notes = read.notes
    if filename.lower().endswith(WORKBOOK_SUFFIXES):
        notes += (_TEXT_AFTER_ALL,)
    return LedgerWorkbook((assemble(RawSheet("", read.lines), limits),), notes=notes)


def _too_large(size: str, most: str) -> Text:
    return Text(
        f"文件有 {size}，最多 {most}。删去图片或按村居分开，再上传。",
        f"The file has {size}; at most {most} are taken. Remove pictures or divide it by village, then upload.",
    )


def _workbook(checked: CheckedFile, limits: Limits) -> LedgerWorkbook:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(checked.data)) as workbook:
            return _sheets(workbook, limits, checked.marks)
    except (LedgerFileError, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as error:
        raise encrypted() from error
    except BaseException as error:  # the parser is native code, and its panics are no Exception
        raise corrupt() from error


def _sheets(workbook: CalamineWorkbook, limits: Limits, in_order: Sequence[SheetMarks]) -> LedgerWorkbook:
    """Every worksheet, read or passed by; raises the refusal of the first one if none can be read."""
    marks = dict(zip(workbook.sheet_names, in_order, strict=True))
    if len(marks) < len(in_order):
        raise corrupt()  # two sheets of one name
    tables: list[SheetTable] = []
    passed: list[PassedSheet] = []
    refusals: list[LedgerFileError] = []
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        hidden = meta.visible != SheetVisibleEnum.Visible
        try:
            tables.append(_table(workbook, meta.name, hidden, limits, marks[meta.name]))
        except LedgerFileError as refusal:
            if refusal.code not in _REASONS and not hidden:
                raise
            passed.append(PassedSheet(meta.name, hidden, _REASONS.get(refusal.code, "unreadable")))
            if not hidden and refusal.code != "empty-sheet":
                refusals.append(refusal)
        if sum(len(table.rows) for table in tables) > limits.max_rows:
            raise too_many_rows(sum(len(table.rows) for table in tables), limits)
    if not tables:
        raise refusals[0] if refusals else LedgerFileError("empty-sheet", _NOTHING)
    return LedgerWorkbook(tuple(tables), tuple(passed))


def _table(workbook: CalamineWorkbook, name: str, hidden: bool, limits: Limits, marks: SheetMarks) -> SheetTable:
    if marks.beyond:
        raise _beyond(marks.beyond, name, limits)
    sheet = workbook.get_sheet_by_name(name)
    raw = RawSheet(name, list(_lines(sheet, marks.errors)), hidden, sheet.merged_cell_ranges or (), marks)
    return assemble(raw, limits)


def _lines(sheet: CalamineSheet, errors: Mapping[int, Mapping[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """The rows with any content, each with its number in the sheet; error values are put where the parser has none.

    The parser gives the rows from the sheet's first on, but the columns only from the first filled one on.
    """
    _, left = sheet.start or (0, 0)
    margin = [""] * left
    same_text: dict[object, str] = {}
    for number, line in enumerate(sheet.iter_rows(), 1):
        cells = [value if type(value) is str else _cell(value) for value in line]
        if margin:
            cells = margin + cells
        if number in errors:
            cells = _with_errors(cells, errors[number])
        if any(cells):
            if len(same_text) < _REMEMBERED:
                cells = [same_text.setdefault(cell, cell) for cell in cells]
            else:
                cells = [same_text.get(cell, cell) for cell in cells]
            yield number, cells


def _with_errors(cells: list[str], errors: Mapping[int, str]) -> list[str]:
    padded = cells + [""] * (max(errors) + 1 - len(cells))
    return [cell or errors.get(column, "") for column, cell in enumerate(padded)]


def _cell(value: object) -> str:
    """A cell value as text: whole numbers without a decimal point, dates in ISO form."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)


def _beyond(cell: str, sheet: str, limits: Limits) -> LedgerFileError:
    """A refusal for a cell outside the rows or columns a ledger may have."""
    place = at_sheet(sheet) if sheet else NOTHING_SAID
    letters = cell.rstrip("0123456789")
    row = int(cell[len(letters) :] or 0)
    if row > limits.max_rows + HEADER_WITHIN:
        return too_many_rows(row, limits, place)
    return too_many_columns(column_number(letters), limits, place)
