"""Makes a table of the lines of a sheet: finds its header, fills in what is meant, and removes identity numbers.

Rows that are no people (totals, signatures, headings, repeated headers) are passed by and counted. No row is made or
lost: every line under the header is a row, a heading, or passed by.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.ledger.reader.columns import SERIALS, suggest
from app.ledger.reader.errors import (
    LedgerFileError,
    Limits,
    at_reference,
    at_row,
    at_sheet,
    too_many_columns,
    too_many_rows,
)
from app.ledger.reader.header import HEADER_WITHIN, Header, find_header
from app.ledger.reader.identity import cleared, holds_identity, is_identity_heading, year_of_birth
from app.ledger.reader.line_kinds import heading_text, is_signature, is_total, may_be_nobody
from app.ledger.reader.sheet_scan import NO_MARKS, SheetMarks, reference
from app.ledger.reader.sheets import Ditto, Heading, PassedRows, Row, SheetTable
from sampling.text import NOTHING_SAID, Text, joined

Line = tuple[int, list[str]]
# First row, first column, last row, last column, from 0.
Range = tuple[tuple[int, int], tuple[int, int]]
_LONGEST_HEADING = 40
_LONGEST_TITLE = 200
_ROWS_NAMED = 10
_SPACES = "\t\n\r\u00a0"
# Control and format characters, and halves of surrogate pairs; not the private-use and newest characters that rare
# names are written with, which Python calls unprintable too.
_INVISIBLE = frozenset(("Cc", "Cf", "Cs"))
# What stands for the value above; as many spaces in it as offices write.
_DITTO = frozenset(
    (
        "同上",
        "同 上",
        "同  上",
        "同前",
        "同 前",
        "同上行",
        "(同上)",
        "（同上）",
        "〃",
        "″",
        "〃〃",
        "″″",
        '"',
        "''",
        "＂",
        "”",
        "“",
    )
)
_SHORTEST_IDENTITY = 15


@dataclass(frozen=True)
class RawSheet:
    """A sheet as parsed: its lines with any content, its merged ranges, and what the scan found."""

    name: str
    lines: Sequence[Line]
    hidden: bool = False
    merged: Sequence[Range] = ()
    marks: SheetMarks = NO_MARKS


def assemble(sheet: RawSheet, limits: Limits, *, notes: tuple[Text, ...] = ()) -> SheetTable:
    """Make a table of a sheet; raises LedgerFileError when there is no header, or nothing or too much under it."""
    lines = sheet.lines
    if not any(any(cell.strip() for cell in line) for _, line in lines):
        raise LedgerFileError("empty-sheet", Text("文件里没有内容。", "The file holds nothing."))
    header = find_header(lines, sheet.merged)
    if header is None:
        raise _no_header(sheet.name)
    body = lines[header.last + 1 :]
    if len(body) > limits.max_rows:
        raise too_many_rows(len(body), limits)
    headers = _headings(header, body, limits)
    reader = _Body(sheet, headers, header, limits)
    for line in body:
        reader.take(line)
    if not reader.rows:
        raise _no_rows(header.numbers[-1])
    table = reader.table()
    _refuse_formulas(sheet.marks, table)
    table = _without_identity(table)
    return replace(table, notes=notes + table.notes + _about(table))


def _headings(header: Header, body: Sequence[Line], limits: Limits) -> tuple[str, ...]:
    """The headings, as many as there are columns in use."""
    row = header.numbers[-1]
    headers = tuple(" ".join(_tidy(cell, row, limits).split())[:_LONGEST_HEADING] for cell in header.headings)
    width = max((number for number, heading in enumerate(headers, 1) if heading), default=0)
    width = max(width, _used_width(body, len(headers)))
    if width > limits.max_columns:
        raise too_many_columns(width, limits)
    return (*headers[:width], *[""] * (width - len(headers)))


def _no_rows(header: int) -> LedgerFileError:
    message = Text(f"第 {header} 行是表头，下面没有名单。", f"Row {header} is the header; there is no list below it.")
    return LedgerFileError("no-rows", message, at_row(header))


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


class _Body:
    """Takes the lines under the header one by one."""

    def __init__(self, sheet: RawSheet, headers: tuple[str, ...], header: Header, limits: Limits) -> None:
        self.sheet, self.headers, self.header, self.limits = sheet, headers, header, limits
        self.width = len(headers)
        self.raw_headers = [self._cells(sheet.lines[place]) for place in range(header.first, header.last + 1)]
        self.titles = tuple(filter(None, (_title(line) for _, line in sheet.lines[: header.first])))
        self.names = suggest(headers).columns.get("name", (-1,))
        self.serials = frozenset(c for c, heading in enumerate(headers) if heading in SERIALS)
        self.ranges = defaultdict[int, list[Range]](list)
        for merged in sheet.merged:
            self.ranges[merged[0][0] + 1].append(merged)
        # Column → the last row of the merged range that covers it, its value, and its number of columns.
        self.covered: dict[int, tuple[int, str, int]] = {}
        self.rows: list[Row] = []
        self.headings: list[Heading] = []
        self.passed = _Passed()
        self.dittos = defaultdict[int, list[int]](list)
        self.nothing_above = Counter[int]()
        self.merged = 0

    def _cells(self, line: Line) -> list[str]:
        number, raw = line
        cells = [_tidy(cell, number, self.limits) if cell else "" for cell in raw[: self.width]]
        return cells + [""] * (self.width - len(cells))

    def take(self, line: Line) -> None:
        """Take a line as a row, as a heading, or pass it by; a line without content is nothing."""
        number, cells = line[0], self._cells(line)
        if not any(cells):
            return
        if self.ranges:
            self._cover(number, cells)
        if (kind := self._kind(cells)) is not None:
            kind.append(number)
        elif text := self._heading(cells):
            self._take_heading(number, text)
        else:
            self._take_row(number, cells)

    def _cover(self, number: int, cells: list[str]) -> None:
        """Note the merged ranges that begin in this row, and forget those that ended above it."""
        if self.covered:
            self.covered = {column: cover for column, cover in self.covered.items() if cover[0] >= number}
        for (_, left), (bottom, right) in self.ranges.get(number, ()):
            if left < self.width and cells[left]:
                columns = range(left, min(right + 1, self.width))
                self.covered |= dict.fromkeys(columns, (bottom + 1, cells[left], len(columns)))

    def _kind(self, cells: list[str]) -> list[int] | None:
        """The list of row numbers that a row which is nobody's belongs to."""
        if cells in self.raw_headers:
            return self.passed.headers
        place = 0 if cells[0] else next(place for place, cell in enumerate(cells) if cell)
        if place in self.serials and cells[place].isdigit():
            place = next((p for p in range(place + 1, self.width) if cells[p]), -1)
            if place < 0:
                return None if any(name in self.covered for name in self.names) else self.passed.serials
        if not may_be_nobody(cells[place]):
            return None
        if is_total(cells[place]):
            return self.passed.totals
        return self.passed.signatures if is_signature(cells[place]) else None

    def _heading(self, cells: list[str]) -> str:
        """The text of a heading row; empty for a row of the table."""
        filled = self.width - cells.count("")
        if filled > 3 or any(name in self.covered and not cells[name] for name in self.names):
            return ""
        place = next(place for place, cell in enumerate(cells) if cell)
        others = [cell for cell in cells[place + 1 :] if cell]
        _, _, span = self.covered.get(place, (0, "", 1))
        wide = span >= 3 or span * 2 > self.width or (span > 1 and place not in self.names)
        return heading_text(cells[place], others, wide=wide)

    def _take_heading(self, number: int, text: str) -> None:
        text = cleared(text)[:_LONGEST_TITLE]
        if text in self.titles:
            self.passed.headers.append(number)
        elif text:
            self.headings.append(Heading(number, text))

    def _take_row(self, number: int, cells: list[str]) -> None:
        for column, (_, value, _span) in self.covered.items():
            if not cells[column]:
                cells[column] = value
                self.merged += 1
        if not _DITTO.isdisjoint(cells):
            self._fill_dittos(number, cells)
        heading = self.headings[-1].text if self.headings else ""
        self.rows.append(Row(number, tuple(cells), heading, number in self.sheet.marks.hidden_rows))

    def _fill_dittos(self, number: int, cells: list[str]) -> None:
        for column, cell in enumerate(cells):
            if cell in _DITTO and (value := self._above(column)):
                cells[column] = value
                self.dittos[column].append(number)

    def _above(self, column: int) -> str:
        """The value of the last row that has one in this column."""
        for place in range(len(self.rows) - 1, self.nothing_above[column] - 1, -1):
            if value := self.rows[place].cells[column]:
                return value
        self.nothing_above[column] = len(self.rows)
        return ""

    def table(self) -> SheetTable:
        """The table of all lines taken."""
        kept = {row.number for row in self.rows} if self.sheet.marks.formulas else set()
        formulas = [
            (column, min(rows & kept))
            for column, rows in _sets(self.sheet.marks)
            if column < self.width and rows & kept
        ]
        return SheetTable(
            name=self.sheet.name,
            hidden=self.sheet.hidden,
            titles=self.titles,
            header_rows=self.header.numbers,
            headers=self.headers,
            rows=tuple(self.rows),
            headings=tuple(self.headings),
            passed=self.passed.rows(),
            dittos=tuple(Ditto(column, tuple(rows)) for column, rows in sorted(self.dittos.items())),
            merged=self.merged,
            formulas=tuple(formulas),
        )


