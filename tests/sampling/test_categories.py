"""The 17 categories, by every name a ledger may use."""

from __future__ import annotations

import pytest

from sampling.categories import CATEGORIES, PLATFORM_CODES, find, split


def test_there_are_seventeen_in_order() -> None:
    assert list(CATEGORIES) == [f"{n:02d}" for n in range(1, 18)]
    assert set(PLATFORM_CODES) == {str(n) for n in range(1, 21)}
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
    assert split("低保对象、残疾人；独居老人/特困 , 孤儿") == ("低保对象", "残疾人", "独居老人", "特困", "孤儿")
