"""Cleaning rows: values, and findings without personal data."""

from __future__ import annotations

import pytest

from app.ledger.reader.cleaning import Cleaned, clean
from app.ledger.reader.columns import suggest
from app.ledger.reader.phones import kind, normalise
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.reading import Row, SheetTable
from app.ledger.reader.village_names import VillageName

FULL_WIDTH = "19900000001".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
VILLAGES = [VillageName("0101", "甲村", ("甲村委",), "1"), VillageName("0201", "乙社区", (), "2")]
HEADERS = ("姓名", "村居", "人员类别", "联系电话", "其他联系电话", "出生年月", "监护人", "监护人电话")


def cleaned(*cells: str) -> Cleaned:
    row = Row(17, (*cells, *[""] * (len(HEADERS) - len(cells))))
    return of_rows(HEADERS, row)


def of_rows(headers: tuple[str, ...], *rows: Row, villages: list[VillageName] = VILLAGES) -> Cleaned:
    plan = SheetPlan("", True, suggest(headers).columns, headers)
    return clean(SheetTable("", False, (), (1,), headers, rows), plan, villages, reference_year=2023)


@pytest.mark.parametrize(
    ("cells", "code", "severity"),
    [
        (("", "甲村", "低保", "19900000001"), "no-name", "error"),
        (("示例甲", "", "低保", "19900000001"), "no-village", "error"),
        (("示例甲", "丙村", "低保", "19900000001"), "unknown-village", "error"),
        (("示例甲", "甲村", "", "19900000001"), "no-category", "error"),
        (("示例甲", "甲村", "困难户", "19900000001"), "unknown-category", "error"),
        (("示例甲", "甲村", "低保、困难户", "19900000001"), "unknown-category", "warning"),
        (("示例甲", "甲村", "低保"), "no-phone", "warning"),
        (("示例甲", "甲村", "低保", "1990000", "19900000002"), "bad-phone", "warning"),
        (("示例甲", "甲村", "独居老人", "19900000001", "", "1995-03"), "age-category", "warning"),
        (("示例甲", "甲村", "低保", "19900000001", "", "去年"), "bad-birth", "warning"),
    ],
)
def test_a_finding_gives_row_and_reason(cells: tuple[str, ...], code: str, severity: str) -> None:
    result = cleaned(*cells)
    assert (code, severity) in {(f.code, f.severity) for f in result.findings}
    assert bool(result.rows) == (severity != "error")
    for finding in result.findings:
        assert finding.row == 17
        assert finding.message.startswith("第 17 行")
        assert "示例甲" not in finding.message
        assert "1990000" not in finding.message


@pytest.mark.parametrize("word", ["普通服务对象", " 一般居民", "普通 居民"])
def test_a_general_recipient_is_taken_without_a_category(word: str) -> None:
    result = cleaned("示例甲", "甲村", word, "19900000001")
    assert result.findings == ()
    assert result.rows[0].categories == ()


def test_a_good_row_is_read_completely() -> None:
    row = cleaned(
        "欧 阳小明", "甲村委", "独居老人；低保", f"{FULL_WIDTH} 80000002", "", "1940-05", "示例乙", "19900000003"
    ).rows[0]
    assert row.name == "欧阳小明"
    assert (row.village, row.area, row.categories, row.birth_year) == ("0101", "1", ("01", "13"), 1940)
    assert row.phones == ("19900000001", "02080000002")
    assert row.guardian_phones == ("19900000003",)