@dataclass
class _Passed:
    """The numbers of the rows passed by so far."""

    totals: list[int] = field(default_factory=list)
    signatures: list[int] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)
    serials: list[int] = field(default_factory=list)

    def rows(self) -> PassedRows:
        return PassedRows(tuple(self.totals), tuple(self.signatures), tuple(self.headers), tuple(self.serials))


def _sets(marks: SheetMarks) -> Iterator[tuple[int, set[int]]]:
    return ((column, set(rows)) for column, rows in sorted(marks.formulas.items()))


def _title(line: Sequence[str]) -> str:
    """The text of a line above the header, each different cell once."""
    words = dict.fromkeys(" ".join(cell.split()) for cell in line if cell.strip())
    return cleared(" ".join(words)[:_LONGEST_TITLE])


def _refuse_formulas(marks: SheetMarks, table: SheetTable) -> None:
    """Refuse formulas in a column that means something, whose stored values may be out of date."""
    known = {column for columns in suggest(table.headers).columns.values() for column in columns}
    places = [reference(row - 1, column) for column, row in table.formulas if column in known]
    if marks.formula and not marks.formulas:
        places = [marks.formula]  # only the first is known, so any value may be one
    if places:
        raise LedgerFileError("formula", _formula(places[0], table.name), at_reference(places[0]))


