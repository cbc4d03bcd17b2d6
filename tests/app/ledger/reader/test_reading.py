"""Reading ledgers of every kind, and refusing every malformed or hostile file with a reason."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.reader.errors import LedgerFileError, Limits
from app.ledger.reader.sheet_scan import _beyond
from tests.app.ledger.reader.corpus import FILES, HEADER, ROW, read_table, rewritten, rows, workbook
from tests.app.ledger.reader.old_workbooks import old_workbook

LIMITS = Limits()


@pytest.mark.parametrize("name", FILES)
def test_a_malformed_or_hostile_file_is_refused_with_place_and_reason(name: str) -> None:
    filename, build, code, word = FILES[name]
    with pytest.raises(LedgerFileError) as refusal:
        read_table(build(), filename, limits=LIMITS)
    assert refusal.value.code == code
    assert word in refusal.value.message.zh


TEXT = "\n".join([",".join(HEADER), ",".join(ROW), "", "𠮷欧阳,乙村,残疾人,80000001"])


@pytest.mark.parametrize(
    "data", [TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("gb18030"), TEXT.replace(",", "\t").encode()]
)
def test_text_is_read_in_utf8_and_gb18030_whatever_it_is_called(data: bytes) -> None:
    table = read_table(data, "名册.xlsx", limits=LIMITS)
    assert table.headers == tuple(HEADER)
    assert [(row.number, row.cells[0]) for row in table.rows] == [(2, "示例甲"), (4, "𠮷欧阳")]


def test_a_title_above_the_header_is_skipped_even_when_merged() -> None:
    def fill(_book: object, sheet: object) -> None:
        sheet.merge_range("A1:D1", "某街困难群众台账")  # type: ignore[attr-defined]
        sheet.write_row(1, 0, HEADER)  # type: ignore[attr-defined]
        sheet.write_row(2, 0, ROW)  # type: ignore[attr-defined]

    table = read_table(workbook(fill), "a.xlsx", limits=LIMITS)
    assert (table.header_rows, table.titles, table.rows[0].number) == ((2,), ("某街困难群众台账",), 3)


def test_a_telephone_stored_as_a_number_keeps_its_digits() -> None:
    def fill(_book: object, sheet: object) -> None:
        sheet.write_row(0, 0, HEADER)  # type: ignore[attr-defined]
        sheet.write_row(1, 0, ROW[:3])  # type: ignore[attr-defined]
        sheet.write_number(1, 3, 19900000001)  # type: ignore[attr-defined]

    assert read_table(workbook(fill), "a.xlsx", limits=LIMITS).rows[0].cells[3] == "19900000001"


def test_identity_numbers_are_removed_with_or_without_a_heading() -> None:
    data = rows([*HEADER, "身份证号", "备注"], [*ROW, "440000199001010000", "44000019900101000X"])
    table = read_table(data, "a.xlsx", limits=LIMITS)
    assert table.headers == tuple(HEADER)
    assert "440000" not in repr(table.rows)
    assert any("身份证" in note.zh for note in table.notes)


def test_a_single_identity_number_is_removed_without_dropping_its_column() -> None:
    stray = "440000199001010000"
    lines = [HEADER, ROW, [*ROW[:3], stray], [*ROW[:3], f"19900000002 {stray}"], ROW]
    table = read_table("\n".join(map(",".join, lines)).encode(), "a.csv", limits=LIMITS)
    assert table.headers == tuple(HEADER)
    assert [row.cells[3] for row in table.rows] == ["19900000001", "", "19900000002", "19900000001"]
    assert any("第 3 行" in note.zh and "联系电话" in note.zh for note in table.notes)


@pytest.mark.parametrize("written", ["020-80000001 80000002", "199-0000-0001 8000001", "19900000001 80000002"])
def test_two_telephones_side_by_side_are_not_an_identity_number(written: str) -> None:
    table = read_table(f"{','.join(HEADER)}\n{','.join(ROW[:3])},{written}\n".encode(), "a.csv", limits=LIMITS)
    assert table.rows[0].cells[3] == written


def test_an_identity_number_truncated_by_a_spreadsheet_is_removed() -> None:
    def fill(_book: object, sheet: object) -> None:
        sheet.write_row(0, 0, [*HEADER, "编码"])  # type: ignore[attr-defined]
        sheet.write_row(1, 0, ROW)  # type: ignore[attr-defined]
        sheet.write_number(1, 4, 440000199001010016)  # type: ignore[attr-defined]

    table = read_table(workbook(fill), "a.xlsx", limits=LIMITS)
    assert table.headers == tuple(HEADER)


def test_rare_characters_are_kept_and_invisible_ones_removed() -> None:
    rare = "\U00020bb7\U00031350\ue863"  # beyond the basic plane, newer than this Python, private use
    text = f"{','.join(HEADER)}\n\u200b{rare}\x07甲\ufeff,甲村,低保,1\n"
    assert read_table(text.encode(), "a.csv", limits=LIMITS).rows[0].cells[0] == f"{rare}甲"


def test_a_header_repeated_between_sections_is_skipped() -> None:
    table = read_table(rows(HEADER, ROW, HEADER, ROW), "a.xlsx", limits=LIMITS)
    assert [row.number for row in table.rows] == [2, 4]


def test_old_workbooks_are_read() -> None:
    table = read_table(old_workbook([["某街台账"], HEADER, ROW]), "a.csv", limits=LIMITS)
    assert (table.name, table.header_rows) == ("台账", (2,))
    assert table.rows[0].cells == tuple(ROW)


def test_formulas_on_another_sheet_do_not_matter() -> None:
    def fill(book: object, sheet: object) -> None:
        sheet.write_row(0, 0, HEADER)  # type: ignore[attr-defined]
        sheet.write_row(1, 0, ROW)  # type: ignore[attr-defined]
        book.add_worksheet("统计").write_formula("A1", "=COUNTA(台账!A2:A9)")  # type: ignore[attr-defined]

    assert len(read_table(workbook(fill), "a.xlsx", limits=LIMITS).rows) == 1


@pytest.mark.parametrize(("rows_allowed", "code"), [(3, ""), (2, "too-many-rows")])
def test_rows_are_read_up_to_the_limit_and_refused_beyond(rows_allowed: int, code: str) -> None:
    limits = Limits(max_rows=rows_allowed)
    for data in (rows(HEADER, *[ROW] * 3), "\n".join(map(",".join, [HEADER, *[ROW] * 3])).encode()):
        if code:
            with pytest.raises(LedgerFileError) as refusal:
                read_table(data, "a", limits=limits)
            assert refusal.value.code == code
        else:
            assert len(read_table(data, "a", limits=limits).rows) == 3


@pytest.mark.parametrize(("limit", "inside", "outside"), [(60_010, "GR60010", "A60011"), (99, "B99", "B100")])
def test_cells_beyond_the_limit_are_detected_exactly(limit: int, inside: str, outside: str) -> None:
    pattern = _beyond(limit, 200)
    assert pattern.search(f'<c r="{inside}">'.encode()) is None
    for cell in (outside, "GS1", "XFD5", "AAA1"):
        assert pattern.search(f"<c s='1' r = '{cell}'>".encode())


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read_or_refuse(data)


WHOLE = {"xlsx": rows(HEADER, ROW), "xls": old_workbook([HEADER, ROW])}


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=80)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(whole))


PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels")


@settings(max_examples=80)
@given(st.sampled_from(PARTS), st.data())
def test_a_workbook_with_a_damaged_part_is_read_or_refused(part: str, data: st.DataObject) -> None:
    def damage(name: str, content: bytes) -> bytes:
        if name != part:
            return content
        changed = bytearray(content)
        for _ in range(data.draw(st.integers(1, 6))):
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
        return bytes(changed)

    _read_or_refuse(rewritten(WHOLE["xlsx"], damage))


def _read_or_refuse(data: bytes) -> None:
    # Any other exception fails the test.
    with contextlib.suppress(LedgerFileError):
        assert read_table(data, "a.xlsx", limits=LIMITS).rows
