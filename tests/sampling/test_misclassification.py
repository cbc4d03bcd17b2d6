"""The chance that a sample lands in another band: beside R (oracle/planning.R), beside exact fractions, its laws."""

from __future__ import annotations

import json
from fractions import Fraction
from math import comb, floor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.misclassification import distribution, misclassification, satisfied_at

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "oracle" / "planning.json").read_text("utf-8"))[
    "luck"
]


@st.composite
def asked_of(draw: st.DrawFn) -> tuple[int, int, int]:
    people = draw(st.integers(1, 60))
    return people, draw(st.integers(0, people)), draw(st.integers(1, people))


def exactly(people: int, satisfied: int, asked: int) -> dict[int, Fraction]:
    """By factorials, as the textbook has it."""
    every = comb(people, asked)
    chances = {k: comb(satisfied, k) * comb(people - satisfied, asked - k) for k in range(asked + 1)}
    return {k: Fraction(count, every) for k, count in chances.items() if count}


def test_the_chances_are_those_of_r() -> None:
    assert {len(case["lines"]) for case in CASES} == {1, 3, 4}
    for case in CASES:
        result = misclassification(case["people"], case["satisfied"], case["asked"], case["lines"])
        assert result.below == pytest.approx(case["below"], abs=1e-12), case
        assert result.same == pytest.approx(case["same"], abs=1e-12), case
        assert result.above == pytest.approx(case["above"], abs=1e-12), case
        up_to = floor(case["asked"] * case["satisfied"] / case["people"])
        chances = distribution(case["people"], case["satisfied"], case["asked"])
        assert sum(p for k, p in chances if k <= up_to) == pytest.approx(case["at_most"], abs=1e-12)


@given(asked_of())
def test_the_distribution_is_that_of_factorials(case: tuple[int, int, int]) -> None:
    expected, probabilities = exactly(*case), dict(distribution(*case))
    assert {k for k, p in expected.items() if p > 1e-20} <= set(probabilities) <= set(expected)
    for k, chance in probabilities.items():
        assert chance == pytest.approx(float(expected[k]), rel=1e-9)


@given(asked_of(), st.lists(st.integers(1, 100), unique=True, max_size=5).map(sorted))
def test_below_same_and_above_sum_to_1(case: tuple[int, int, int], lines: list[int]) -> None:
    result = misclassification(*case, lines)
    assert result.below + result.same + result.above == pytest.approx(1)
    assert result.misclassified == result.below + result.above
    if not lines:
        assert result.same == pytest.approx(1)


@given(st.integers(1, 500), st.integers(0, 100))
def test_asking_everyone_misclassifies_nothing(people: int, share: int) -> None:
    result = misclassification(people, satisfied_at(people, share), people, (60, 80, 90))
    assert (result.below, result.same, result.above) == (0, 1, 0)


def test_a_share_on_the_line_belongs_to_the_band_above() -> None:
    assert misclassification(10, 9, 10, (90,)).same == 1
    assert misclassification(1000, 899, 10, (90,)).above == pytest.approx(
        sum(p for k, p in distribution(1000, 899, 10) if k >= 9)
    )
    assert misclassification(1000, 900, 10, (90,)).below == pytest.approx(
        sum(p for k, p in distribution(1000, 900, 10) if k < 9)
    )
    assert misclassification(30, 20, 30, (Fraction(200, 3),)).same == 1


def test_misclassification_shrinks_with_the_sample_and_grows_towards_the_line() -> None:
    by_size = [misclassification(5000, 4400, n, (90,)).misclassified for n in (100, 200, 400, 800, 1600)]
    assert by_size == sorted(by_size, reverse=True)
    by_share = [misclassification(5000, satisfied_at(5000, share), 100, (90,)).misclassified for share in range(80, 90)]
    assert by_share == sorted(by_share)


def test_a_million_people_cost_no_more_than_a_thousand() -> None:
    assert len(list(distribution(10**9, 88 * 10**7, 10**5))) < 3000


@pytest.mark.parametrize("case", [(10, 11, 5), (10, -1, 5), (10, 5, 0), (10, 5, 11)])
def test_impossible_counts_are_refused(case: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="cannot ask"):
        misclassification(*case, (90,))


def test_lines_must_rise() -> None:
    with pytest.raises(ValueError, match="rise"):
        misclassification(10, 5, 5, (90, 80))
