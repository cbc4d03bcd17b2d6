"""The 17 categories, by every name a ledger may use."""

from __future__ import annotations

import pytest

from sampling.categories import CATEGORIES, PLATFORM_CODES, find, split_categories


def test_there_are_seventeen_in_order() -> None:
    assert list(CATEGORIES) == [f"{n:02d}" for n in range(1, 18)]
    assert set(PLATFORM_CODES) == set(range(1, 21))
    assert set(PLATFORM_CODES.values()) == set(CATEGORIES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("低保", "01"),
        ("低保户", "01"),
        ("事实孤儿", "08"),
        ("独居老人", "13"),
        (" 残疾人 ", "05"),
        ("1、低保对象", "01"),
        ("07", "07"),
        ("7", None),
        ("10", None),
        ("第10类", "10"),
        ("第18类", None),
        ("残疾人（视力、肢体）", "05"),
        ("低保边缘家庭（低收入困难家庭）成员", "03"),
        ("（1）低保", "01"),
        ("低边", "03"),
        ("五保户", "02"),
        ("独居长者", "13"),
        ("低" * 5000, None),
        ("困难户", None),
        ("", None),
    ],
)
def test_a_category_is_found_by_its_names(text: str, code: str | None) -> None:
    assert find(text) == code


def test_platform_numbers_are_read_only_when_said_to_be() -> None:
    assert find("19", platform=True) == "08"
    assert find("19") is None


def test_a_cell_with_several_is_taken_apart() -> None:
    assert split_categories("低保对象、残疾人；独居老人/特困 , 孤儿") == (
        "低保对象",
        "残疾人",
        "独居老人",
        "特困",
        "孤儿",
    )


def test_separators_inside_brackets_do_not_separate() -> None:
    assert split_categories("残疾人（视力、肢体）、低保") == ("残疾人（视力、肢体）", "低保")


def test_every_name_and_alias_finds_its_own_category() -> None:
    for code, category in CATEGORIES.items():
        assert {find(word) for word in (category.zh, *category.aliases)} == {code}


def test_children_and_elders_are_marked() -> None:
    assert [c.code for c in CATEGORIES.values() if c.minor] == ["07", "08"]
    assert [c.code for c in CATEGORIES.values() if c.elder] == [f"{n}" for n in range(11, 18)]
