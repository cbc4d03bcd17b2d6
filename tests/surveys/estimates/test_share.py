"""A share: exact coverage, limits that the answers allow, and strata without answers or with one noted."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.estimates import EstimateInputError, NoFigure, StratumCount, share


def simple_sample(population: int, answered: int, yes: int) -> list[StratumCount]:
    """A simple random sample: a single stratum."""
    return [StratumCount("all", "a", population, answered, yes)]


def coverage(population: int, size: int, confidence: float = 0.95) -> list[Fraction]:
    """For every possible number of yes, the exact probability that the interval contains it."""
    intervals = [share(simple_sample(population, size, yes), confidence=confidence) for yes in range(size + 1)]
    probabilities = []
    for count in range(population + 1):
        caught = 0
        for yes, estimate in enumerate(intervals):
            assert estimate.low is not None
            assert estimate.high is not None
            if estimate.low <= count / population <= estimate.high:
                caught += comb(count, yes) * comb(population - count, size - yes)
        probabilities.append(Fraction(caught, comb(population, size)))
    return probabilities


@pytest.mark.parametrize(("population", "size"), [(30, 10), (12, 3), (25, 24), (41, 2)])
def test_the_interval_contains_the_truth_at_least_95_times_in_100_whatever_the_truth(
    population: int, size: int
) -> None:
    assert min(coverage(population, size)) >= Fraction(95, 100)


def test_coverage_is_at_least_nominal_for_the_sizes_and_shares_of_evaluations() -> None:
    assert min(coverage(150, 100)[-23:]) >= Fraction(95, 100)


def test_coverage_is_at_least_nominal_at_other_levels_of_confidence() -> None:
    worst = min(coverage(30, 10, confidence=0.8))
    assert Fraction(80, 100) <= worst < Fraction(95, 100)


def test_all_satisfied_still_has_an_interval_unless_everyone_answered() -> None:
    sampled = share(simple_sample(1300, 124, 124))
    assert sampled.value == 1
    assert sampled.low is not None
    assert 0.96 < sampled.low < 0.98
    assert sampled.high == 1
    asked = share(simple_sample(124, 124, 124))
    assert (asked.low, asked.high, asked.standard_error) == (1, 1, 0)


def test_with_one_person_not_reached_the_limits_are_the_possible_shares() -> None:
    estimate = share(simple_sample(60, 59, 59))
    assert estimate.low == pytest.approx(59 / 60)
    assert estimate.high == 1


def test_the_interval_contains_its_own_estimate_when_nearly_everyone_answered() -> None:
    # The test alone would allow 199 of 200 only; the estimate 198/199 lies below.
    estimate = share(simple_sample(200, 199, 198))
    assert (estimate.low, estimate.high) == pytest.approx((198 / 199, 199 / 200))


def test_full_coverage_is_exact_and_says_so() -> None:
    counts = [StratumCount("v1", "a", 40, 40, 38), StratumCount("v2", "b", 20, 20, 17)]
    estimate = share(counts)
    assert estimate.method == "full-coverage"
    assert estimate.low == estimate.high == pytest.approx(55 / 60)
    assert estimate.value == Decimal("0.916667")
    assert estimate.standard_error == 0
    assert "没有抽样误差" in estimate.how.zh


def test_people_are_weighted_by_their_stratum() -> None:
    counts = [StratumCount("v1", "a", 900, 10, 10), StratumCount("v2", "a", 100, 10, 0)]
    assert share(counts).value == Decimal("0.900000")


def test_no_respondents_give_no_figure_rather_than_zero() -> None:
    for counts in ([], simple_sample(50, 0, 0), [StratumCount("v1", "a", 5, 0, 0), StratumCount("v2", "b", 5, 0, 0)]):
        with pytest.raises(NoFigure) as caught:
            share(counts)
        assert caught.value.code == "no-respondents"
        assert "暂无结果" in caught.value.message.zh


@pytest.mark.parametrize(
    "counts",
    [
        simple_sample(10, 11, 5),
        simple_sample(10, 5, 6),
        simple_sample(10, 5, -1),
        simple_sample(10, -1, 0),
        simple_sample(-10, 0, 0),
        simple_sample(0, 0, 0),
        simple_sample(10, 0, 1),
        simple_sample(10, 5, 3) * 2,
        [StratumCount("v1", "a", None, 5, 3)],  # type: ignore[arg-type]
        [StratumCount("v1", "a", 10, 5, 2.5)],  # type: ignore[arg-type]
        [StratumCount("v1", "a", 10, True, 1)],
    ],
)
def test_counts_that_cannot_be_are_an_error_never_a_skipped_correction(counts: list[StratumCount]) -> None:
    with pytest.raises(EstimateInputError):
        share(counts)


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    with pytest.raises(EstimateInputError):
        share(simple_sample(30, 10, 5), confidence=confidence)


def test_a_stratum_without_answers_is_imputed_from_its_area_and_noted() -> None:
    estimate = share(
        [
            StratumCount("v1", "a", 30, 10, 10),
            StratumCount("v2", "a", 10, 10, 0),
            StratumCount("v3", "a", 60, 0, 0),
            StratumCount("v4", "b", 100, 10, 5),
        ]
    )
    # Area a stands for 100 people at three quarters, area b for 100 at one half.
    assert estimate.value == Decimal("0.625000")
    assert estimate.population == 200
    assert tuple(note.zh for note in estimate.notes) == ("v3 没有人作答，其 60 人按同片区其他人的平均计入。",)


def test_a_stratum_that_represents_one_without_answers_is_not_complete() -> None:
    estimate = share([StratumCount("v1", "a", 10, 10, 10), StratumCount("v2", "a", 90, 0, 0)])
    assert estimate.method != "full-coverage"
    assert estimate.low is not None
    assert estimate.low < 0.8


def test_an_area_without_answers_is_named() -> None:
    estimate = share([StratumCount("v1", "a", 30, 10, 9), StratumCount("v2", "b", 70, 0, 0)])
    assert estimate.value == Decimal("0.900000")
    assert estimate.population == 100
    assert tuple(note.zh for note in estimate.notes) == (
        "片区 b 没有人作答，其 70 人按其他片区的平均计入，结果不反映该片区。",
    )


def test_a_stratum_with_one_answer_keeps_its_weight_and_is_collapsed_for_the_variance() -> None:
    estimate = share(
        [
            StratumCount("v1", "a", 40, 10, 5),
            StratumCount("v2", "a", 40, 1, 1),
            StratumCount("v3", "a", 40, 20, 20),
            StratumCount("v4", "b", 40, 10, 10),
        ]
    )
    # The nearest in the order of the codes, the earlier of two; how many answered there does not matter.
    assert estimate.value == Decimal("0.875000")
    assert tuple(note.zh for note in estimate.notes) == ("v2 只有 1 人作答，估计误差时与 v1 合并。",)
    assert estimate.degrees_of_freedom == 41 - 3
    assert estimate.low is not None


def test_a_single_answer_without_a_neighbour_leaves_no_interval_rather_than_a_wrong_one() -> None:
    estimate = share([StratumCount("v1", "a", 40, 1, 1), StratumCount("v2", "b", 40, 10, 9)])
    assert estimate.value == Decimal("0.950000")
    assert (estimate.low, estimate.high, estimate.standard_error) == (None, None, None)
    assert (estimate.t_low, estimate.t_high) == (None, None)
    assert tuple(note.zh for note in estimate.notes) == ("v1 只有 1 人作答，同片区没有可以合并的层，无法给出区间。",)
    assert "不给区间" in estimate.how.zh


def test_a_complete_neighbour_is_not_collapsed_with() -> None:
    estimate = share([StratumCount("v1", "a", 40, 1, 1), StratumCount("v2", "a", 5, 5, 4)])
    assert estimate.low is None


def test_a_stratum_of_one_person_who_answered_is_not_collapsed() -> None:
    estimate = share([StratumCount("v1", "a", 1, 1, 1), StratumCount("v2", "a", 40, 20, 18)])
    assert estimate.low is not None
    assert estimate.notes == ()


@st.composite
def designs(draw: st.DrawFn) -> list[StratumCount]:
    """Small stratified samples of every kind: strata without answers, with one, complete, all yes, all no."""
    counts = []
    for number in range(draw(st.integers(1, 5))):
        population = draw(st.integers(1, 60))
        answered = draw(st.integers(0, population))
        yes = draw(st.integers(0, answered))
        counts.append(StratumCount(f"v{number}", draw(st.sampled_from("ab")), population, answered, yes))
    return counts


@settings(max_examples=150)
@given(designs())
def test_for_any_design_value_limits_and_error_are_consistent(counts: list[StratumCount]) -> None:
    answered, people = sum(c.answered for c in counts), sum(c.population for c in counts)
    if answered == 0:
        with pytest.raises(NoFigure):
            share(counts)
        return
    estimate = share(counts)
    assert (estimate.n, estimate.population) == (answered, people)
    assert 0 <= estimate.value <= 1
    if estimate.low is None or estimate.high is None:
        assert any("无法给出区间" in note for note in (text.zh for text in estimate.notes))
        return
    assert 0 <= estimate.low <= float(estimate.value) + 1e-6
    assert float(estimate.value) - 1e-6 <= estimate.high <= 1
    assert (estimate.low == estimate.high) == (answered == people)
    yes = sum(c.yes for c in counts)
    assert estimate.low >= yes / people - 1e-12
    assert estimate.high <= 1 - (answered - yes) / people + 1e-12
    if len({c.yes for c in counts}) == 1 and yes == 0 and answered < people:
        assert estimate.high > 0
