"""Workbooks as offices send them: several sheets, merged cells, ditto marks, totals, headings, hidden rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.reader.errors import LedgerFileError, Limits
from app.ledger.reader.reading import read_workbook
from app.ledger.reader.sheet_scan import SheetScan
from app.ledger.reader.sheets import Ditto, Heading, LedgerWorkbook, PassedSheet, SheetTable
from app.ledger.reader.table import RawSheet, assemble
from tests.app.ledger.reader.corpus import HEADER, ROW, rewritten, rows, workbook

LIMITS = Limits()


def read(fill: Callable[[Any, Any], None]) -> LedgerWorkbook:
    return read_workbook(workbook(fill), "a.xlsx", limits=LIMITS)


def only(fill: Callable[[Any, Any], None]) -> SheetTable:
    (sheet,) = read(fill).sheets
    return sheet


def of_lines(*lines: list[str]) -> SheetTable:
    return assemble(RawSheet("", list(enumerate(lines, 1))), LIMITS)


def write(sheet: Any, *lines: list[str], top: int = 0) -> None:
    for number, line in enumerate(lines, top):
        sheet.write_row(number, 0, line)


def person(name: str, village: str = "甲村", category: str = "低保", phone: str = "19900000001") -> list[str]:
    return [name, village, category, phone]


def test_every_sheet_is_read_and_the_others_are_passed_by_with_the_reason() -> None:
    def fill(book: Any, sheet: Any) -> None:
        write(sheet, HEADER, ROW)
        write(book.add_worksheet("特困"), HEADER, ROW, ROW)
        book.add_worksheet("空表")
        write(book.add_worksheet("封面"), ["某街困难群众"], ["二〇二五年"])
        write(book.add_worksheet("待填"), HEADER)
        hidden = book.add_worksheet("旧名册")
        write(hidden, HEADER, ROW)
        hidden.hide()

    read_ = read(fill)
    assert [(sheet.name, sheet.hidden, len(sheet.rows)) for sheet in read_.sheets] == [
        ("台账", False, 1),
        ("特困", False, 2),
        ("旧名册", True, 1),
    ]
    assert read_.passed == (
        PassedSheet("空表", False, "empty"),
        PassedSheet("封面", False, "no-header"),
        PassedSheet("待填", False, "no-rows"),
    )


def test_rows_of_all_sheets_count_towards_the_limit() -> None:
    def fill(book: Any, sheet: Any) -> None:
        write(sheet, HEADER, ROW, ROW)
        write(book.add_worksheet("特困"), HEADER, ROW, ROW)

    with pytest.raises(LedgerFileError) as refusal:
        read_workbook(workbook(fill), "a.xlsx", limits=Limits(max_rows=3))
    assert refusal.value.code == "too-many-rows"


def test_merged_cells_mean_their_value_for_every_cell_they_cover() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        write(sheet, HEADER, person("示例甲", ""), person("示例乙", ""), person("示例丙", ""), person("示例丁", "乙村"))
        sheet.merge_range("B2:B4", "甲村")
        sheet.merge_range("B6:B9", "丙村")  # formatting below the last row makes no row

    sheet = only(fill)
    assert [row.cells[1] for row in sheet.rows] == ["甲村", "甲村", "甲村", "乙村", "丙村"][: len(sheet.rows)]
    assert sheet.merged == 2
    assert any("合并单元格" in note.zh and "2 格" in note.zh for note in sheet.notes)


def test_ditto_takes_the_value_above_in_its_column() -> None:
    sheet = of_lines(
        HEADER,
        person("示例甲"),
        person("示例乙", "同上", "〃"),
        person("示例丙", "", "″"),
        person("示例丁", "同 前", "残疾人"),
    )
    assert [row.cells[1:3] for row in sheet.rows] == [
        ("甲村", "低保"),
        ("甲村", "低保"),
        ("", "低保"),
        ("甲村", "残疾人"),
    ]
    assert sheet.dittos == (Ditto(1, (3, 5)), Ditto(2, (3, 4)))
    assert any("第 3、5 行" in note.zh for note in sheet.notes)


def test_ditto_without_a_value_above_stays_as_it_is() -> None:
    assert of_lines(HEADER, person("示例甲", "同上")).rows[0].cells[1] == "同上"


def test_totals_signatures_headers_and_bare_serials_are_passed_by() -> None:
    header = ["序号", *HEADER]
    sheet = of_lines(
        header,
        ["1", *person("示例甲")],
        ["合 计", "", "", "1人", ""],
        header,
        ["2", *person("示例乙")],
        ["3", "", "", "", ""],
        ["小计：2人", "", "", "", ""],
        ["填表人：", "某人", "", "审核人：", "某人"],
        ["制表日期：2025年3月", "", "", "", ""],
    )
    assert [row.number for row in sheet.rows] == [2, 5]
    passed = sheet.passed
    assert (passed.totals, passed.signatures, passed.headers, passed.serials) == ((3, 7), (8, 9), (4,), (6,))


def test_a_heading_within_the_table_applies_to_the_rows_under_it() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        write(
            sheet, HEADER, ["一、特困人员"], person("示例甲"), ["石壁一村（2人）"], person("示例乙"), person("示例丙")
        )
        sheet.merge_range("A7:D7", "其他")
        write(sheet, person("示例丁"), top=7)

    sheet = only(fill)
    assert [(row.number, row.heading) for row in sheet.rows] == [
        (3, "一、特困人员"),
        (5, "石壁一村（2人）"),
        (6, "石壁一村（2人）"),
        (8, "其他"),
    ]
    assert sheet.headings[0] == Heading(2, "一、特困人员")


@pytest.mark.parametrize("line", [["示例甲"], ["示例甲", "", "", "19900000001"], ["", "", "", "19900000001"]])
def test_a_person_without_particulars_is_no_heading(line: list[str]) -> None:
    assert [row.number for row in of_lines(HEADER, line).rows] == [2]


def test_a_header_of_two_rows_is_joined() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:F1", "某街低保对象台账")
        for column, heading in enumerate(("序号", "姓名", "村居", "人员类别")):
            sheet.merge_range(1, column, 2, column, heading)
        sheet.merge_range("E2:F2", "联系电话")
        sheet.write_row("E3", ["本人", "监护人"])
        write(sheet, ["1", *ROW, "19900000002"], top=3)

    sheet = only(fill)
    assert (sheet.titles, sheet.header_rows) == (("某街低保对象台账",), (2, 3))
    assert sheet.headers == ("序号", "姓名", "村居", "人员类别", "联系电话 / 本人", "联系电话 / 监护人")
    assert [row.number for row in sheet.rows] == [4]


def test_a_header_of_two_rows_is_joined_in_a_text_file_too() -> None:
    text = "姓名,村居,人员类别,联系电话,\n,,,本人,监护人\n示例甲,甲村,低保,19900000001,19900000002\n"
    (sheet,) = read_workbook(text.encode(), "a.csv", limits=LIMITS).sheets
    assert sheet.headers[3:] == ("联系电话 / 本人", "联系电话 / 监护人")
    assert (sheet.header_rows, len(sheet.rows)) == ((1, 2), 1)


def test_the_first_person_is_no_second_row_of_the_header() -> None:
    assert of_lines(["姓名", "村居", "人员类别", "备注"], ["示例甲", "甲村", "低保", ""]).header_rows == (1,)
    assert of_lines(
        ["填报单位：某街", "", "日期：三月"], ["姓名", "村居", "人员类别"], ["示例甲", "甲村", "低保"]
    ).header_rows == (2,)


def test_hidden_rows_and_error_values_are_told() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        write(sheet, HEADER, ROW, ROW, ROW)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(30, None, None, {"hidden": True})

    data = rewritten(
        workbook(fill), lambda _, content: content.replace(b'<c r="D2" t="s"><v>7</v>', b'<c r="D2" t="e"><v>#N/A</v>')
    )
    (sheet,) = read_workbook(data, "a.xlsx", limits=LIMITS).sheets
    assert sheet.hidden_rows == (3,)
    assert sheet.rows[0].cells[3] == "#N/A"


def test_a_sheet_that_does_not_begin_at_its_first_cell_keeps_its_columns() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        for line, cells in enumerate((HEADER, ROW)):
            sheet.write_row(line + 4, 2, cells)
        sheet.merge_range("D7:D8", "乙村")
        sheet.write_row("C7", ["示例乙"])
        sheet.write_row("C8", ["示例丙"])

    sheet = only(fill)
    assert sheet.headers == ("", "", *HEADER)
    assert [(row.number, row.cells[3]) for row in sheet.rows] == [(6, "甲村"), (7, "乙村"), (8, "乙村")]


def test_formulas_matter_only_in_columns_that_are_read() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        write(sheet, ["序号", *HEADER])
        for line in (1, 2):
            sheet.write_formula(line, 0, "=ROW()-1", None, line)
            sheet.write_row(line, 1, ROW)
        sheet.write_row(3, 0, ["合计"])
        sheet.write_formula("E4", "=COUNTA(E2:E3)", None, 2)

    sheet = only(fill)
    assert (sheet.formulas, sheet.passed.totals) == (((0, 2),), (4,))


@pytest.mark.parametrize(
    ("content", "beyond"),
    [
        (b'<row r="1048576" s="1"/>', None),
        (b'<row r="1048576"></row>', None),
        (b'<row r="1048576"><c r="A1048576" s="1"/><c r="B1048576" s="1"></c></row>', None),
        (b'<row r="3"><c r="AMJ3" s="1"/></row>', None),
        (b'<row r="3"><c r="AMJ3" s="1"/><c r="AMK3"><v>1</v></c></row>', "AMJ3"),
        (b'<row r="3"><c r="AMJ3" s="1"/><c><v>1</v></c></row>', "AMJ3"),
        (b'<row r="1048570"/><row><c><v>1</v></c></row>', "A60011"),
        (b'<row r="1048576"><c><v>1</v></c></row>', "1048576"),
        (b'<row r="3"><c r="AMJ3" x="/>"><v>1</v></c></row>', "AMJ3"),
        (b'<row r="3"><c r="AMJ3"><!-- --><v>1</v></c></row>', "AMJ3"),
    ],
)
@pytest.mark.parametrize("size", [7, 40, 10_000])
def test_only_cells_that_hold_something_are_beyond_the_limits(content: bytes, beyond: str | None, size: int) -> None:
    scan = SheetScan("xl/worksheets/sheet1.xml", LIMITS, sheet=True)
    data = b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>' + content + b"</sheetData>"
    for place in range(0, len(data), size):
        scan.feed(data[place : place + size])
    assert scan.finish().beyond == beyond


@pytest.mark.parametrize("size", [5, 33, 10_000])
def test_marks_are_found_wherever_a_chunk_ends(size: int) -> None:
    scan = SheetScan("xl/worksheets/sheet1.xml", LIMITS, sheet=True)
    data = (
        b'<sheetData><row r="1"><c r="A1"/></row><row hidden="1"><c r="A2" t="e"><f>A1</f><v>#REF!</v></c></row>'
        b'<row r="5" hidden="true"/><row r="6" hidden="0"><c r="C6" t="e"><v>#N/A</v></c></row></sheetData>'
    )
    for place in range(0, len(data), size):
        scan.feed(data[place : place + size])
    marks = scan.finish()
    assert marks.hidden_rows == {2, 5}
    assert marks.errors == {2: {0: "#REF!"}, 6: {2: "#N/A"}}
    assert (marks.formula, marks.formulas) == ("A2", {0: (2,)})


WORDS = st.sampled_from(
    [
        "",
        "",
        "示例甲",
        "示例乙",
        "甲村",
        "石壁一村",
        "低保",
        "同上",
        "〃",
        "合计",
        "小计：2人",
        "填表人：",
        "1",
        "19900000001",
        "#N/A",
        "一、特困人员",
        "姓名",
        "村居",
        "备注：无",
    ]
)


@settings(max_examples=200)
@given(st.data())
def test_filling_and_passing_by_never_lose_or_invent_a_row(data: st.DataObject) -> None:
    header = ["序号", *HEADER]
    lines = data.draw(st.lists(st.lists(WORDS, min_size=5, max_size=5) | st.just(header), min_size=1, max_size=12))
    tops = st.tuples(st.integers(3, 14), st.integers(0, 4), st.integers(0, 4), st.integers(0, 3))
    merged = [((t, c), (t + d, c + w)) for t, c, d, w in data.draw(st.lists(tops, max_size=4))]
    whole = [(1, header), (2, ["1", *ROW]), *enumerate(lines, 3)]
    sheet = assemble(RawSheet("", [line for line in whole if any(line[1])], merged=merged), LIMITS)
    passed = sheet.passed
    told = [row.number for row in sheet.rows] + [heading.number for heading in sheet.headings]
    told += [*passed.totals, *passed.signatures, *passed.headers, *passed.serials]
    assert sorted(told) == [number for number, line in whole[1:] if any(line)]
    written = dict(whole)
    for row in sheet.rows:
        for before, after in zip(written[row.number], row.cells, strict=True):
            assert after == before or before in ("", "同上", "〃")


def test_a_title_with_an_identity_number_loses_it() -> None:
    sheet = of_lines(["经办人 440000199001010000"], HEADER, ROW)
    assert "440000" not in repr(sheet)


def test_a_workbook_of_blank_sheets_and_a_filled_one_without_header_is_refused_for_the_latter() -> None:
    with pytest.raises(LedgerFileError) as refusal:
        read_workbook(rows(["甲", "乙"], ["丙", "丁"]), "a.xlsx", limits=LIMITS)
    assert refusal.value.code == "no-header"
