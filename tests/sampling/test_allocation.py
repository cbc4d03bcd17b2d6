"""Sizes per stratum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.allocation import AllocationRefused, proportional

SIZES = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(0, 400), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("sizes", "total", "expected"),
    [
        ({"a": 412, "b": 287, "c": 139}, 100, {"a": 49, "b": 34, "c": 17}),  # domain research, 1.4
        ({"a": 60, "b": 39}, 99, {"a": 60, "b": 39}),
        ({"a": 1000, "b": 5}, 100, {"a": 98, "b": 2}),
        ({"a": 50, "b": 50, "c": 50}, 100, {"a": 34, "b": 33, "c": 33}),
        ({"a": 10, "b": 10}, 1, {"a": 1, "b": 0}),
        ({"a": 0, "b": 10}, 4, {"a": 0, "b": 4}),
    ],
)
def test_sizes_are_proportional_with_two_in_every_stratum(
    sizes: dict[str, int], total: int, expected: dict[str, int]
) -> None:
    assert proportional(sizes, total) == expected


@given(SIZES, st.data())
def test_sizes_add_up_and_never_exceed_a_stratum(sizes: dict[str, int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(sizes.values())))
    found = proportional(sizes, total)
    assert sum(found.values()) == total
    assert all(0 <= found[code] <= sizes[code] for code in sizes)
    if total >= sum(min(2, size) for size in sizes.values()):
        assert all(found[code] >= min(2, size) for code, size in sizes.items())


@given(SIZES)
def test_the_order_of_the_strata_does_not_matter(sizes: dict[str, int]) -> None:
    total = sum(sizes.values()) // 2
    assert proportional(dict(reversed(sizes.items())), total) == proportional(sizes, total)


def test_what_cannot_be_is_refused() -> None:
    for sizes, total in (({"a": 10}, -1), ({"a": 10}, 11), ({"a": -1}, 0)):
        with pytest.raises(AllocationRefused):
            proportional(sizes, total)
