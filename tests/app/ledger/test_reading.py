"""Every kind of ledger is read, and every hostile file is answered in plain words."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ledger.reading import LedgerFileError, Limits, read_table
from tests.app.ledger.corpus import FILES, HEADER, ROW, rows, workbook

LIMITS = Limits()


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_its_place_and_reason(name: str) -> None:
    filename, build, code, word = FILES[name]
    with pytest.raises(LedgerFileError) as refusal:
        read_table(build(), filename, limits=LIMITS)
    assert refusal.value.code == code
    assert word in refusal.value.message


TEXT = "\n".join([",".join(HEADER), ",".join(ROW), "", "𠮷欧阳,乙村,残疾人,80000001"])


@pytest.mark.parametrize(
    "data", [TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("gb18030"), TEXT.replace(",", "\t").encode()]
)
def test_text_is_read_in_utf8_and_gb18030_whatever_it_is_called(data: bytes) -> None:
    table = read_table(data, "名册.xlsx", limits=LIMITS)
    assert table.headers == tuple(HEADER)
    assert [(row.number, row.cells[0]) for row in table.rows] == [(2, "示例甲"), (4, "𠮷欧阳")]


def test_a_title_over_the_header_is_passed_by_even_when_merged() -> None:
    def fill(_book: object, sheet: object) -> None:
        sheet.merge_range("A1:D1", "某街困难群众台账")  # type: ignore[attr-defined]
        sheet.write_row(1, 0, HEADER)  # type: ignore[attr-defined]
        sheet.write_row(2, 0, ROW)  # type: ignore[attr-defined]

    table = read_table(workbook(fill), "a.xlsx", limits=LIMITS)
    assert (table.header_row, table.rows[0].number) == (2, 3)


def test_a_telephone_stored_as_a_number_keeps_its_digits() -> None:
    def fill(_book: object, sheet: object) -> None:
        sheet.write_row(0, 0, HEADER)  # type: ignore[attr-defined]
        sheet.write_row(1, 0, ROW[:3])  # type: ignore[attr-defined]
        sheet.write_number(1, 3, 19900000001)  # type: ignore[attr-defined]

    assert read_table(workbook(fill), "a.xlsx", limits=LIMITS).rows[0].cells[3] == "19900000001"


def test_identity_numbers_are_never_taken_in_labelled_or_not() -> None:
    data = rows([*HEADER, "身份证号", "备注"], [*ROW, "440000199001010000", "44000019900101000X"])
    table = read_table(data, "a.xlsx", limits=LIMITS)
    assert table.headers == tuple(HEADER)
    assert "440000" not in repr(table.rows)
    assert any("身份证" in note for note in table.notes)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read_or_refuse(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(rows(HEADER, ROW))
    for _ in range(data.draw(st.integers(1, 20))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(whole))


def _read_or_refuse(data: bytes) -> None:
    # Any other exception fails the test.
    with contextlib.suppress(LedgerFileError):
        assert read_table(data, "a.xlsx", limits=LIMITS).rows
