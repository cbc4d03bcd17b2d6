"""Margins, sizes and answers to expect, beside R (oracle/planning.R), and what must hold for any of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.planning import (
    StratumAnswers,
    chance_of_answers,
    design_effect,
    margin,
    margin_of,
    size_for_answers,
    size_for_answers_surely,
    size_for_margin,
    stddev_of,
)

ORACLE: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "oracle" / "planning.json").read_text("utf-8")
)
people = st.integers(2, 10_000)
shares = st.floats(0, 1)


def test_margins_and_sizes_are_those_of_r() -> None:
    assert len(ORACLE["margins"]) > 50
    for case in ORACLE["margins"]:
        assert size_for_margin(case["wanted"], case["people"], case["share"]) == case["size"], case
        assert margin(case["size"], case["people"], case["share"]) == pytest.approx(case["margin"], abs=1e-12)


def test_margins_and_effects_of_strata_are_those_of_r() -> None:
    for case in ORACLE["strata"]:
        parts = [StratumAnswers(n, drawn) for n, drawn in zip(case["people"], case["drawn"], strict=True)]
        expected = [yes / n for yes, n in zip(case["satisfied"], case["people"], strict=True)]
        assert margin_of(parts, expected) == pytest.approx(case["margin"], rel=1e-10)
        assert design_effect(parts) == pytest.approx(case["effect"], rel=1e-10)


def test_sizes_for_answers_are_those_of_r() -> None:
    for case in ORACLE["answers"]:
        assert size_for_answers(case["answers"], case["rate"]) == case["size"]
        assert chance_of_answers(case["answers"], case["size"], case["rate"]) == pytest.approx(case["chance"], abs=1e-9)
        assert size_for_answers_surely(case["answers"], case["rate"]) == case["surely"]


@given(people, st.data())
def test_more_answers_never_widen_the_margin_and_everyone_leaves_none(population: int, data: st.DataObject) -> None:
    answers = data.draw(st.integers(1, population - 1))
    assert margin(answers + 1, population) < margin(answers, population)
    assert margin(population, population) == 0


@given(people, st.floats(0.001, 0.6), shares)
def test_the_size_for_a_margin_is_the_smallest_that_has_it(population: int, widest: float, share: float) -> None:
    size = size_for_margin(widest, population, share)
    assert margin(size, population, share) <= widest
    assert size == 1 or margin(size - 1, population, share) > widest


@given(st.lists(people, min_size=1, max_size=8), st.integers(1, 9), shares)
def test_one_stratum_is_no_stratification_and_proportion_has_no_effect(
    populations: list[int], tenths: int, share: float
) -> None:
    only = StratumAnswers(populations[0], populations[0] * tenths / 10)
    assert margin_of([only], share) == pytest.approx(margin(only.answers, only.people, share))
    parts = [StratumAnswers(n, n * tenths / 10) for n in populations]
    assert design_effect(parts) == pytest.approx(1)


@given(st.lists(st.tuples(people, st.integers(1, 50)), min_size=2, max_size=8))
def test_no_allocation_weighs_better_than_the_proportional(rows: list[tuple[int, int]]) -> None:
    effect = design_effect([StratumAnswers(n, drawn) for n, drawn in rows])
    assert effect is not None
    assert effect >= 1 - 1e-9


def test_a_part_without_answers_leaves_no_figure() -> None:
    assert margin_of([StratumAnswers(100, 10), StratumAnswers(5, 0)]) is None
    assert design_effect([StratumAnswers(100, 10), StratumAnswers(5, 0)]) is None
    assert margin_of([]) is None
    assert design_effect([]) is None


def test_what_cannot_be_is_refused() -> None:
    for answers, population, share in ((0, 10, 0.5), (11, 10, 0.5), (5, 10, 1.1), (5, 10, -0.1)):
        with pytest.raises(ValueError, match="no margin"):
            margin(answers, population, share)
    for widest, population in ((0, 10), (-0.1, 10), (0.1, 0)):
        with pytest.raises(ValueError, match="no size"):
            size_for_margin(widest, population)
    for rate in (0, 101):
        with pytest.raises(ValueError, match="response rate"):
            size_for_answers(100, rate)
    for share in (0, 100):
        with pytest.raises(ValueError, match="no spread"):
            stddev_of(share)


def test_the_standard_deviation_is_the_same_for_a_share_and_its_complement_and_largest_at_half() -> None:
    assert [stddev_of(p) for p in range(1, 100)] == [stddev_of(100 - p) for p in range(1, 100)]
    assert max(range(1, 100), key=stddev_of) == 50
