"""Agreement between two answers: the share, and AC1 where kappa falls below zero."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.integrity import agreement

PAIRS = st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from("12345")), min_size=1, max_size=30)


def table(both: int, first: int, second: int, neither: int) -> list[tuple[str, str]]:
    return [("1", "1")] * both + [("1", "2")] * first + [("2", "1")] * second + [("2", "2")] * neither


def kappa(pairs: list[tuple[str, str]]) -> float:
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    by_chance = sum(
        sum(a == k for a, _ in pairs) * sum(b == k for _, b in pairs) / n**2
        for k in {a for pair in pairs for a in pair}
    )
    return (observed - by_chance) / (1 - by_chance)


def test_near_the_ceiling_ac1_is_high_where_kappa_is_below_zero() -> None:
    """The table 118, 5, 2, 0 that papers on the paradox show: 94 % the same, kappa -0.02, AC1 0.94."""
    pairs = table(118, 5, 2, 0)
    result = agreement(pairs, categories=2)
    assert result is not None
    assert (result.n, result.share) == (125, Fraction(118, 125))
    assert kappa(pairs) == pytest.approx(-0.0234, abs=1e-4)
    assert float(result.ac1 or 0) == pytest.approx(0.9408, abs=1e-4)


def test_where_nobody_answered_twice_there_is_no_agreement() -> None:
    assert agreement([], categories=5) is None


def test_all_the_same_is_1_also_when_everybody_gave_one_answer() -> None:
    result = agreement([("5", "5")] * 7, categories=8)
    assert result is not None
    assert (result.share, result.ac1) == (1, 1)


def test_balanced_coin_tosses_agree_no_better_than_chance() -> None:
    result = agreement(table(25, 25, 25, 25), categories=2)
    assert result is not None
    assert result.ac1 == 0


def test_a_question_with_one_answer_has_no_ac1() -> None:
    result = agreement([("1", "1")], categories=1)
    assert result is not None
    assert result.ac1 is None


def test_more_different_answers_than_possible_are_refused() -> None:
    with pytest.raises(ValueError, match="3 different answers"):
        agreement([("1", "2"), ("3", "3")], categories=2)


@settings(max_examples=100)
@given(PAIRS, st.randoms(use_true_random=False))
def test_neither_order_nor_side_matters_and_ac1_is_at_most_1(pairs: list[tuple[str, str]], chance: object) -> None:
    result = agreement(pairs, categories=5)
    assert result is not None
    assert result.ac1 is not None
    assert result.ac1 <= 1
    assert (result.ac1 == 1) == (result.share == 1)
    assert agreement([(b, a) for a, b in reversed(pairs)], categories=5) == result