def _formula(place: str, sheet: str) -> Text:
    where = (
        Text(f"工作表「{sheet[:20]}」的 {place}", f"{place} on the sheet “{sheet[:20]}”")
        if sheet
        else Text(place, place)
    )
    return Text(
        f"{where.zh} 是公式，它的值不一定可靠。复制后选择性粘贴为数值，再上传。",
        f"{where.en} is a formula, whose value cannot be relied on. Copy it and paste it as a value, then upload.",
    )


def _about(table: SheetTable) -> tuple[Text, ...]:
    """Notes on what was filled in, passed by and hidden."""
    notes = []
    if table.merged:
        notes.append(_filled_from_merged(table.merged))
    for ditto in table.dittos:
        notes.append(_filled_from_above(_named(ditto.column, table.headers), ditto.rows))
    passed = table.passed
    for numbers, what in (
        (passed.totals, Text("合计、小计", "totals")),
        (passed.signatures, Text("签名、日期或说明", "signatures, dates or explanations")),
        (passed.headers, Text("重复的表头", "repeated headers")),
        (passed.serials, Text("只有序号的空行", "blank rows with a serial number alone")),
        (tuple(heading.number for heading in table.headings), Text("小标题", "headings")),
    ):
        if numbers:
            notes.append(_passed_by(what, numbers))
    if hidden := table.hidden_rows:
        notes.append(_hidden(hidden))
    return tuple(notes)


