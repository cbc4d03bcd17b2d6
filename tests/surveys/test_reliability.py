"""The reliability of a scale where there is little to learn: equal answers, few people, one item, missing answers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.estimates import EstimateInputError, NoFigure
from surveys.reliability import ItemSums, Reliability, reliability


def of_rows(rows: Sequence[Sequence[int | None]], top: int = 100) -> Reliability:
    """Reliability of people's answers; None is a missing one."""
    complete = [[v for v in row if v is not None] for row in rows if None not in row]
    totals = [sum(row) for row in complete]
    items = []
    for i in range(len(rows[0])):
        given_ = [row[i] for row in rows if row[i] is not None]
        x = [row[i] for row in complete]
        products = sum(v * t for v, t in zip(x, totals, strict=True))
        at_top = sum(v == top for v in given_)
        items.append(
            ItemSums(str(i), len(given_), at_top, len(rows) - len(given_), sum(x), sum(v * v for v in x), products)
        )
    return reliability(len(complete), sum(totals), sum(t * t for t in totals), items)


def test_equal_answers_of_everyone_have_no_alpha() -> None:
    result = of_rows([[100, 80, 100]] * 30)
    assert (result.alpha, result.low, result.high) == (None, None, None)
    assert "没有差异" in result.words.zh
    assert [item.item_rest for item in result.items] == [None, None, None]
    assert [item.ceiling for item in result.items] == [1, 0, 1]


@pytest.mark.parametrize("rows", [[[100, 80]], [[100, 80], [60, 60]], [[100, None], [None, 60]]])
def test_fewer_than_three_complete_answers_give_no_alpha(rows: list[list[int | None]]) -> None:
    result = of_rows(rows)
    assert result.alpha is None
    assert "太少" in result.words.zh


def test_one_item_is_no_scale() -> None:
    with pytest.raises(NoFigure) as caught:
        of_rows([[100], [80], [60]])
    assert caught.value.code == "one-item"


def test_items_that_always_agree_have_alpha_1() -> None:
    result = of_rows([[v, v, v] for v in (100, 80, 60, 30)])
    assert result.alpha == pytest.approx(1)
    assert (result.low, result.high) == (pytest.approx(1), pytest.approx(1))
    assert [item.item_rest for item in result.items] == [pytest.approx(1)] * 3


def test_items_that_contradict_each_other_have_a_low_alpha_and_are_named_so() -> None:
    result = of_rows([[100, 0, 30], [0, 100, 60], [80, 30, 80], [30, 60, 0]])
    assert result.alpha is not None
    assert result.alpha < 0
    assert "谨慎" in result.words.zh


def test_an_item_that_never_varies_has_no_correlation_and_the_others_keep_theirs() -> None:
    result = of_rows([[100, 80, 100], [100, 60, 60], [100, 100, 80]])
    assert result.items[0].item_rest is None
    assert result.items[1].item_rest is not None


def test_missing_answers_are_counted_and_only_complete_people_make_alpha() -> None:
    rows: list[list[int | None]] = [[100, 80], [60, 60], [80, None], [None, None], [30, 60], [100, 100]]
    result = of_rows(rows)
    assert result.n == 4
    assert [(item.answered, item.missing) for item in result.items] == [(5, 1), (4, 2)]
    assert result.items[0].ceiling == Fraction(2, 5)
    assert result.alpha == of_rows([row for row in rows if None not in row]).alpha


def test_nobody_answered_an_item() -> None:
    result = of_rows([[None, 80], [None, 60]])
    assert result.items[0].ceiling is None
    assert result.n == 0


def test_many_answers_at_the_ceiling_are_mentioned() -> None:
    assert "有 1 题" in of_rows([[100, 80], [100, 60], [100, 100], [100, 30], [80, 30]] * 3 + [[100, 100]]).words.zh


def item(total: int, squares: int, with_total: int, answered: int = 3, at_top: int = 0) -> ItemSums:
    return ItemSums("x", answered, at_top, 0, total, squares, with_total)


@pytest.mark.parametrize(
    ("n", "total", "squares", "items"),
    [
        (3, 7, 15, [item(3, 5, 7), item(3, 5, 8)]),  # totals do not add up
        (3, 6, 15, [item(3, 5, 7), item(3, 5, 7)]),  # nor products
        (3, 6, 6, [item(3, 5, 3), item(3, 5, 3)]),  # squares too small for their sum
        (3, 6, 16, [item(3, 2, 8), item(3, 5, 8)]),  # of one item
        (4, 6, 16, [item(3, 5, 8), item(3, 5, 8)]),  # more complete people than answers
        (3, 6, 16, [item(3, 5, 8, at_top=4), item(3, 5, 8)]),
        (3, 6, 16, [item(3, 3, 9), item(3, 5, 7)]),  # constant and yet correlated
        (0, 0, 4, [item(0, 1, 2), item(0, 1, 2)]),
    ],
)
def test_sums_that_no_answers_have_are_refused(n: int, total: int, squares: int, items: list[ItemSums]) -> None:
    with pytest.raises(EstimateInputError):
        reliability(n, total, squares, items)


ROWS = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.sampled_from([0, 30, 60, 80, 100]), min_size=k, max_size=k), min_size=1, max_size=12)
)


@settings(max_examples=80)
@given(ROWS)
def test_whatever_the_answers_alpha_and_its_limits_are_in_order(rows: list[list[int]]) -> None:
    result = of_rows(rows)
    for item_result in result.items:
        assert item_result.item_rest is None or -1 - 1e-9 <= item_result.item_rest <= 1 + 1e-9
    if result.alpha is None or result.low is None or result.high is None:
        assert len(rows) < 3 or len({sum(row) for row in rows}) == 1
        return
    assert result.low <= result.alpha + 1e-12
    assert result.alpha <= result.high + 1e-12
    assert result.high <= 1 + 1e-12
