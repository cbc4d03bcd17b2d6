"""From the bytes of a ledger file to rows of text.

The format is told by content, not by name: .xlsx, .xls, or text with commas or tabs in UTF-8 or GB18030.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from app.ledger.container import SheetMarks, inspect
from app.ledger.errors import LedgerFileError, Limits

__all__ = ["LedgerFileError", "Limits", "Row", "Table", "read_table"]

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_WITHIN = 10
# A header row holds at least two of these words.
HEADER_WORDS = (
    "姓名",
    "名字",
    "村",
    "社区",
    "类别",
    "人员类型",
    "类型",
    "电话",
    "手机",
    "联系",
    "地址",
    "出生",
    "性别",
)
IDENTITY = re.compile(r"\d{17}[\dXx]")
IDENTITY_HEADING = re.compile(r"身份证|证件号|公民身份")


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header: its number in the file, and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What was read: the header, the rows that are not empty, and what the reader should know."""

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def read_table(data: bytes, filename: str, *, limits: Limits) -> Table:
    """Read a ledger; raises LedgerFileError, and no other exception, for any bytes."""
    if not data:
        raise LedgerFileError("empty", "文件是空的。")
    if len(data) > limits.max_bytes:
        raise LedgerFileError("too-large", f"文件有 {len(data) >> 20} MB，超过 {limits.max_bytes >> 20} MB。")
    if data.startswith(ZIP):
        return _workbook(data, limits, inspect(data, limits))
    if data.startswith(OLE):
        return _workbook(data, limits, {})
    return _text(data, limits)


def _workbook(data: bytes, limits: Limits, marks: dict[str, SheetMarks]) -> Table:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = workbook.sheet_names
        for place, name in enumerate(names):
            sheet = workbook.get_sheet_by_name(name)
            if sheet.total_height > limits.max_rows + HEADER_WITHIN:
                raise _too_many_rows(sheet.total_height, limits)
            if sheet.total_width > limits.max_columns:
                raise LedgerFileError("too-many-columns", f"有 {sheet.total_width} 栏，超过 {limits.max_columns} 栏。")
            lines = [[_cell(value) for value in line] for line in sheet.iter_rows()]
            if any(any(line) for line in lines):
                others = tuple(f"只读取第一个有内容的工作表「{name}」。" for _ in names[1:2])
                start = sheet.start
                top = start[0] if start else 0
                table = _table(name, list(enumerate(lines, top + 1)), limits, others)
                # Marks are kept per part; parts are numbered in the order of the sheets.
                _refuse_marks(marks.get(f"xl/worksheets/sheet{place + 1}.xml"), table)
                return table
    except LedgerFileError:
        raise
    except (CalamineError, ValueError, OverflowError, OSError) as error:
        raise LedgerFileError("corrupt", "文件已损坏、加了密码，或不是 Excel 工作簿。") from error
    except BaseException as error:  # the parser is native code: a panic of it is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise LedgerFileError("corrupt", "文件已损坏，打不开。请另存为 .xlsx 再上传。") from error
    raise LedgerFileError("empty-sheet", "工作簿里没有内容。")


def _refuse_marks(marks: SheetMarks | None, table: Table) -> None:
    if marks is None:
        return
    for reference, _top, bottom in marks.merges:
        if bottom >= table.header_row:
            raise LedgerFileError("merged", f"{reference} 是合并单元格。取消合并、每行补全后再上传。", reference)
    if marks.formula is not None:
        raise LedgerFileError("formula", f"{marks.formula} 是公式。复制后「选择性粘贴」为数值，再上传。", marks.formula)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    return "" if value is None else str(value)