@pytest.mark.parametrize(
    ("text", "numbers", "malformed"),
    [
        ("", (), 0),
        ("19900000001", ("19900000001",), 0),
        ("+86 199 0000 0001", ("19900000001",), 0),
        (FULL_WIDTH, ("19900000001",), 0),
        ("80000001", ("02080000001",), 0),
        ("020-80000001", ("02080000001",), 0),
        ("19900000001、19900000002", ("19900000001", "19900000002"), 0),
        ("19900000001/80000001", ("19900000001", "02080000001"), 0),
        ("12345", (), 1),
        ("没有", (), 0),
        ("(020) 8000 0001", ("02080000001",), 0),
        ("80000001转12", ("02080000001-12",), 0),
        ("020-80000001-12", ("02080000001-12",), 0),
        ("020-80000001-19900000002", ("02080000001", "19900000002"), 0),
        ("19900000001 19900000002", ("19900000001", "19900000002"), 0),
        ("女儿19900000001（周末）", ("19900000001",), 0),
        ("+852 9123 4567", ("+85291234567",), 0),
        ("1.99E+10", (), 1),
        ("19900000001、1990000", ("19900000001",), 1),
        ("1 " * 500, (), 1),
    ],
)
def test_telephones_are_read_as_ledgers_write_them(text: str, numbers: tuple[str, ...], malformed: int) -> None:
    phones = normalise(text)
    assert (phones.numbers, phones.malformed) == (numbers, malformed)


def test_columns_are_suggested_by_their_headings() -> None:
    mapping = {name: columns[0] for name, columns in suggest(HEADERS).columns.items()}
    assert mapping["phone"] == 3
    assert mapping["guardian_phone"] == 7


def test_mobile_numbers_and_landlines_are_distinguished() -> None:
    assert [kind(n) for n in ("19900000001", "02080000001", "02080000001-12")] == ["mobile", "landline", "landline"]


@pytest.mark.parametrize("written", ["甲村", " 甲 村 ", "甲村村委会", "示例街甲村", "示例街道甲村居委会", "甲村委"])
def test_a_village_is_recognised_with_its_street_and_committee(written: str) -> None:
    assert cleaned("示例甲", written, "低保", "19900000001").rows[0].village == "0101"


def test_a_spelling_that_fits_two_villages_is_reported_as_unknown() -> None:
    villages = [VillageName("0101", "屏山一村", ("屏山",), "1"), VillageName("0102", "屏山二村", ("屏山",), "1")]
    result = of_rows(HEADERS, Row(2, ("示例甲", "屏山", "低保", "", "", "", "", "")), villages=villages)
    assert [f.code for f in result.findings] == ["unknown-village"]


@pytest.mark.parametrize(
    ("written", "year"),
    [("1950", 1950), ("1950年5月", 1950), ("1950.05", 1950), ("195005", 1950), ("1950-05-01 00:00:00", 1950),
     ("50年", None), ("18384", None), ("1899", None), ("2024", None)],
)  # fmt: skip
def test_only_the_year_of_a_birth_is_kept(written: str, year: int | None) -> None:
    result = cleaned("示例甲", "甲村", "低保", "19900000001", "", written)
    assert result.rows[0].birth_year == year
    assert [f.code for f in result.findings] == ([] if year else ["bad-birth"])


@pytest.mark.parametrize(
    "cells", [("示例甲", "示例甲", "低保"), ("示例甲", "甲村", "示例甲"), ("示例甲", "19900000001", "低保")]
)
def test_wrongly_matched_columns_put_no_personal_data_into_messages(cells: tuple[str, ...]) -> None:
    result = cleaned(*cells)
    assert result.rows == ()
    assert all("示例甲" not in f.message and "1990" not in f.message for f in result.findings)


def test_platform_numbers_are_read_where_the_heading_says_so() -> None:
    row = Row(2, ("示例甲", "甲村", "1,10,19", "19900000001"))
    for heading, codes in (("平台类别代码", ("01", "05", "08")), ("人员类别", ())):
        result = of_rows(("姓名", "村居", heading, "联系电话"), row)
        assert tuple(code for r in result.rows for code in r.categories) == codes


@pytest.mark.parametrize("name", ["\U00020bb7示例", "\U0002cb4e示例", "欧阳示例", "阿依·示例", "\ue863示例"])
def test_names_keep_every_character(name: str) -> None:
    assert cleaned(f" {name[0]} {name[1:]} ", "甲村", "低保", "19900000001").rows[0].name == name


def test_a_neighbouring_heading_does_not_take_a_column() -> None:
    headers = ("社工电话", "残疾类别", "户主姓名", "监护人姓名", "紧急联系人电话", "姓名*", "村（居）", "人员类别")
    assert suggest(headers).columns == {
        "guardian": (3,), "guardian_phone": (4,), "name": (5,), "village": (6,), "categories": (7,)
    }  # fmt: skip
