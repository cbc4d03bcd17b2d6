"""Nonresponse bounds of a figure, and the fewest answers to change it: compared with trying every possibility."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.estimates import INDEX_SCALE, EstimateInputError, NoFigure, StratumCount, StratumSums
from surveys.estimates.nonresponse_bounds import Flips, flips_below, mean_bounds, share_bounds
from surveys.rounding import half_up

TOP = 100 * INDEX_SCALE


def counted(population: int, answered: int, yes: int, base: int | None = None) -> StratumCount:
    return StratumCount("v", "a", population, answered, yes, base)


def scored(name: str, population: int, points: list[int]) -> StratumSums:
    values = [p * INDEX_SCALE for p in points]
    return StratumSums(name, "a", population, len(values), sum(values), sum(v * v for v in values))


def test_918_satisfied_of_960_drawn_with_everyone_answering_has_equal_bounds() -> None:
    bounds = share_bounds([counted(960, 960, 918)])
    assert (bounds.worst, bounds.best, bounds.missing) == (Decimal("95.63"), Decimal("95.63"), 0)


@pytest.mark.parametrize(
    ("answered", "yes", "worst", "best"),
    [(950, 918, "95.63", "96.67"), (959, 918, "95.63", "95.73"), (918, 918, "95.63", "100.00"), (0, 0, "0", "100")],
)
def test_with_people_missing_of_960_the_figure_lies_between_none_and_all_of_them(
    answered: int, yes: int, worst: str, best: str
) -> None:
    bounds = share_bounds([counted(960, answered, yes)])
    assert (bounds.worst, bounds.best, bounds.missing) == (Decimal(worst), Decimal(best), 960 - answered)


def test_the_figure_among_those_drawn_is_bounded_by_those_drawn() -> None:
    bounds = share_bounds([counted(5000, 118, 110)], sampled=124)
    assert (bounds.heard, bounds.population, bounds.missing) == (118, 124, 6)
    assert (bounds.worst, bounds.best) == (half_up(Fraction(11000, 124), 2), half_up(Fraction(11600, 124), 2))


def test_the_bounds_of_a_part_use_its_own_answers_only() -> None:
    bounds = share_bounds([counted(300, 60, 18, base=20)], sampled=100)
    assert (bounds.heard, bounds.worst, bounds.best) == (20, Decimal("18.00"), Decimal("98.00"))


def test_of_a_part_it_must_be_said_how_many_people_it_has() -> None:
    with pytest.raises(EstimateInputError, match="how many people"):
        share_bounds([counted(300, 60, 18, base=20)])


@pytest.mark.parametrize("counts", [[counted(10, 5, 6)], [counted(3, 5, 1)], [counted(10, 5, -1)], []])
def test_bounds_of_counts_that_cannot_be_are_refused(counts: list[StratumCount]) -> None:
    with pytest.raises(EstimateInputError):
        share_bounds(counts)


def test_fewer_drawn_than_answered_is_refused() -> None:
    with pytest.raises(EstimateInputError, match="5 answers of 4 people"):
        share_bounds([counted(10, 5, 2)], sampled=4)


def test_bounds_of_a_mean_put_everyone_missing_at_0_or_100() -> None:
    bounds = mean_bounds([scored("v", 10, [90, 80, 100, 70])])
    assert (bounds.worst, bounds.best) == (Decimal("34.00"), Decimal("94.00"))


@given(st.lists(st.sampled_from([0, 55, 80, 100]), min_size=1, max_size=6), st.integers(0, 4))
def test_the_bounds_of_a_mean_agree_with_trying_every_completion(points: list[int], unanswered: int) -> None:
    bounds = mean_bounds([scored("v", len(points) + unanswered, points)])
    possible = [
        Fraction(sum(points) + sum(others), len(points) + unanswered)
        for others in product([0, 30, 55, 80, 100], repeat=unanswered)
    ]
    assert (bounds.worst, bounds.best) == (half_up(min(possible), 2), half_up(max(possible), 2))


@given(st.integers(1, 400), st.data())
def test_bounds_contain_the_share_answered_and_narrow_with_more_answers(population: int, data: st.DataObject) -> None:
    answered = data.draw(st.integers(1, population))
    yes = data.draw(st.integers(0, answered))
    bounds = share_bounds([counted(population, answered, yes)])
    assert bounds.worst <= half_up(Fraction(100 * yes, answered), 2) <= bounds.best
    assert (bounds.worst == bounds.best) == (answered == population) or population > 10_000
    if answered < population:
        more = share_bounds([counted(population, answered + 1, yes + data.draw(st.integers(0, 1)))])
        assert bounds.worst <= more.worst <= more.best <= bounds.best


def fewest_by_trying(strata: list[tuple[int, list[int]]], threshold: Decimal) -> Flips | None:
    """The fewest top answers that, changed to 0, bring the mean below: every choice in every stratum is tried."""
    population = sum(people for people, _ in strata)

    def mean(turned: tuple[int, ...]) -> Fraction:
        sums = [
            Fraction(people * (sum(points) - 100 * t), len(points))
            for (people, points), t in zip(strata, turned, strict=True)
        ]
        return sum(sums, Fraction(0)) / population

    if half_up(mean((0,) * len(strata)), 2) < threshold:
        return None
    below = [
        (sum(turned), mean(turned))
        for turned in product(*(range(points.count(100) + 1) for _, points in strata))
        if half_up(mean(turned), 2) < threshold
    ]
    if not below:
        return None
    people, value = min(below)
    return Flips(threshold, people, half_up(value, 2))


# Answers are 0 or 100, so that a sum tells how many are at the top.
ANSWERS = st.lists(st.sampled_from([0, 100, 100, 100]), min_size=1, max_size=6)
LINES = st.sampled_from(["95", "90", "80", "60", "33.33", "50", "0.01", "0", "66.665", "83.3349"]).map(Decimal)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 9), ANSWERS), min_size=1, max_size=3), LINES)
def test_the_fewest_flips_agree_with_trying_every_change(
    drawn: list[tuple[int, list[int]]], threshold: Decimal
) -> None:
    strata = [(len(points) + more, points) for more, points in drawn]
    sums = [scored(f"v{n}", people, points) for n, (people, points) in enumerate(strata)]
    flips, expected = flips_below(sums, threshold), fewest_by_trying(strata, threshold)
    if expected is None or flips is None:
        assert flips == expected
    else:
        assert (flips.line, flips.people) == (threshold, expected.people)
        assert half_up(flips.value, 2) == flips.value < threshold


def test_918_of_960_falls_below_95_by_seven_answers() -> None:
    sums = StratumSums("v", "a", 960, 960, 918 * TOP, 918 * TOP**2)
    assert flips_below([sums], Decimal(95)) == Flips(Decimal(95), 7, Decimal("94.90"))


def test_a_figure_published_as_the_threshold_itself_is_not_below_it() -> None:
    # 124 answers of 100: seven turned leave 94.35 %, six 95.16 %.
    sums = [scored("v", 1300, [100] * 124)]
    assert flips_below(sums, Decimal(95)) == Flips(Decimal(95), 7, Decimal("94.35"))
    assert flips_below(sums, Decimal("95.16")) == Flips(Decimal("95.16"), 7, Decimal("94.35"))
    assert flips_below(sums, Decimal("95.17")) == Flips(Decimal("95.17"), 6, Decimal("95.16"))


def test_a_threshold_between_two_published_figures_is_crossed_by_the_lower_of_them() -> None:
    # 95.00 is below 95.005 although 95.004, not rounded, would be above 95.000.
    sums = [StratumSums("v", "a", 500, 500, 476 * TOP, 476 * TOP**2)]
    assert flips_below(sums, Decimal("95.005")) == Flips(Decimal("95.005"), 1, Decimal("95.00"))


def test_answers_of_a_stratum_that_weighs_more_are_changed_first() -> None:
    sums = [scored("v1", 10, [100] * 10), scored("v2", 90, [100] * 10)]
    assert flips_below(sums, Decimal(95)) == Flips(Decimal(95), 1, Decimal("91.00"))


def test_a_figure_below_the_threshold_already_and_one_that_cannot_fall_have_no_flips() -> None:
    assert flips_below([scored("v", 10, [80, 90])], Decimal(95)) is None
    assert flips_below([scored("v", 10, [100, 100])], Decimal(0)) is None


def test_without_answers_there_is_no_figure() -> None:
    with pytest.raises(NoFigure):
        flips_below([StratumSums("v", "a", 10, 0, 0, 0)], Decimal(95))


@settings(max_examples=100)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.integers(0, 100), st.integers(1, 99))
def test_a_higher_threshold_never_needs_more_answers(fives: list[int], more: int, threshold: int) -> None:
    sums = [scored("v", len(fives) + more, [5 * five for five in fives])]
    low, high = flips_below(sums, Decimal(threshold)), flips_below(sums, Decimal(threshold + 1))
    if low is not None and high is not None:
        assert high.people <= low.people