def _text(data: bytes, limits: Limits) -> Table:
    text, encoding = _decode(data)
    notes = () if encoding == "utf-8" else ("文件编码为 GB18030。",)
    sample = text[:20_000]
    separator = max((",", "\t", ";"), key=sample.count)
    if sample.count(separator) == 0:
        raise LedgerFileError("not-a-ledger", "不是 Excel 工作簿，也不是用逗号分隔的文本（CSV）。")
    lines: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for line in reader:
            if len(lines) > limits.max_rows + HEADER_WITHIN:
                raise _too_many_rows(text.count("\n"), limits)
            if len(line) > limits.max_columns:
                raise LedgerFileError(
                    "too-many-columns", f"第 {reader.line_num} 行有 {len(line)} 栏，超过 {limits.max_columns} 栏。"
                )
            lines.append((reader.line_num, line))
    except csv.Error as error:
        raise LedgerFileError("corrupt", f"第 {reader.line_num} 行的引号或分隔符不成对。") from error
    return _table("", lines, limits, notes)


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"MZ", b"\x7fELF", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")):
        raise LedgerFileError("wrong-type", "这不是名册文件。请上传 .xlsx、.xls 或 .csv。")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LedgerFileError("encoding", "文件编码是 UTF-16。请另存为「CSV UTF-8」再上传。")
    if b"\x00" in data:
        row = data.count(b"\n", 0, data.index(0)) + 1
        raise LedgerFileError("wrong-type", f"第 {row} 行含有二进制内容，不是文本。", f"第 {row} 行")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        place = error.start
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        place = min(place, error.start)
    row = data.count(b"\n", 0, place) + 1
    raise LedgerFileError(
        "encoding", f"第 {row} 行（第 {place + 1} 个字节）既不是 UTF-8 也不是 GB18030 文字。", f"第 {row} 行"
    )


def _too_many_rows(rows: int, limits: Limits) -> LedgerFileError:
    return LedgerFileError(
        "too-many-rows",
        f"有 {rows:,} 行，一次最多 {limits.max_rows:,} 行。按村居分开上传，或由管理员用 flask import 导入。",
    )


def _table(name: str, lines: list[tuple[int, list[str]]], limits: Limits, notes: tuple[str, ...]) -> Table:
    if not any(any(cell.strip() for cell in line) for _, line in lines):
        raise LedgerFileError("empty-sheet", "文件里没有内容。")
    place = _header_place(lines)
    header_row, header = lines[place]
    width = max((i + 1 for i, cell in enumerate(header) if cell.strip()), default=0)
    headers = tuple(_clean(cell, limits, header_row) for cell in header[:width])
    rows = tuple(_rows(lines[place + 1 :], width, limits))
    if not rows:
        raise LedgerFileError("no-rows", f"第 {header_row} 行是表头，下面没有名单。")
    if len(rows) > limits.max_rows:
        raise _too_many_rows(len(rows), limits)
    dropped = _identity_columns(headers, rows)
    if dropped:
        kept = [i for i in range(width) if i not in dropped]
        named = "、".join(f"第 {i + 1} 栏" for i in sorted(dropped))
        notes += (f"{named}是身份证号码，没有读取。名册不需要身份证号码。",)
        headers = tuple(headers[i] for i in kept)
        rows = tuple(Row(row.number, tuple(row.cells[i] for i in kept)) for row in rows)
    return Table(name, header_row, headers, rows, notes)


def _header_place(lines: Sequence[tuple[int, list[str]]]) -> int:
    best, most = 0, 0
    for place, (_, line) in enumerate(lines[:HEADER_WITHIN]):
        cells = [unicodedata.normalize("NFKC", cell) for cell in line if cell.strip()]
        hits = sum(any(word in cell and len(cell) <= 20 for word in HEADER_WORDS) for cell in cells)
        if hits > most:
            best, most = place, hits
    if most < 2:
        raise LedgerFileError("no-header", f"前 {HEADER_WITHIN} 行里没有找到表头（姓名、村居、人员类别等）。")
    return best


def _rows(lines: Sequence[tuple[int, list[str]]], width: int, limits: Limits) -> Iterator[Row]:
    for number, line in lines:
        if not any(cell and not cell.isspace() for cell in line):
            continue
        cells = [_clean(cell, limits, number) for cell in line[:width]]
        cells += [""] * (width - len(cells))
        if any(cells):
            yield Row(number, tuple(cells))


def _clean(cell: str, limits: Limits, row: int) -> str:
    if len(cell) > limits.max_cell:
        raise LedgerFileError("cell", f"第 {row} 行有一格超过 {limits.max_cell} 个字符。", f"第 {row} 行")
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    visible = "".join(c for c in cell if c.isprintable() or c in "\n\t\u3000\u00a0")
    return visible.strip()


def _identity_columns(headers: Sequence[str], rows: Sequence[Row]) -> set[int]:
    found = {i for i, heading in enumerate(headers) if IDENTITY_HEADING.search(heading)}
    for row in rows:
        for i, cell in enumerate(row.cells):
            if len(cell) == 18 and i not in found and IDENTITY.fullmatch(cell):
                found.add(i)
    return found
