"""Weighting for people not reached: tried on every sample and every set of answers, by properties, and by mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.estimates import (
    INDEX_SCALE,
    EstimateInputError,
    NoFigure,
    StratumCell,
    StratumCount,
    class_weighted,
    post_stratified,
    raked,
    share,
    weighted_mean,
    weighted_share,
)

TOP = 100 * INDEX_SCALE
Person = tuple[str, str, int]
"""Stratum, class, value."""


def rows_of(sampled: Sequence[Person], answered: Sequence[Person]) -> list[StratumCell]:
    asked = Counter((stratum, cell) for stratum, cell, _ in sampled)
    return [
        StratumCell(stratum, (cell,), len(y), sum(y), sum(v * v for v in y), number)
        for (stratum, cell), number in asked.items()
        for y in [[v for s, c, v in answered if (s, c) == (stratum, cell)]]
    ]


def every_response(sampled: Sequence[Person], shares: dict[str, int]) -> list[list[Person]]:
    """Every way in which so many of each class answer; fewer where fewer were asked."""
    groups = [[p for p in sampled if p[1] == cell] for cell in sorted(shares)]
    ways = [list(combinations(g, min(len(g), shares[cell]))) for g, cell in zip(groups, sorted(shares), strict=True)]
    return [[person for group in way for person in group] for way in product(*ways)]


@pytest.mark.parametrize(
    ("population", "sizes", "answering"),
    [
        # The classes are as large in every sample: the estimator is a sum, its variance exactly unbiased.
        ([("s", "a", v) for v in (9, 7, 4, 8, 1, 10)], {"s": 4}, {"a": 3}),
        ([("s", "a", v) for v in (9, 7, 4)] + [("t", "a", v) for v in (2, 8, 6, 6)], {"s": 2, "t": 3}, {"a": 3}),
        ([("s", "a", v) for v in (9, 7, 4, 1)] + [("t", "b", v) for v in (2, 8, 6)], {"s": 3, "t": 3},
         {"a": 2, "b": 2}),
    ],
)  # fmt: skip
def test_over_all_samples_and_answers_the_two_phase_variance_is_right_on_average(
    population: list[Person], sizes: dict[str, int], answering: dict[str, int]
) -> None:
    populations = Counter(stratum for stratum, _, _ in population)
    strata = [list(combinations([p for p in population if p[0] == s], n)) for s, n in sorted(sizes.items())]
    values, variances = [], []
    for parts in product(*strata):
        sampled = [person for part in parts for person in part]
        ways = every_response(sampled, answering)
        for answered in ways:
            plan = class_weighted(rows_of(sampled, answered), populations, 10)
            # A sum needs no linearisation: the known total stands where the estimated one does.
            values.append(float(plan.value()))
            assert plan.mean_variance is not None
            variances.append(plan.mean_variance)
    centre = sum(values) / len(values)
    truth = sum(v for _, _, v in population) / len(population)
    actual = sum((v - centre) ** 2 for v in values) / len(values)
    assert centre == pytest.approx(truth, abs=0.2)
    assert sum(variances) / len(variances) == pytest.approx(actual, rel=0.12)


def test_in_one_class_the_variance_is_exactly_unbiased() -> None:
    population = [("s", "a", v) for v in (9, 7, 4, 8, 1, 10, 3)]
    values, variances = [], []
    for sampled in combinations(population, 5):
        for answered in combinations(sampled, 3):
            plan = class_weighted(rows_of(sampled, answered), {"s": 7}, 10)
            values.append(float(plan.value()))
            assert plan.mean_variance is not None
            variances.append(plan.mean_variance)
    truth = sum(v for _, _, v in population) / 7
    actual = sum((v - truth) ** 2 for v in values) / len(values)
    assert sum(values) / len(values) == pytest.approx(truth)
    assert sum(variances) / len(variances) == pytest.approx(actual)


def test_one_class_in_a_simple_sample_is_the_plain_figure() -> None:
    plain = share([StratumCount("s", "a", 300, 80, 66)])
    plan = class_weighted([StratumCell("s", ("a",), 80, 66, 66, 110)], {"s": 300}, 1)
    estimate = weighted_share(plan)
    assert estimate.standard_error == pytest.approx(plain.standard_error)
    assert (float(estimate.value), estimate.low, estimate.high) == pytest.approx(
        (float(plain.value), plain.low, plain.high)
    )


def test_weights_that_change_nothing_give_the_plain_figure() -> None:
    plain = share([StratumCount("s", "a", 300, 80, 66)])
    rows = [StratumCell("s", ("f",), 40, 30, 30), StratumCell("s", ("m",), 40, 36, 36)]
    estimate = weighted_share(post_stratified(rows, {"s": 300}, {("f",): 150, ("m",): 150}, 1))
    assert float(estimate.value) == pytest.approx(float(plain.value))
    assert estimate.standard_error is not None
    assert plain.standard_error is not None
    assert estimate.standard_error < plain.standard_error  # what lies between the cells is no error any more


ANSWERS = st.lists(st.integers(0, TOP), min_size=2, max_size=6)


@st.composite
def tables(draw: Any) -> tuple[list[StratumCell], dict[str, int]]:
    rows, populations = [], {}
    for stratum in ("s", "t"):
        answered = 0
        for cell in product("ab", "xy"):
            values = draw(ANSWERS)
            answered += len(values)
            rows.append(StratumCell(stratum, cell, len(values), sum(values), sum(v * v for v in values)))
        populations[stratum] = answered + draw(st.integers(1, 500))
    return rows, populations


@settings(deadline=None, max_examples=60)
@given(tables(), st.lists(st.integers(1, 400), min_size=3, max_size=3), st.randoms(use_true_random=False))
def test_weights_meet_the_known_numbers_in_any_order(
    table: tuple[list[StratumCell], dict[str, int]], known: list[int], dice: Any
) -> None:
    rows, populations = table
    people = sum(populations.values()) + 1200
    a, x = known[0], known[1]
    plan = raked(rows, populations, [{"a": a, "b": people - a}, {"x": x, "y": people - x}], TOP)
    for place, code, number in ((0, "a", a), (0, "b", people - a), (1, "x", x), (1, "y", people - x)):
        held = sum(plan.weights[r.stratum, r.cell] * r.answered for r in plan.rows if r.cell[place] == code)
        assert held == pytest.approx(number, rel=1e-9)
    shuffled = dice.sample(rows, len(rows))
    again = raked(shuffled, populations, [{"a": a, "b": people - a}, {"x": x, "y": people - x}], TOP)
    assert again.mean == pytest.approx(plan.mean, rel=1e-9)
    assert again.mean_variance == pytest.approx(plan.mean_variance, rel=1e-6, abs=1e-3)
    cells = {cell: 1 + 7 * place for place, cell in enumerate(product("ab", "xy"))}
    post = post_stratified(rows, populations, cells, TOP)
    for cell, number in cells.items():
        assert sum(post.weights[r.stratum, r.cell] * r.answered for r in post.rows if r.cell == cell) == pytest.approx(
            number
        )
    estimate = weighted_mean(post)
    assert estimate.low is not None
    assert estimate.high is not None
    assert 0 <= estimate.low <= float(estimate.value) + 1e-6
    assert float(estimate.value) - 1e-6 <= estimate.high <= 100


def test_equal_answers_still_have_an_interval() -> None:
    rows = [StratumCell("s", ("f",), 40, 40, 40), StratumCell("s", ("m",), 30, 30, 30)]
    for plan in (
        post_stratified(rows, {"s": 300}, {("f",): 190, ("m",): 110}, 1),
        raked(rows, {"s": 300}, [{"f": 190, "m": 110}], 1),
    ):
        estimate = weighted_share(plan)
        assert estimate.standard_error == 0
        assert estimate.low is not None
        assert estimate.low < 0.99
        assert estimate.high == 1


def test_everyone_answered_is_no_error() -> None:
    rows = [StratumCell("s", ("f",), 4, 3, 3, 4), StratumCell("s", ("m",), 2, 2, 2, 2)]
    for plan in (post_stratified(rows, {"s": 6}, {("f",): 4, ("m",): 2}, 1), class_weighted(rows, {"s": 6}, 1)):
        estimate = weighted_share(plan)
        assert (estimate.standard_error, estimate.method) == (0, "full-coverage")
        assert estimate.low == estimate.high == pytest.approx(5 / 6)


def test_a_stratum_with_one_answer_has_no_interval_and_one_without_answers_is_noted() -> None:
    rows = [StratumCell("s", ("f",), 5, 4, 4), StratumCell("s", ("m",), 4, 3, 3), StratumCell("t", ("m",), 1, 1, 1)]
    plan = post_stratified(rows, {"s": 30, "t": 9, "u": 5}, {("f",): 20, ("m",): 24}, 1)
    estimate = weighted_share(plan)
    assert (estimate.low, estimate.standard_error) == (None, None)
    assert tuple(note.zh for note in estimate.notes) == (
        "t 只有 1 人作答，加权后无法给出区间。",
        "u 没有人作答，由同类的人代表。",
    )


CELLS = [StratumCell("s", ("a", "x"), 5, 4, 4, 9), StratumCell("s", ("b", "y"), 4, 3, 3, 6)]


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        ([], "合计不一致"),
        ([{"a": 10, "b": 20}, {"x": 10, "y": 21}], "合计不一致"),
        ([{"a": 10, "b": 15, "c": 5}, {"x": 10, "y": 20}], "「c」有 5 人，却没有人作答"),
        ([{"a": 30}, {"x": 10, "y": 20}], "「b」有人作答，人数却不知道"),
        ([{"a": 10, "b": 20}, {"x": 30, "y": 0}], "「y」有人作答，人数却不知道"),
        ([{"a": 10, "b": 20}, {"x": 20, "y": 10}], "仍不能同时满足"),
        ([{"a": 10, "b": 20}], "for every margin"),
    ],
)
def test_margins_that_cannot_be_met_are_refused_and_named(margins: list[dict[str, int]], words: str) -> None:
    with pytest.raises(EstimateInputError, match=words):
        raked(CELLS, {"s": 30}, margins, 1)


def test_cells_that_cannot_be_met_are_refused_and_named() -> None:
    for known, words in (
        ({("a", "x"): 10}, "「b/y」有人作答"),
        ({("a", "x"): 10, ("b", "y"): 5, ("b", "x"): 1}, "「b/x」有 1 人"),
    ):
        with pytest.raises(EstimateInputError, match=words):
            post_stratified(CELLS, {"s": 30}, known, 1)


@pytest.mark.parametrize(
    "row",
    [
        StratumCell("s", ("a", "x"), 5, 6, 6, 9),
        StratumCell("s", ("a", "x"), 5, 4, 3, 9),
        StratumCell("s", ("a", "x"), -1, 0, 0, 9),
        StratumCell("s", ("a", "x"), 0, 0, 1, 9),
        StratumCell("s", ("a", "x"), 31, 4, 4, 40),
        StratumCell("nowhere", ("a", "x"), 5, 4, 4, 9),
        StratumCell("s", ("a",), 5, 4, 4, 9),
        StratumCell("s", ("b", "y"), 5, 4, 4, 9),
        StratumCell("s", ("a", "x"), True, 1, 1, 9),
    ],
)
def test_sums_no_answers_have_are_refused(row: StratumCell) -> None:
    with pytest.raises(EstimateInputError):
        post_stratified([row, CELLS[1]], {"s": 30}, {("a", "x"): 10, ("b", "y"): 20}, 1)


def test_classes_nobody_answered_in_and_impossible_numbers_asked_are_refused() -> None:
    with pytest.raises(NoFigure, match="「c」问了 3 人，没有人作答"):
        class_weighted([StratumCell("s", ("a",), 5, 4, 4, 9), StratumCell("s", ("c",), 0, 0, 0, 3)], {"s": 30}, 1)
    with pytest.raises(EstimateInputError, match="5 answers of 4 asked"):
        class_weighted([StratumCell("s", ("a",), 5, 4, 4, 4)], {"s": 30}, 1)
    with pytest.raises(EstimateInputError, match="31 asked of 30"):
        class_weighted([StratumCell("s", ("a",), 5, 4, 4, 31)], {"s": 30}, 1)
    with pytest.raises(NoFigure):
        post_stratified([StratumCell("s", ("a",), 0, 0, 0)], {"s": 30}, {("a",): 30}, 1)


def test_a_class_with_one_answer_of_several_has_no_interval() -> None:
    rows = [StratumCell("s", ("a",), 1, 1, 1, 3), StratumCell("s", ("b",), 9, 4, 4, 9)]
    estimate = weighted_share(class_weighted(rows, {"s": 30}, 1))
    assert estimate.low is None
    assert "无法给出区间" in estimate.notes[0].zh
