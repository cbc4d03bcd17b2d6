"""The interviewer effect: p-values and power by counting assignments, and the verdicts."""

from __future__ import annotations

from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.integrity import Interview, InterviewerEffect, flags, interviewer_effects
from tests.surveys.integrity.interviews import several


def interviews_of(interviewer: str, satisfied: int, of: int, stratum: str = "") -> list[Interview]:
    yes = several(satisfied, interviewer, satisfied=True, stratum=stratum)
    return yes + several(of - satisfied, interviewer, satisfied, satisfied=False, stratum=stratum)


def effect_of(effects: tuple[InterviewerEffect, ...], interviewer: str) -> InterviewerEffect:
    return next(effect for effect in effects if effect.interviewer == interviewer)


def by_hand(own: int, satisfied: int, people: int, yes: int) -> float:
    """P(at least so many) by counting subsets."""
    count = sum(comb(yes, k) * comb(people - yes, own - k) for k in range(satisfied, min(own, yes) + 1))
    return count / comb(people, own)


def test_the_p_value_is_that_of_fisher_s_test() -> None:
    from scipy.stats import fisher_exact

    effect = effect_of(interviewer_effects(interviews_of("ma", 29, 30) + interviews_of("lin", 60, 90)), "ma")
    assert effect.p == pytest.approx(fisher_exact([[29, 1], [60, 30]], alternative="greater").pvalue)
    assert (effect.satisfied, effect.interviews, effect.others_satisfied, effect.others) == (29, 30, 60, 90)


@settings(max_examples=60)
@given(st.integers(1, 7), st.integers(1, 7), st.data())
def test_the_p_value_counts_assignments(own: int, others: int, data: st.DataObject) -> None:
    satisfied = data.draw(st.integers(0, own))
    elsewhere = data.draw(st.integers(0, others))
    effect = effect_of(
        interviewer_effects(interviews_of("ma", satisfied, own) + interviews_of("lin", elsewhere, others)), "ma"
    )
    assert effect.p == pytest.approx(by_hand(own, satisfied, own + others, satisfied + elsewhere))


def test_over_strata_the_p_value_counts_assignments_within_each() -> None:
    first = interviews_of("ma", 3, 3, "a") + several(4, "lin", satisfied=False, stratum="a")
    second = interviews_of("ma", 1, 2, "b") + several(3, "lin", 10, satisfied=True, stratum="b")
    effect = effect_of(interviewer_effects(first + second), "ma")
    # Stratum a: 3 of 7 satisfied, 3 own; stratum b: 4 of 5 satisfied, 2 own.
    everywhere = extreme = 0
    for a in combinations(range(7), 3):
        for b in combinations(range(5), 2):
            everywhere += 1
            extreme += sum(i < 3 for i in a) + sum(i < 4 for i in b) >= 4
    assert effect.p == pytest.approx(extreme / everywhere)


def test_satisfied_villages_do_not_make_an_effect_of_their_interviewer() -> None:
    apart = (
        interviews_of("ma", 40, 40, "good")
        + several(40, "lin", satisfied=True, stratum="good")
        + several(20, "lin", 40, satisfied=True, stratum="poor")
        + several(40, "lin", 60, satisfied=False, stratum="poor")
    )
    assert effect_of(interviewer_effects(apart), "ma").verdict != "more"
    together = [Interview(**{**vars(interview), "stratum": ""}) for interview in apart]
    assert effect_of(interviewer_effects(together), "ma").verdict == "more"


def test_p_values_are_adjusted_for_the_number_of_interviewers() -> None:
    others = [interviews_of(f"lin{i}", 15, 20) for i in range(9)]
    effects = interviewer_effects([*interviews_of("ma", 19, 20), *(o for group in others for o in group)])
    ma = effect_of(effects, "ma")
    assert ma.adjusted == pytest.approx(10 * ma.p)
    assert ma.p < 0.05 < ma.adjusted
    assert ma.verdict != "more"


def test_with_few_interviews_the_verdict_is_too_few() -> None:
    effect = effect_of(interviewer_effects(interviews_of("ma", 5, 5) + interviews_of("lin", 36, 45)), "ma")
    assert effect.verdict == "too-few"
    assert effect.power < 0.5
    assert effect.points == pytest.approx(10)


def test_with_many_interviews_and_no_difference_the_verdict_is_not_more() -> None:
    effect = effect_of(interviewer_effects(interviews_of("ma", 480, 600) + interviews_of("lin", 480, 600)), "ma")
    assert effect.power > 0.9
    assert effect.verdict == "not-more"


@pytest.mark.parametrize("others", [99, 100])
def test_where_nearly_everybody_is_satisfied_the_verdict_is_too_few(others: int) -> None:
    effect = effect_of(interviewer_effects(interviews_of("ma", 50, 50) + interviews_of("lin", others, 100)), "ma")
    assert effect.verdict == "too-few"
    assert effect.points < 1


def test_the_power_is_the_exact_chance_of_rejecting_given_the_margins() -> None:
    """By counting: among all ways to place 8 satisfied of 14 into 6 and 8, weighted by the odds ratio."""
    effect = effect_of(
        interviewer_effects(interviews_of("ma", 4, 6) + interviews_of("lin", 4, 8), alpha=0.2, difference=0.4), "ma"
    )
    weights = {t: comb(6, t) * comb(8, 8 - t) for t in range(7)}
    whole = sum(weights.values())
    critical = next(t for t in range(8) if sum(w for k, w in weights.items() if k >= t) / whole <= 0.1)
    psi = (0.9 / 0.1) / (0.5 / 0.5)
    raised = {t: w * psi**t for t, w in weights.items()}
    expected = sum(w for t, w in raised.items() if t >= critical) / sum(raised.values())
    assert effect.power == pytest.approx(expected)
    assert effect.points == pytest.approx(40)


def test_one_interviewer_alone_and_interviews_without_an_answer_compare_with_nobody() -> None:
    assert interviewer_effects(interviews_of("ma", 5, 5)) == ()
    assert (
        interviewer_effects(
            [*interviews_of("ma", 5, 5), *several(9, "lin", satisfied=None), *several(9, "", mode="web")]
        )
        == ()
    )


def test_the_sentence_gives_counts_and_p_value_and_flags_no_single_interview() -> None:
    raised = flags(interviews_of("ma", 60, 60) + interviews_of("lin", 120, 180))
    (flag,) = [flag for flag in raised if flag.kind == "too_favourable"]
    assert flag.interviewer == "ma"
    assert flag.interviews == ()
    assert flag.text.zh.startswith("这位访问员 60 份答卷里有 60 份总体满意，其他人是 180 份里 120 份")
    assert "< 0.001" in flag.text.en


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=6))
def test_for_any_counts_p_values_and_power_are_probabilities(counts: list[tuple[int, int]]) -> None:
    interviews = [i for n, (yes, no) in enumerate(counts) for i in interviews_of(f"p{n}", yes, yes + no)]
    for effect in interviewer_effects(interviews):
        assert 0 <= effect.p <= effect.adjusted <= 1
        assert 0 <= effect.power <= 1