def rows_named(numbers: Sequence[int]) -> Text:
    """Row numbers for a sentence, the first ten.

    >>> rows_named([3, 4]).zh, rows_named(range(1, 13)).en
    ('第 3、4 行', 'rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and others')
    """
    first, more = joined(numbers[:_ROWS_NAMED]), len(numbers) > _ROWS_NAMED
    word = "row" if len(numbers) == 1 else "rows"
    return Text(f"第 {first.zh} 行" + ("等" if more else ""), f"{word} {first.en}" + (" and others" if more else ""))


def _filled_from_merged(cells: int) -> Text:
    return Text(
        f"合并单元格的值已写进它盖住的每一格，共 {cells} 格。",
        f"The values of merged cells were written into every cell they cover ({cells}).",
    )


def _filled_from_above(column: Text, rows: Sequence[int]) -> Text:
    where = rows_named(rows)
    return Text(
        f"{column.zh}的「同上」已换成上面的值，共 {len(rows)} 格：{where.zh}。",
        f"{column.en}: “ditto” was replaced by the value above in {len(rows)} cells: {where.en}.",
    )


def _passed_by(what: Text, numbers: Sequence[int]) -> Text:
    where = rows_named(numbers)
    return Text(
        f"{what.zh} {len(numbers)} 行没有当作名单：{where.zh}。",
        f"Rows not taken as people, {what.en}: {len(numbers)} ({where.en}).",
    )


def _hidden(numbers: Sequence[int]) -> Text:
    where = rows_named(numbers)
    return Text(
        f"有 {len(numbers)} 行在文件里是隐藏的：{where.zh}。",
        f"Rows that are hidden in the file: {len(numbers)} ({where.en}).",
    )


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


def _without_identity(table: SheetTable) -> SheetTable:
    """Take out identity-card numbers: whole columns of them, and single ones that stand in other cells.

    A survey does not need them, and data that are not stored cannot leak. A column is dropped when its heading says so
    or most of its cells are such numbers; one number typed into the wrong cell costs that number, not the column. Only
    the year of birth in the person's own number stays with the row, for those who choose to use it.
    """
    headers, rows = table.headers, table.rows
    filled, identities = Counter[int](), Counter[int]()
    stray: dict[int, int] = {}
    for row in rows:
        for column, cell in enumerate(row.cells):
            if cell:
                filled[column] += 1
                if len(cell) >= _SHORTEST_IDENTITY and holds_identity(cell):
                    identities[column] += 1
                    stray.setdefault(column, row.number)
    dropped = {column for column, heading in enumerate(headers) if is_identity_heading(heading)}
    own = [column for column in sorted(dropped) if is_identity_heading(headers[column], own=True)]
    dropped |= {column for column, count in identities.items() if count * 2 > filled[column]}
    stray = {column: row for column, row in stray.items() if column not in dropped}
    notes = [_column_dropped(_named(column, headers)) for column in sorted(dropped)]
    notes += [
        _numbers_dropped(_named(column, headers), identities[column], row) for column, row in sorted(stray.items())
    ]
    if not notes:
        return table
    kept = [column for column in range(len(headers)) if column not in dropped]
    place = {column: number for number, column in enumerate(kept)}

    def without(row: Row) -> Row:
        cells = tuple(cleared(row.cells[i]) if i in stray else row.cells[i] for i in kept)
        year = next(filter(None, (year_of_birth(row.cells[i]) for i in own)), None)
        return Row(row.number, cells, row.heading, row.hidden, year)

    return replace(
        table,
        headers=tuple(headers[i] for i in kept),
        rows=tuple(row for row in map(without, rows) if any(row.cells)),
        notes=tuple(notes),
        dittos=tuple(Ditto(place[d.column], d.rows) for d in table.dittos if d.column in place),
        formulas=tuple((place[column], row) for column, row in table.formulas if column in place),
    )


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
