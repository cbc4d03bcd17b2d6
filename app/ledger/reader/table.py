"""Makes a table of lines of cells: finds the header line, and removes identity numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.ledger.reader.columns import is_heading
from app.ledger.reader.errors import LedgerFileError, Limits, at_row, at_sheet, too_many_columns, too_many_rows
from app.ledger.reader.sheet_scan import HEADER_WITHIN
from sampling.text import NOTHING_SAID, Text

Line = tuple[int, list[str]]
HEADINGS_NEEDED = 2
_LONGEST_HEADING = 40
_SPACES = "\t\n\r\u00a0"
# Control and format characters, and halves of surrogate pairs; not the private-use and newest characters that rare
# names are written with, which Python calls unprintable too.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs"))
_IDENTITY_HEADING = re.compile("身份证|证件号|公民身份|残疾证号|残疾人证")
# 18 characters, or 20 of a disability card, which begins with them; 15 in old cards, told from other numbers by the
# day of birth inside.
_IDENTITY = re.compile(
    r"(?<![0-9])(?:[0-9]{17}[0-9Xx][0-9]{0,2}|[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})(?![0-9])"
)
_SHORTEST_IDENTITY = 15
_IN_PIECES = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the header: its number in the file, counted from 1, and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class LedgerTable:
    """A ledger as read: sheet, row number of the header, headings, non-empty rows, and notes for the user."""

    sheet: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[Text, ...]


def assemble(lines: Sequence[Line], limits: Limits, *, sheet: str = "", notes: tuple[Text, ...] = ()) -> LedgerTable:
    """Make a table of lines; raises LedgerFileError when there is no header, or nothing or too much under it."""
    if not any(any(cell.strip() for cell in line) for _, line in lines):
        raise LedgerFileError("empty-sheet", Text("文件里没有内容。", "The file holds nothing."))
    place = _header_place(lines, sheet)
    header_row, header = lines[place]
    body = lines[place + 1 :]
    if len(body) > limits.max_rows:
        raise too_many_rows(len(body), limits)
    headers = tuple(_tidy(cell, header_row, limits)[:_LONGEST_HEADING] for cell in header)
    width = max((number for number, heading in enumerate(headers, 1) if heading), default=0)
    width = max(width, _used_width(body, len(headers)))
    if width > limits.max_columns:
        raise too_many_columns(width, limits)
    headers = (*headers[:width], *[""] * (width - len(headers)))
    rows = list(_rows(body, headers, limits))
    if not rows:
        raise _no_rows(header_row)
    headers, rows, of_identity = _without_identity(headers, rows)
    return LedgerTable(sheet, header_row, headers, tuple(rows), notes + of_identity)


def _no_rows(header: int) -> LedgerFileError:
    message = Text(f"第 {header} 行是表头，下面没有名单。", f"Row {header} is the header; there is no list below it.")
    return LedgerFileError("no-rows", message, at_row(header))


def _header_place(lines: Sequence[Line], sheet: str) -> int:
    """The index of the line with the most known headings among the first ten; titles above have none."""
    first = [place for place, (number, _) in enumerate(lines[:HEADER_WITHIN]) if number <= lines[0][0] + HEADER_WITHIN]
    headings = {place: len({cell for cell in lines[place][1] if cell.strip() and is_heading(cell)}) for place in first}
    best = max(headings, key=lambda place: (headings[place], -place))
    if headings[best] < HEADINGS_NEEDED:
        raise _no_header(sheet)
    return best


def _no_header(sheet: str) -> LedgerFileError:
    where = at_sheet(sheet) if sheet else Text("文件", "the file")
    message = Text(
        f"{where.zh}前 {HEADER_WITHIN} 行里没有找到表头。表头要有姓名、村居、人员类别等栏名。",
        f"No header was found in the first {HEADER_WITHIN} rows of {where.en}. "
        "A header names columns such as 姓名 (name), 村居 (village) and 人员类别 (category).",
    )
    return LedgerFileError("no-header", message, where if sheet else NOTHING_SAID)


def _used_width(body: Sequence[Line], width: int) -> int:
    """The number of columns in use; columns beyond the header are kept, without a heading."""
    for _, line in body:
        if len(line) > width:
            width = max((number for number, cell in enumerate(line, 1) if cell.strip()), default=width)
    return width


def _rows(body: Sequence[Line], headers: tuple[str, ...], limits: Limits) -> Iterator[Row]:
    """The non-empty rows; a header repeated between sections of a ledger is skipped."""
    width = len(headers)
    for number, line in body:
        cells = [_tidy(cell, number, limits) if cell else "" for cell in line[:width]]
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        if any(cells) and tuple(cells) != headers:
            yield Row(number, tuple(cells))


def _tidy(cell: str, row: int, limits: Limits) -> str:
    """A cell without surrounding space and invisible characters; raises LedgerFileError for one that is too long."""
    if len(cell) > limits.max_cell:
        raise _long_cell(row, len(cell), limits)
    cell = cell.strip()
    if cell.isprintable():
        return cell
    visible = (c if c in _SPACES or unicodedata.category(c) not in _INVISIBLE else "" for c in cell)
    return "".join(visible).strip()


def _long_cell(row: int, length: int, limits: Limits) -> LedgerFileError:
    message = Text(
        f"第 {row} 行有一格 {length:,} 个字，最多 {limits.max_cell:,} 个。",
        f"Row {row} has a cell of {length:,} characters; at most {limits.max_cell:,} are taken.",
    )
    return LedgerFileError("cell", message, at_row(row))


def _without_identity(headers: tuple[str, ...], rows: list[Row]) -> tuple[tuple[str, ...], list[Row], tuple[Text, ...]]:
    """Take out identity-card numbers: whole columns of them, and single ones that stand in other cells.

    A survey does not need them, and data that are not stored cannot leak. A column is dropped when its heading says so
    or most of its cells are such numbers; one number typed into the wrong cell costs that number, not the column.
    """
    filled, identities = Counter[int](), Counter[int]()
    stray: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row.cells):
            if cell:
                filled[column] += 1
                if len(cell) >= _SHORTEST_IDENTITY and _holds_identity(cell):
                    identities[column] += 1
                    stray.setdefault(column, row.number)
    dropped = {column for column, heading in enumerate(headers) if _IDENTITY_HEADING.search(heading)}
    dropped |= {column for column, count in identities.items() if count * 2 > filled[column]}
    stray = {column: row for column, row in stray.items() if column not in dropped}
    notes = [_column_dropped(_named(column, headers)) for column in sorted(dropped)]
    notes += [
        _numbers_dropped(_named(column, headers), identities[column], row) for column, row in sorted(stray.items())
    ]
    if not notes:
        return headers, rows, ()
    kept_columns = [column for column in range(len(headers)) if column not in dropped]
    rows = [
        Row(r.number, tuple(_cleared(r.cells[i]) if i in stray else r.cells[i] for i in kept_columns)) for r in rows
    ]
    return tuple(headers[i] for i in kept_columns), [row for row in rows if any(row.cells)], tuple(notes)


def _column_dropped(column: Text) -> Text:
    return Text(f"{column.zh}是身份证号码，没有读取。", f"{column.en} holds identity numbers and was not read.")


def _numbers_dropped(column: Text, cells: int, row: int) -> Text:
    return Text(
        f"{column.zh}有 {cells} 格含身份证号码（最先在第 {row} 行），号码没有读取。",
        f"{column.en} has identity numbers in some cells ({cells}, first in row {row}); the numbers were not read.",
    )


def _named(column: int, headers: Sequence[str]) -> Text:
    number, heading = column + 1, headers[column][:20]
    if not heading:
        return Text(f"第 {number} 栏", f"Column {number}")
    return Text(f"第 {number} 栏「{heading}」", f"Column {number} “{heading}”")


def _compact(cell: str) -> str:
    """A cell in NFKC; an identity number written with spaces or dashes is joined.

    Two telephones side by side may have as many digits, so the joined number must contain a date of birth.
    """
    plain = unicodedata.normalize("NFKC", cell)
    joined = re.sub(r"[\s-]", "", plain)
    return joined if _IN_PIECES.fullmatch(joined) else plain


def _holds_identity(cell: str) -> bool:
    if not (cell.isascii() or any(character.isdigit() for character in cell)):
        return False
    return _IDENTITY.search(_compact(cell)) is not None


def _cleared(cell: str) -> str:
    return _IDENTITY.sub("", _compact(cell)).strip() if _holds_identity(cell) else cell
