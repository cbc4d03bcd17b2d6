"""Totals, ratios, quantiles and changes: what they are by definition, tried on small populations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.estimates import (
    INDEX_SCALE,
    EstimateInputError,
    NoFigure,
    StratumCount,
    StratumOverlap,
    StratumPairs,
    StratumSums,
    StratumValues,
    mean,
    mean_change,
    quantile,
    ratio,
    share,
    share_change,
    total,
)
from surveys.estimates.design_building import design
from surveys.estimates.overlap import rounds_covariance


def test_a_total_is_the_share_times_the_people_with_its_interval() -> None:
    counts = [StratumCount("v1", "a", 412, 49, 45), StratumCount("v2", "a", 287, 34, 34)]
    estimate, part = total(counts), share(counts)
    assert float(estimate.value) == pytest.approx(699 * float(part.value), abs=1e-3)
    assert part.low is not None
    assert part.high is not None
    assert (estimate.low, estimate.high) == (699 * part.low, 699 * part.high)
    assert estimate.standard_error == 699 * (part.standard_error or 0)
    assert estimate.population == 699


def test_a_total_of_everyone_is_a_count() -> None:
    estimate = total([StratumCount("v", "a", 60, 60, 57)])
    assert (estimate.value, estimate.low, estimate.high, estimate.standard_error) == (57, 57, 57, 0)


def test_a_total_never_leaves_out_those_who_said_yes_nor_counts_those_who_said_no() -> None:
    estimate = total([StratumCount("v", "a", 1300, 124, 124)])
    assert estimate.high == 1300
    assert estimate.low is not None
    assert 124 < estimate.low < 1300


def test_the_people_of_a_part_of_unknown_size_are_counted_among_everyone() -> None:
    counts = [StratumCount("v", "a", 1000, 100, 18, 20)]
    assert total(counts).value == 180
    assert total(counts, domain=250).value == 225


def test_a_total_without_answers_is_no_figure() -> None:
    with pytest.raises(NoFigure):
        total([StratumCount("v", "a", 10, 0, 0)])


def pairs_of(stratum: str, population: int, pairs: Sequence[tuple[int, int]]) -> StratumPairs:
    x, y = [p[0] for p in pairs], [p[1] for p in pairs]
    return StratumPairs(
        stratum,
        "a",
        population,
        len(pairs),
        sum(x),
        sum(v * v for v in x),
        sum(y),
        sum(v * v for v in y),
        sum(a * b for a, b in pairs),
    )


def test_a_ratio_weighs_sums_not_people() -> None:
    estimate = ratio([pairs_of("v", 100, [(1, 10), (3, 6)])])
    assert estimate.value == 4
    assert estimate.low is not None
    assert estimate.low < 4


def test_a_ratio_that_never_varies_has_no_error_and_one_of_everyone_is_exact() -> None:
    assert ratio([pairs_of("v", 100, [(1, 3), (2, 6), (5, 15)])]).standard_error == 0
    fact = ratio([pairs_of("v", 2, [(1, 3), (2, 7)])])
    assert (fact.low, fact.high, fact.standard_error) == (10 / 3, 10 / 3, 0)
    assert fact.method == "full-coverage"


def test_a_denominator_of_zero_gives_no_figure() -> None:
    with pytest.raises(NoFigure) as caught:
        ratio([pairs_of("v", 9, [(0, 3), (0, 1)])])
    assert caught.value.code == "nothing-to-divide-by"
    with pytest.raises(NoFigure) as caught:
        ratio([pairs_of("v", 9, [])])
    assert caught.value.code == "no-respondents"


def test_a_ratio_to_ones_is_a_mean() -> None:
    values = [100, 95, 80, 80, 55]
    estimate = ratio([pairs_of("v", 40, [(1, v) for v in values])])
    beside = mean(
        [StratumSums("v", "a", 40, 5, sum(values) * INDEX_SCALE, sum((v * INDEX_SCALE) ** 2 for v in values))]
    )
    assert estimate.value == beside.value
    assert estimate.standard_error == pytest.approx(beside.standard_error)


@pytest.mark.parametrize("products", [30, -30, 21.0])
def test_products_that_no_pairs_have_are_refused(products: int) -> None:
    with pytest.raises(EstimateInputError):
        ratio([StratumPairs("v", "a", 10, 2, 3, 5, 9, 45, products)])
    with pytest.raises(EstimateInputError):
        ratio([StratumPairs("v", "a", 10, 0, 0, 0, 0, 0, 1)])


def test_a_single_pair_of_several_people_has_no_interval() -> None:
    estimate = ratio([pairs_of("v", 10, [(2, 5)])])
    assert (estimate.value, estimate.low, estimate.standard_error) == (Decimal("2.5"), None, None)
    assert "不给区间" in estimate.how.zh


def valued(stratum: str, population: int, points: Sequence[int]) -> StratumValues:
    return StratumValues(stratum, "a", population, len(points), Counter(p * INDEX_SCALE for p in points))


@pytest.mark.parametrize(("part", "value"), [("1/2", 80), ("0.51", 95), ("1/4", 60), ("0.99", 100), ("0.01", 60)])
def test_a_quantile_is_the_smallest_value_that_enough_do_not_exceed(part: str, value: int) -> None:
    assert quantile([valued("v", 100, [60, 80, 95, 100])], Fraction(part)).value == value


def test_a_quantile_weighs_answers_by_their_stratum() -> None:
    strata = [valued("v1", 900, [100, 100]), valued("v2", 100, [0, 0])]
    assert quantile(strata, Fraction(1, 10)).value == 0
    assert quantile(strata, Fraction(101, 1000)).value == 100


def test_a_quantile_of_everyone_is_exact() -> None:
    estimate = quantile([valued("v", 4, [60, 80, 95, 100])], Fraction(1, 2))
    assert (estimate.low, estimate.high, estimate.method) == (80, 80, "full-coverage")


def test_when_all_say_100_the_median_is_100_and_a_low_quantile_may_still_be_anything() -> None:
    strata = [valued("v", 1300, [100] * 124)]
    median, lowest = quantile(strata, Fraction(1, 2)), quantile(strata, Fraction(1, 100))
    assert (median.value, median.low, median.high) == (100, 100, 100)
    assert (lowest.value, lowest.low, lowest.high) == (100, 0, 100)


def test_a_quantile_without_answers_is_no_figure() -> None:
    for strata in ([], [valued("v", 10, [])]):
        with pytest.raises(NoFigure):
            quantile(strata, Fraction(1, 2))


@pytest.mark.parametrize("part", [0, 1, Fraction(-1, 2), 50])
def test_a_quantile_lies_between_0_and_1(part: Fraction) -> None:
    with pytest.raises(EstimateInputError):
        quantile([valued("v", 10, [80, 90])], part)


@pytest.mark.parametrize(
    "values", [{101 * INDEX_SCALE: 1}, {-1: 1}, {0: -1}, {0.5: 1}, {100: 1.0}, {100: 3}, {100: 1, 200: 4}]
)
def test_values_that_cannot_be_are_refused(values: dict[int, int]) -> None:
    with pytest.raises(EstimateInputError):
        quantile([StratumValues("v", "a", 10, 2, values)], Fraction(1, 2))


def test_a_single_answer_has_a_quantile_without_interval() -> None:
    estimate = quantile([valued("v", 10, [80])], Fraction(1, 2))
    assert (estimate.value, estimate.low, estimate.high, estimate.t_low) == (80, None, None, None)


@pytest.mark.parametrize("part", [Fraction(1, 4), Fraction(1, 2), Fraction(4, 5)])
@pytest.mark.parametrize("everyone", [[0, 30, 60, 60, 80, 80, 80, 95, 95, 100, 100, 100], [100] * 8 + [55] * 4])
def test_the_interval_of_a_quantile_covers_at_least_95_times_in_100(everyone: list[int], part: Fraction) -> None:
    size, held = 5, 0
    truth = next(v for v in sorted(everyone) if Fraction(sum(w <= v for w in everyone), len(everyone)) >= part)
    seen = Counter(tuple(sorted(chosen)) for chosen in combinations(everyone, size))
    for chosen, ways in seen.items():
        estimate = quantile([valued("v", len(everyone), chosen)], part)
        assert estimate.low is not None
        assert estimate.high is not None
        held += ways * (estimate.low <= truth <= estimate.high)
    assert Fraction(held, comb(len(everyone), size)) >= Fraction(95, 100)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.lists(st.integers(0, 100), max_size=6)), min_size=1, max_size=3),
    st.fractions(Fraction(1, 50), Fraction(49, 50)),
)
def test_whatever_the_answers_a_quantile_is_one_of_them_within_its_limits(
    drawn: list[tuple[int, list[int]]], part: Fraction
) -> None:
    strata = [valued(f"v{n}", len(points) + more or 1, points) for n, (more, points) in enumerate(drawn)]
    if not any(points for _, points in drawn):
        return
    estimate = quantile(strata, part)
    assert estimate.value in {p for _, points in drawn for p in points}
    if estimate.low is not None:
        assert estimate.high is not None
        assert 0 <= estimate.low <= float(estimate.value) <= estimate.high <= 100


def round_of(values: Sequence[int], population: int) -> list[StratumSums]:
    scaled = [v * INDEX_SCALE for v in values]
    return [StratumSums("v", "a", population, len(values), sum(scaled), sum(v * v for v in scaled))]


def both_of(current: Sequence[int], before: Sequence[int], listed: int) -> list[StratumOverlap]:
    products = sum(x * y for x, y in zip(current, before, strict=True)) * INDEX_SCALE**2
    return [StratumOverlap("v", listed, len(current), sum(current) * INDEX_SCALE, sum(before) * INDEX_SCALE, products)]


def test_the_covariance_is_unbiased_over_every_pair_of_samples_that_overlap_by_two() -> None:
    current, before = [0, 30, 80, 100, 95, 60], [10, 0, 80, 100, 60, 95]
    people, pairs = range(6), []
    for first in combinations(people, 3):
        for second in combinations(people, 3):
            if len(set(first) & set(second)) == 2:
                pairs.append((first, second))
    means = [(Fraction(sum(current[i] for i in a), 3), Fraction(sum(before[i] for i in b), 3)) for a, b in pairs]
    centre = [sum(column) / len(pairs) for column in zip(*means, strict=True)]
    true = sum((x - centre[0]) * (y - centre[1]) for x, y in means) / len(pairs)
    estimated = Fraction(0)
    for first, second in pairs:
        twice = sorted(set(first) & set(second))
        plans = [
            design(round_of([values[i] for i in chosen], 6), low=0, high=100 * INDEX_SCALE, confidence=0.95)
            for values, chosen in ((current, first), (before, second))
        ]
        overlap = both_of([current[i] for i in twice], [before[i] for i in twice], 6)
        estimated += rounds_covariance(plans[0], plans[1], overlap, 100 * INDEX_SCALE) / INDEX_SCALE**2
    assert estimated / len(pairs) == true


def test_people_asked_twice_with_equal_answers_shorten_the_interval_of_a_change() -> None:
    before = [100, 95, 80, 60, 55, 100, 80, 95]
    current = [100, 100, 85, 65, 60, 100, 80, 100]
    apart = mean_change(round_of(current, 90), round_of(before, 90), [])
    paired = mean_change(round_of(current, 90), round_of(before, 90), both_of(current, before, 90))
    assert paired.value == apart.value
    assert paired.standard_error is not None
    assert apart.standard_error is not None
    assert paired.standard_error < apart.standard_error / 3
    assert (apart.beyond_chance, paired.beyond_chance) == (False, True)
    assert paired.low is not None
    assert apart.low is not None
    assert paired.low > apart.low


def test_a_change_without_people_asked_twice_is_that_of_independent_rounds() -> None:
    counts = [[StratumCount("v", "a", 400, 90, yes)] for yes in (88, 80)]
    none = share_change(*counts, [StratumOverlap("v", 400, 0, 0, 0, 0)])
    assert none == share_change(*counts, [])
    assert none.standard_error is not None


def test_the_same_answers_twice_are_no_change_and_no_error() -> None:
    values = [100, 80, 60, 95]
    change = mean_change(round_of(values, 40), round_of(values, 40), both_of(values, values, 40))
    assert change.value == 0
    assert change.standard_error == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "twice",
    [
        StratumOverlap("v", 400, 91, 80, 80, 75),  # more than answered
        StratumOverlap("v", 9, 10, 8, 8, 7),  # more than listed
        StratumOverlap("w", 400, 10, 8, 8, 7),  # a stratum nobody answered in
        StratumOverlap("v", 400, 10, 11, 8, 7),
        StratumOverlap("v", 400, 10, 8, 8, 9),
        StratumOverlap("v", 400, 10, 8, 8, 5),  # of ten at least six said yes twice
        StratumOverlap("v", 400, 10, 8, 8, 6.0),  # type: ignore[arg-type]
    ],
)
def test_overlaps_that_cannot_be_are_refused(twice: StratumOverlap) -> None:
    counts = [[StratumCount("v", "a", 400, 90, yes)] for yes in (88, 80)]
    with pytest.raises(EstimateInputError):
        share_change(*counts, [twice])


def test_a_stratum_named_twice_is_refused() -> None:
    counts = [[StratumCount("v", "a", 400, 90, yes)] for yes in (88, 80)]
    with pytest.raises(EstimateInputError, match="twice"):
        share_change(*counts, [StratumOverlap("v", 400, 10, 8, 8, 7)] * 2)
