"""Reads the bytes of a ledger file into rows of text.

The format is recognised by content, not by name: a ZIP (.xlsx, .xlsb, .ods), a compound file (.xls), either of them
called .et by WPS, or text with separators in UTF-8 or GB18030. Whatever the
bytes, the outcome is a LedgerTable or a LedgerFileError.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from app.ledger.reader import old_workbook, package
from app.ledger.reader.checked import CheckedFile
from app.ledger.reader.errors import (
    ACCEPTED,
    WORKBOOK_SUFFIXES,
    LedgerFileError,
    Limits,
    at_reference,
    at_sheet,
    corrupt,
    encrypted,
    megabytes,
    too_many_columns,
    too_many_rows,
)
from app.ledger.reader.sheet_scan import HEADER_WITHIN, SheetMarks, reference
from app.ledger.reader.table import LedgerTable, Row, assemble
from app.ledger.reader.text_file import read_lines
from sampling.text import NOTHING_SAID, Text, joined

__all__ = ["LedgerFileError", "LedgerTable", "Limits", "Row", "read_table"]

ZIP = b"PK\x03\x04"
# How many distinct cell texts are shared, so that repeated villages and categories are stored once.
_REMEMBERED = 20_000
_SHEETS_NAMED = 5
_EMPTY = Text("文件是空的。", "The file is empty. ") + ACCEPTED
_TEXT_AFTER_ALL = Text(
    "文件名像工作簿，内容是文本，已按文本读取。",
    "The file is named like a workbook but holds text; it was read as text.",
)


def read_table(data: bytes, filename: str, *, limits: Limits) -> LedgerTable:
    """Read a ledger; raises LedgerFileError, and no other exception, for any bytes.

    The filename is used only for a note; the format is recognised by the content.
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
    return assemble(read.lines, limits, notes=notes)


def _too_large(size: str, most: str) -> Text:
    return Text(
        f"文件有 {size}，最多 {most}。删去图片或按村居分开，再上传。",
        f"The file has {size}; at most {most} are taken. Remove pictures or divide it by village, then upload.",
    )


@dataclass(frozen=True)
class _Sheet:
    """A worksheet as parsed, with its merged cells and its first formula."""

    name: str
    lines: list[tuple[int, list[str]]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]
    formula: str | None
    notes: tuple[Text, ...]


def _workbook(checked: CheckedFile, limits: Limits) -> LedgerTable:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(checked.data)) as workbook:
            sheet = _first_with_content(workbook, limits, checked.marks)
    except (LedgerFileError, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as error:
        raise encrypted() from error
    except BaseException as error:  # the parser is native code, and its panics are no Exception
        raise corrupt() from error
    if sheet is None:
        raise LedgerFileError("empty-sheet", Text("工作簿里没有内容。", "The workbook holds nothing."))
    table = assemble(sheet.lines, limits, sheet=sheet.name, notes=sheet.notes)
    _refuse_marks(sheet, table)
    return table


def _first_with_content(workbook: CalamineWorkbook, limits: Limits, in_order: Sequence[SheetMarks]) -> _Sheet | None:
    """The first visible sheet with any content."""
    marks = dict(zip(workbook.sheet_names, in_order, strict=True))
    if len(marks) < len(in_order):
        raise corrupt()  # two sheets of one name
    sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    for meta in sheets:
        if meta.visible != SheetVisibleEnum.Visible:
            continue
        sheet_marks = marks[meta.name]
        if sheet_marks.beyond:
            raise _beyond(sheet_marks.beyond, meta.name, limits)
        sheet = workbook.get_sheet_by_name(meta.name)
        if lines := list(_lines(sheet)):
            notes = _other_sheets(meta.name, [other.name for other in sheets])
            return _Sheet(meta.name, lines, sheet.merged_cell_ranges or [], sheet_marks.formula, notes)
    return None


def _lines(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """The rows with any content, each with its number in the sheet, padded to start at the first column."""
    top, left = sheet.start or (0, 0)
    margin = [""] * left
    same_text: dict[object, str] = {}
    for number, line in enumerate(sheet.iter_rows(), top + 1):
        cells = [value if type(value) is str else _cell(value) for value in line]
        if any(cells):
            if len(same_text) < _REMEMBERED:
                cells = [same_text.setdefault(cell, cell) for cell in cells]
            else:
                cells = [same_text.get(cell, cell) for cell in cells]
            yield number, margin + cells


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
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return too_many_columns(column, limits, place)


def _other_sheets(name: str, names: Iterable[str]) -> tuple[Text, ...]:
    others = [other[:20] for other in names if other != name]
    if not others:
        return ()
    named = others[:_SHEETS_NAMED]
    quoted = Text(joined(f"「{other}」" for other in named).zh, joined(f"“{other}”" for other in named).en)
    if len(others) > _SHEETS_NAMED:
        quoted += Text(f"等 {len(others)} 个", f" and others, {len(others)} in all")
    only, rest = name[:20], quoted
    return (
        Text(f"只读取工作表「{only}」，没有读取{rest.zh}。", f"Only the sheet “{only}” was read; not read: {rest.en}."),
    )


def _refuse_marks(sheet: _Sheet, table: LedgerTable) -> None:
    """Refuse merged cells within the table and formulas anywhere, which make its values unreliable."""
    for (top, left), (bottom, right) in sheet.merged:
        if bottom + 1 >= table.header_row:
            place = f"{reference(top, left)}:{reference(bottom, right)}"
            raise LedgerFileError("merged", _merged(place), at_reference(place))
    if sheet.formula:
        raise LedgerFileError("formula", _formula(sheet.formula), at_reference(sheet.formula))


def _merged(place: str) -> Text:
    return Text(
        f"{place} 是合并单元格。取消合并、每行补全后再上传。",
        f"{place} is a merged cell. Unmerge it and fill in every row, then upload.",
    )


def _formula(place: str) -> Text:
    return Text(
        f"{place} 是公式，它的值不一定可靠。复制后选择性粘贴为数值，再上传。",
        f"{place} is a formula, whose value cannot be relied on. Copy it and paste it as a value, then upload.",
    )
