"""Probabilities of points and grades: they sum to 1 and follow the interval they come from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, product
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from surveys.estimates import INDEX_SCALE, Estimate, StratumCount, StratumSums, mean, share
from surveys.rounding import half_up
from surveys.scoring.grade_probabilities import grade_chances, points_chances, statistic_chances, total_chances
from surveys.scoring.rules import Linear, Steps
from surveys.scoring.scheme import Grade

GRADES = tuple(Grade(code, code, code, Decimal(lowest)) for code, lowest in (("A", 90), ("B", 80), ("C", 60), ("D", 0)))


def a_share(yes: int, answered: int = 100, people: int = 1300) -> Estimate:
    return share([StratumCount("v", "a", people, answered, yes)])


def a_mean(values: list[int], people: int = 1300) -> Estimate:
    scaled = [v * INDEX_SCALE for v in values]
    return mean([StratumSums("v", "a", people, len(values), sum(scaled), sum(v * v for v in scaled))])


def hypergeometric(people: int, yes: int, size: int, at_least: int) -> Fraction:
    count = sum(comb(yes, x) * comb(people - yes, size - x) for x in range(at_least, size + 1))
    return Fraction(count, comb(people, size))


@pytest.mark.parametrize(("people", "size", "hits"), [(30, 10, 8), (30, 10, 10), (25, 20, 0), (41, 5, 3)])
def test_the_chances_of_a_share_lie_mid_way_between_the_limits_at_every_level(
    people: int, size: int, hits: int
) -> None:
    below, expected = Fraction(0), {}
    for yes in range(people + 1):
        upper = Fraction(1) if yes == people else hypergeometric(people, yes + 1, size, hits + 1)
        up_to = (hypergeometric(people, yes, size, hits) + upper) / 2
        if up_to > below:
            expected[half_up(Fraction(100 * yes, people), 2)] = float(up_to - below)
        below = up_to
    chances = statistic_chances(a_share(hits, size, people), percent=True)
    assert chances == pytest.approx(expected, abs=1e-8)


def test_values_outside_the_interval_have_no_more_than_its_error_probability() -> None:
    for estimate in (a_share(95), a_share(90, 100, 150), a_share(100)):
        chances = statistic_chances(estimate, percent=True)
        assert estimate.low is not None
        assert estimate.high is not None
        assert sum(p for v, p in chances.items() if v < half_up(Fraction(100 * estimate.low), 2)) <= 0.025
        assert sum(p for v, p in chances.items() if v > half_up(Fraction(100 * estimate.high), 2)) <= 0.025


@pytest.mark.parametrize(("hits", "size"), [(95, 100), (100, 100), (0, 100), (3, 12)])
def test_the_chances_of_a_mean_are_binomial_tails(hits: int, size: int) -> None:
    value = half_up(Fraction(100 * hits, size), 6)
    estimate = Estimate(value, 1.0, 2.0, size, 1300, "", "", None, None, effective=float(size))
    chances = statistic_chances(estimate, percent=False)
    up_to = list(accumulate(chances.get(Decimal(i) / 100, 0.0) for i in range(10_001)))
    for i in range(0, 10_000, 500):
        edge = (i + 0.5) / 10_000
        exact = (binom.sf(hits - 1, size, edge) + binom.sf(hits, size, edge)) / 2
        assert up_to[i] == pytest.approx(exact, abs=1e-5)
    assert up_to[-1] == pytest.approx(1, abs=1e-12)


@settings(max_examples=40)
@given(st.integers(1, 400), st.data())
def test_the_chances_sum_to_1_and_are_of_published_values(people: int, data: st.DataObject) -> None:
    answered = data.draw(st.integers(1, people))
    estimate = a_share(data.draw(st.integers(0, answered)), answered, people)
    chances = statistic_chances(estimate, percent=True)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-12)
    assert all(0 <= value <= 100 and value == half_up(value, 2) for value in chances)
    if estimate.low is not None:
        assert min(chances) >= half_up(Fraction(100 * round(estimate.n * float(estimate.value)), people), 2) - 1


def test_with_everyone_answering_one_value_is_certain() -> None:
    assert statistic_chances(a_share(57, 60, 60), percent=True) == {Decimal("95.00"): 1.0}
    assert statistic_chances(a_mean([100, 90], 2), percent=False) == {Decimal("95.00"): 1.0}


def test_without_an_interval_there_is_a_single_value() -> None:
    assert statistic_chances(a_share(1, 1), percent=True) == {Decimal("100.00"): 1.0}


@pytest.mark.parametrize("estimate", [a_share(124, 124), a_mean([100] * 124)])
def test_all_satisfied_is_one_hundred_in_half_the_cases_and_never_more(estimate: Estimate) -> None:
    chances = statistic_chances(estimate, percent=estimate.value <= 1)
    assert chances[Decimal("100.00")] == pytest.approx(0.5, abs=0.1)
    assert max(chances) == 100
    assert sum(p for value, p in chances.items() if value < 95) < 0.002


def at_least(chances: dict[Decimal, float], line: int) -> float:
    return round(sum(p for value, p in chances.items() if value >= line), 9)


@pytest.mark.parametrize("line", [80, 85, 90, 95, 99])
def test_a_better_figure_raises_the_probability_of_reaching_any_threshold(line: int) -> None:
    shares = [at_least(statistic_chances(a_share(yes), percent=True), line) for yes in range(80, 101, 2)]
    worse = a_mean([100] * 50 + [80] * 10)
    better = [replace(worse, value=Decimal(value)) for value in range(80, 101, 4)]
    means = [at_least(statistic_chances(estimate, percent=False), line) for estimate in better]
    assert shares == sorted(shares)
    assert means == sorted(means)


def test_more_of_the_population_answering_narrows_the_distribution() -> None:
    near = [at_least(statistic_chances(a_share(95, 100, people), True), 90) for people in (5000, 300, 150, 110)]
    assert near == sorted(near)
    assert near[-1] > 0.9999


def test_over_repeated_draws_the_probability_of_too_much_is_right_on_average() -> None:
    # Over every sample of 20 of 60 with 48 satisfied, the confidence in less than the truth averages about one half.
    people, yes, size = 60, 48, 20
    total = 0.0
    for hits in range(size - (people - yes), size + 1):
        chance = comb(yes, hits) * comb(people - yes, size - hits) / comb(people, size)
        chances = statistic_chances(a_share(hits, size, people), percent=True)
        total += chance * (1 - at_least(chances, 80) + chances.get(Decimal("80.00"), 0.0) / 2)
    assert total == pytest.approx(0.5, abs=0.01)


STEPS = Steps(((Decimal(95), Decimal(20)), (Decimal(90), Decimal(15)), (Decimal(0), Decimal(0))))


def test_points_gather_the_values_that_give_them() -> None:
    values = {Decimal("96.00"): 0.5, Decimal("95.00"): 0.25, Decimal("94.99"): 0.2, Decimal("10.00"): 0.05}
    assert points_chances(values, STEPS, 2) == pytest.approx({Decimal(20): 0.75, Decimal(15): 0.2, Decimal(0): 0.05})


def test_points_are_rounded_as_they_are_published() -> None:
    rule = Linear(((Decimal(60), Decimal(0)), (Decimal(90), Decimal(10))))
    values = {Decimal("80.00"): 0.5, Decimal("80.10"): 0.5}
    assert points_chances(values, rule, 0) == {Decimal(7): 1.0}
    assert points_chances(values, rule, 1) == {Decimal("6.7"): 1.0}
    assert len(points_chances(values, rule, 2)) == 2


POINTS = st.dictionaries(st.integers(0, 30).map(Decimal), st.floats(0.01, 1), min_size=1, max_size=4).map(
    lambda found: {points: chance / sum(found.values()) for points, chance in found.items()}
)


@given(st.lists(POINTS, max_size=3), st.integers(0, 60))
def test_totals_are_every_combination_of_points(items: list[dict[Decimal, float]], fixed: int) -> None:
    expected: dict[Decimal, float] = {}
    for choice in product(*(item.items() for item in items)):
        chance = 1.0
        for _, p in choice:
            chance *= p
        total = fixed + sum((points for points, _ in choice), Decimal(0))
        expected[total] = expected.get(total, 0.0) + chance
    totals = total_chances(Decimal(fixed), items)
    assert totals == pytest.approx(expected)
    assert sum(totals.values()) == pytest.approx(1)
    grades = grade_chances(totals, GRADES)
    assert sum(g.chance for g in grades) == pytest.approx(1)
    assert [g.name for g in grades] == sorted(g.name for g in grades)


def test_a_total_on_the_line_belongs_to_the_better_grade() -> None:
    grades = grade_chances({Decimal(90): 0.5, Decimal("89.99"): 0.3, Decimal(12): 0.2}, GRADES)
    assert [(g.name, g.chance) for g in grades] == [("A", 0.5), ("B", 0.3), ("D", 0.2)]


def test_a_grade_that_cannot_be_is_left_out() -> None:
    assert [g.name for g in grade_chances({Decimal(95): 1.0, Decimal(3): 1e-12}, GRADES)] == ["A"]


def test_the_whole_way_from_a_sample_to_grades() -> None:
    values = statistic_chances(a_mean([100] * 100 + [60] * 24), percent=False)
    totals = total_chances(Decimal("72.5"), [points_chances(values, STEPS, 2)])
    grades = {g.name: g.chance for g in grade_chances(totals, GRADES)}
    assert set(grades) == {"A", "B"} | ({"C"} & set(grades))
    assert sum(grades.values()) == pytest.approx(1)
    certain = replace(a_mean([100] * 100 + [60] * 24), effective=None)
    assert len(statistic_chances(certain, percent=False)) == 1
