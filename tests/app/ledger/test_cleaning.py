"""What a row says, and what is wrong with it, without naming anybody."""

from __future__ import annotations

import pytest

from app.ledger.cleaning import Cleaned, VillageName, clean
from app.ledger.columns import problems, suggest
from app.ledger.phones import normalise
from app.ledger.reading import Row, Table

FULL_WIDTH = "19900000001".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
VILLAGES = [VillageName("0101", "甲村", ("甲村委",), "1"), VillageName("0201", "乙社区", (), "2")]
HEADERS = ("姓名", "村居", "人员类别", "联系电话", "其他联系电话", "出生年月", "监护人", "监护人电话")


def cleaned(*cells: str) -> Cleaned:
    row = Row(17, (*cells, *[""] * (len(HEADERS) - len(cells))))
    table = Table("", 1, HEADERS, (row,), ())
    return clean(table, suggest(HEADERS), VILLAGES, reference_year=2023)


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
def test_a_finding_names_row_and_reason(cells: tuple[str, ...], code: str, severity: str) -> None:
    found = cleaned(*cells)
    assert (code, severity) in {(f.code, f.severity) for f in found.findings}
    assert bool(found.rows) == (severity != "error")
    for finding in found.findings:
        assert finding.row == 17
        assert finding.message.startswith("第 17 行")
        assert "示例甲" not in finding.message
        assert "1990000" not in finding.message


def test_a_good_row_is_taken_whole() -> None:
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
        ("没有", (), 1),
    ],
)
def test_telephones_are_read_as_ledgers_write_them(text: str, numbers: tuple[str, ...], malformed: int) -> None:
    phones = normalise(text)
    assert (phones.numbers, phones.malformed) == (numbers, malformed)


def test_columns_are_guessed_and_a_wrong_matching_is_named() -> None:
    mapping = suggest(HEADERS)
    assert mapping["phone"] == 3
    assert mapping["guardian_phone"] == 7
    assert problems(mapping, HEADERS) == []
    assert problems({"name": 0, "village": 0}, HEADERS) == [
        "请指定哪一栏是「人员类别」。",
        "第 1 栏「姓名」用了两次。",
    ]
    assert problems(mapping | {"phone": 99}, HEADERS) == ["没有第 100 栏。"]
