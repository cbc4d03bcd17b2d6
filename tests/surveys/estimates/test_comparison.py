"""Differences: Holm's p-values as R's, limits that contain the difference, and the sentences without a p-value."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from scipy.stats import t as student

from sampling.text import Text
from surveys.estimates import (
    Difference,
    Estimate,
    EstimateInputError,
    HomogeneityTest,
    NoFigure,
    StratumCount,
    StratumSums,
    between_rounds,
    holm,
    holm_tables,
    mean_difference,
    rao_scott,
    share,
    share_change,
    share_difference,
)


def with_p(p: float | None) -> Difference:
    return Difference(1.0, None, None, None, None, p, "")


# R 4.2: p.adjust(p, "holm")
@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.04, 0.001, 0.3, 0.012], [0.08, 0.004, 0.3, 0.036]),
        ([0.5, 0.6, 0.9], [1.0, 1.0, 1.0]),
        ([0.2], [0.2]),
        ([0.03, 0.03, 0.001], [0.06, 0.06, 0.003]),
    ],
)
def test_holm_adjusted_p_values_agree_with_r(p: list[float], adjusted: list[float]) -> None:
    comparisons = holm({str(i): with_p(value) for i, value in enumerate(p)})
    assert [comparisons[str(i)].adjusted for i in range(len(p))] == pytest.approx(adjusted, rel=1e-12)


def test_a_comparison_without_p_value_is_neither_counted_nor_changed() -> None:
    adjusted = holm({"a": with_p(0.03), "b": with_p(None)})
    assert adjusted["a"].adjusted == 0.03
    assert adjusted["b"] == with_p(None)
    assert adjusted["b"].beyond_chance is None
    assert holm({}) == {}


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p: dict[str, float]) -> None:
    comparisons = holm({name: with_p(value) for name, value in p.items()})
    for name, value in p.items():
        adjusted = comparisons[name].adjusted
        assert adjusted is not None
        assert value <= adjusted <= min(1.0, value * len(p))
    ordered = sorted(p, key=lambda name: p[name])
    values = [comparisons[name].adjusted or 0.0 for name in ordered]
    assert values == sorted(values)


def test_the_adjusted_p_value_decides_what_is_said() -> None:
    alone, corrected = with_p(0.03), holm({"a": with_p(0.03), "b": with_p(0.04)})["a"]
    assert alone.words.zh == "差异大于偶然可以解释的。"
    assert corrected.words.zh == "差异可能来自偶然。"
    assert with_p(None).words.zh == "回答太少，看不出差异。"


def two_groups(*strata: tuple[int, tuple[int, int], tuple[int, int], int]) -> tuple[list[StratumCount], ...]:
    """Per stratum: people, (answers, yes) of both groups, answers of neither."""
    return tuple(
        [
            StratumCount(
                f"v{n}", "a", people, own[0] + others[0] + outside, (own, others)[which][1], (own, others)[which][0]
            )
            for n, (people, own, others, outside) in enumerate(strata)
        ]
        for which in (0, 1)
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[StratumCount], ...]:
    """Two groups of one stratified sample, now and then of everyone, with answers of neither."""
    strata = []
    for _ in range(draw(st.integers(1, 3))):
        sizes = [draw(st.integers(0, 15)) for _ in range(2)]
        groups = [(size, draw(st.integers(0, size))) for size in sizes]
        rest = draw(st.integers(0, 5))
        people = sum(sizes) + rest + draw(st.integers(0, 50))
        strata.append((max(people, 1), groups[0], groups[1], rest))
    return two_groups(*strata)


@settings(max_examples=150)
@given(pairs())
def test_the_limits_contain_the_difference_and_the_other_way_round_only_the_sign_changes(
    groups: tuple[list[StratumCount], ...],
) -> None:
    first, second = groups
    if not sum(c.base or 0 for c in first) or not sum(c.base or 0 for c in second):
        with pytest.raises(NoFigure):
            share_difference(first, second)
        return
    difference, swapped = share_difference(first, second), share_difference(second, first)
    assert difference.value == -swapped.value
    assert difference.p_value == (
        None if swapped.p_value is None else pytest.approx(swapped.p_value, rel=1e-9, abs=1e-12)
    )
    assert difference.p_value is None or -1e-12 <= difference.p_value <= 1 + 1e-12
    if difference.low is None or difference.high is None:
        assert (swapped.low, swapped.high) == (None, None)
        return
    assert swapped.high == pytest.approx(-difference.low, abs=1e-9)
    assert swapped.low == pytest.approx(-difference.high, abs=1e-9)
    assert difference.low <= difference.value <= difference.high
    assert -1 - 1e-6 <= difference.low <= difference.high <= 1 + 1e-6


def test_equal_groups_differ_by_nothing_with_p_value_1() -> None:
    for size, yes in ((40, 36), (60, 30)):
        difference = share_difference(*two_groups((900, (size, yes), (size, yes), 0)))
        assert difference.value == 0
        assert difference.p_value == pytest.approx(1)
        assert difference.low == pytest.approx(-(difference.high or 0))
        assert difference.beyond_chance is False


def test_two_groups_all_satisfied_do_not_differ_and_still_have_an_interval() -> None:
    difference = share_difference(*two_groups((900, (50, 50), (40, 40), 0)))
    assert (difference.value, difference.p_value, difference.method) == (0, 1, "mover, all alike")
    assert difference.low is not None
    assert difference.low < -0.02


def test_few_answers_are_tested_exactly_and_many_by_rao_and_scott() -> None:
    assert share_difference(*two_groups((900, (50, 50), (50, 45), 0))).method == "mover, fisher"
    assert share_difference(*two_groups((900, (60, 40), (60, 50), 0))).method == "mover, rao-scott"


def test_where_everyone_answered_a_difference_has_no_sampling_error() -> None:
    difference = share_difference(*two_groups((20, (12, 12), (8, 7), 0)))
    assert (difference.low, difference.high, difference.standard_error) == (difference.value, difference.value, 0)
    assert difference.value == 0.125
    assert difference.words.zh == "所有人都已作答，差异没有抽样误差。"
    sums = [[StratumSums("v", "a", 4, 4, total, total * 1_000_000, 2)] for total in (2_000_000, 1_000_000)]
    assert mean_difference(*sums).value == 50
    assert (mean_difference(*sums).low, mean_difference(*sums).p_value) == (50, 0)


def test_the_size_of_a_group_made_of_whole_strata_is_that_of_the_strata() -> None:
    # Of the small area nearly everyone answered; counted as a part of 1,010 people its limit would be far lower.
    first = [StratumCount("v1", "a", 10, 9, 9, 9), StratumCount("v2", "b", 1000, 100, 0, 0)]
    second = [StratumCount("v1", "a", 10, 9, 0, 0), StratumCount("v2", "b", 1000, 100, 100, 100)]
    low = share_difference(first, second).low
    assert low is not None
    assert low > -0.16


def test_groups_of_other_strata_or_with_common_answers_are_refused() -> None:
    group = [StratumCount("v1", "a", 100, 20, 10, 12)]
    for other_group in (
        [StratumCount("v2", "a", 100, 20, 5, 8)],
        [StratumCount("v1", "a", 101, 20, 5, 8)],
        [StratumCount("v1", "a", 100, 20, 5, 9)],
        [StratumCount("v1", "a", 100, 20, 5)],
        [],
    ):
        with pytest.raises(EstimateInputError):
            share_difference(group, other_group)
    with pytest.raises(EstimateInputError, match="share answers"):
        mean_difference([StratumSums("v", "a", 9, 3, 0, 0)], [StratumSums("v", "a", 9, 3, 0, 0)])


def test_a_stratum_without_answers_changes_nothing_in_the_test_of_a_table() -> None:
    groups = two_groups((300, (30, 20), (25, 22), 0), (200, (20, 11), (20, 15), 0))
    silent = [[*group, StratumCount("v9", "a", 50, 0, 0, 0)] for group in groups]
    assert rao_scott(dict(zip("ab", silent, strict=True))) == rao_scott(dict(zip("ab", groups, strict=True)))


def test_a_table_of_nobody_or_with_an_empty_row_has_no_test() -> None:
    for groups in (two_groups((300, (0, 0), (0, 0), 0)), two_groups((300, (0, 0), (20, 5), 0))):
        with pytest.raises(NoFigure):
            rao_scott(dict(zip("ab", groups, strict=True)))


def a_share(yes: int, answered: int = 100, people: int = 1300) -> Estimate:
    return share([StratumCount("v", "a", people, answered, yes)])


def test_two_rounds_with_the_same_figure_differ_by_nothing() -> None:
    difference = between_rounds(a_share(90), a_share(90))
    assert (difference.value, difference.p_value, difference.beyond_chance) == (0, 1, False)
    assert difference.low == pytest.approx(-(difference.high or 0))


def test_the_limits_between_rounds_are_newcombe_s_square_roots() -> None:
    current, before = a_share(95), a_share(80)
    difference = between_rounds(current, before)
    assert current.low is not None
    assert current.high is not None
    assert before.low is not None
    assert before.high is not None
    assert difference.low == pytest.approx(0.15 - math.hypot(0.95 - current.low, before.high - 0.80))
    assert difference.high == pytest.approx(0.15 + math.hypot(current.high - 0.95, 0.80 - before.low))
    error = math.hypot(current.standard_error or 0, before.standard_error or 0)
    variances = [(e.standard_error or 0) ** 2 for e in (current, before)]
    df = sum(variances) ** 2 / sum(v**2 / 99 for v in variances)
    assert difference.p_value == pytest.approx(2 * float(student.sf(0.15 / error, df)))
    assert difference.beyond_chance is True


@given(st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=60)
def test_rounds_the_other_way_round_change_the_sign(current: int, before: int) -> None:
    difference, swapped = (
        between_rounds(a_share(current), a_share(before)),
        between_rounds(a_share(before), a_share(current)),
    )
    assert difference.value == -swapped.value
    assert difference.p_value == swapped.p_value
    assert difference.low is not None
    assert difference.high is not None
    assert (swapped.low, swapped.high) == (pytest.approx(-difference.high), pytest.approx(-difference.low))
    assert difference.low <= difference.value <= difference.high


def test_equal_answers_in_both_rounds_are_judged_by_the_interval() -> None:
    assert between_rounds(a_share(100), a_share(100)).p_value == 1
    apart = between_rounds(a_share(100), a_share(0))
    assert apart.p_value == pytest.approx(0.05)
    assert apart.beyond_chance is True


def test_two_full_coverages_are_compared_without_sampling_error() -> None:
    difference = between_rounds(a_share(60, 60, 60), a_share(58, 60, 60))
    assert difference.low == difference.high == difference.value == pytest.approx(2 / 60, abs=1e-6)
    assert difference.words.zh == "所有人都已作答，差异没有抽样误差。"


def test_a_round_without_interval_leaves_the_difference_alone() -> None:
    difference = between_rounds(a_share(1, 1), a_share(90))
    assert difference.value == pytest.approx(0.1)
    assert (difference.low, difference.high, difference.p_value) == (None, None, None)
    assert difference.words.zh == "回答太少，看不出差异。"


def test_intervals_of_different_confidence_are_not_compared() -> None:
    with pytest.raises(EstimateInputError, match="confidence"):
        between_rounds(a_share(90), share([StratumCount("v", "a", 1300, 100, 90)], confidence=0.9))


def test_equal_answers_in_both_groups_give_no_student_s_interval() -> None:
    sums = [[StratumSums("v", "a", 100, 20, total, total * 1_000_000, 10)] for total in (10_000_000, 10_000_000)]
    difference = mean_difference(*sums)
    assert (difference.value, difference.low, difference.p_value) == (0, None, None)
    assert Decimal(difference.value) == 0


def test_few_answers_between_rounds_are_tested_exactly() -> None:
    counts = [[StratumCount("v", "a", 900, 60, yes)] for yes in (60, 54)]
    change = share_change(*counts, [])
    assert change.method == "mover, fisher"
    assert change.p_value == pytest.approx(float(fisher_exact([[60, 0], [54, 6]]).pvalue))
    many = share_change([StratumCount("v", "a", 900, 60, 40)], [StratumCount("v", "a", 900, 60, 30)], [])
    assert many.method == "mover"


def test_a_change_has_the_shorter_limits_while_at_most_three_in_ten_answered() -> None:
    def change(people: int) -> Difference:
        return share_change(*([StratumCount("v", "a", people, 90, yes)] for yes in (80, 70)), [])

    for people, mid_p in ((300, True), (299, False)):
        figures = [share([StratumCount("v", "a", people, 90, yes)], mid_p=mid_p) for yes in (80, 70)]
        assert change(people).low == pytest.approx(between_rounds(*figures).low, abs=1e-6)


def test_several_tables_tested_together_are_adjusted_and_the_adjusted_value_decides() -> None:
    first, second = HomogeneityTest(0.03, "rao-scott"), HomogeneityTest(0.6, "rao-scott")
    adjusted = holm_tables(
        {"a": first, "b": second, "c": HomogeneityTest(None, "none", Text("无从比较。", "Nothing to compare."))}
    )
    assert (adjusted["a"].adjusted, adjusted["b"].adjusted, adjusted["c"].adjusted) == (0.06, 0.6, None)
    assert (first.words.zh, adjusted["a"].words.zh) == (
        "各组之间的差异大于偶然可以解释的。",
        "各组之间的差异可能来自偶然。",
    )
    assert adjusted["c"].words.zh == "无从比较。"
