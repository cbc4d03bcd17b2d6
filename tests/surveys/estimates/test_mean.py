"""The mean of the satisfaction index: inside the scale, with an interval for equal answers, impossible sums refused."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.estimates import INDEX_SCALE, Estimate, EstimateInputError, NoFigure, StratumSums, mean
from surveys.rounding import half_up


def sums(stratum: str, area: str, population: int, values: Sequence[str]) -> StratumSums:
    """A stratum's sums from indices written as text."""
    scaled = [int(Decimal(value) * INDEX_SCALE) for value in values]
    return StratumSums(stratum, area, population, len(scaled), sum(scaled), sum(s * s for s in scaled))


def interval(estimate: Estimate) -> tuple[float, float]:
    """The interval of an estimate that has one."""
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def test_an_index_of_88_5714_is_the_integer_885714() -> None:
    assert sums("v1", "a", 1, ["88.5714"]).total == 885714
    assert mean([sums("v1", "a", 1, ["88.5714"])]).value == Decimal("88.571400")


def test_the_value_is_exact_before_it_is_rounded() -> None:
    estimate = mean([sums("v1", "a", 300, ["100", "100", "0"])])
    assert estimate.value == Decimal("66.666667")
    assert half_up(estimate.value, 2) == Decimal("66.67")


def test_equal_answers_of_a_sample_still_have_an_interval() -> None:
    estimate = mean([sums("v1", "a", 1300, ["100"] * 124)])
    low, high = interval(estimate)
    assert estimate.value == 100
    assert high == 100
    assert 96 < low < 98
    assert estimate.standard_error == 0


def test_equal_answers_inside_the_scale_have_limits_on_both_sides() -> None:
    low, high = interval(mean([sums("v1", "a", 400, ["85"] * 60)]))
    assert low < 80
    assert high > 89


def test_equal_answers_of_everyone_are_exact() -> None:
    estimate = mean([sums("v1", "a", 60, ["85"] * 60)])
    assert interval(estimate) == (85, 85)
    assert (estimate.t_low, estimate.t_high) == (85, 85)
    assert estimate.method == "full-coverage"


def test_the_interval_stays_inside_the_scale_where_student_s_does_not() -> None:
    estimate = mean([sums("v1", "a", 1300, ["100"] * 118 + ["0"] + ["95"] * 5)])
    low, high = interval(estimate)
    assert high < 100
    assert estimate.t_high is not None
    assert estimate.t_high > 100
    assert low < float(estimate.value)


def test_hidden_low_scores_are_mentioned_beside_a_sampled_mean() -> None:
    assert "任何区间都看不到" in mean([sums("v1", "a", 300, ["100", "95"])]).how.zh
    assert "任何区间都看不到" not in mean([sums("v1", "a", 2, ["100", "95"])]).how.zh


def test_another_scale_gives_the_same_figure_moved() -> None:
    on_hundred = mean([sums("v1", "a", 300, ["0", "50", "100", "75"])])
    on_five = mean([sums("v1", "a", 300, ["1", "3", "5", "4"])], low=1, high=5)
    assert on_five.value == Decimal("3.25")
    assert interval(on_five) == pytest.approx(tuple(1 + limit / 25 for limit in interval(on_hundred)))


def test_a_single_answer_has_a_value_and_no_interval() -> None:
    estimate = mean([sums("v1", "a", 300, ["80"])])
    assert estimate.value == 80
    assert (estimate.low, estimate.high, estimate.standard_error) == (None, None, None)


def test_no_respondents_give_no_figure() -> None:
    with pytest.raises(NoFigure):
        mean([sums("v1", "a", 300, [])])


@pytest.mark.parametrize(
    "stratum",
    [
        StratumSums("v1", "a", 10, 2, 2_000_001, 2_000_002_000_001),  # above the scale
        StratumSums("v1", "a", 10, 2, -1, 1),  # below the scale
        StratumSums("v1", "a", 10, 2, 1_000_000, 499_999_999_999),  # squares too small for the sum
        StratumSums("v1", "a", 10, 2, 1_000_000, 1_000_000_000_001),  # squares too large for the scale
        StratumSums("v1", "a", 10, 0, 0, 1),
        StratumSums("v1", "a", 1, 2, 0, 0),
        StratumSums("v1", "a", 10, 1, Decimal(5), 25),  # type: ignore[arg-type]
    ],
)
def test_sums_that_no_answers_could_have_are_refused(stratum: StratumSums) -> None:
    with pytest.raises(EstimateInputError, match="v1"):
        mean([stratum])


def test_a_scale_without_width_is_refused() -> None:
    with pytest.raises(EstimateInputError):
        mean([sums("v1", "a", 10, ["5"])], low=5, high=5)


INDICES = st.integers(0, 100 * INDEX_SCALE)


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.lists(INDICES, max_size=8), st.integers(0, 30)), min_size=1, max_size=4).filter(
        lambda strata: any(values for values, _ in strata)
    )
)
def test_for_any_answers_value_limits_and_error_are_consistent(strata: list[tuple[list[int], int]]) -> None:
    rows = [
        StratumSums(f"v{n}", "a", len(v) + more or 1, len(v), sum(v), sum(y * y for y in v))
        for n, (v, more) in enumerate(strata)
    ]
    estimate = mean(rows)
    assert 0 <= estimate.value <= 100
    everyone = all(r.answered == r.population for r in rows)
    if estimate.low is None or estimate.high is None:
        assert any("无法给出区间" in note for note in (text.zh for text in estimate.notes))
    else:
        assert -1e-9 <= estimate.low <= float(estimate.value) + 1e-6
        assert float(estimate.value) - 1e-6 <= estimate.high <= 100 + 1e-9
        assert (estimate.low == estimate.high) == everyone
