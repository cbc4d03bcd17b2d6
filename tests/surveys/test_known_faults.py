"""Faults known of other programs, each once, as a test that this one does not have it."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from sampling.allocation import allocate
from sampling.draw import draw
from sampling.plan import Plan
from sampling.rule import Reading
from sampling.strata import cell_of, sizes
from surveys.estimates import INDEX_SCALE, NoFigure, StratumCount, StratumSums, mean, share
from tests.sampling.people import people
from tests.sampling.test_allocation import shared


def sums(*points: int, population: int = 400, base: int | None = None, answered: int | None = None) -> StratumSums:
    """One stratum of these answers, in whole points."""
    scaled = [point * INDEX_SCALE for point in points]
    n = len(points) if answered is None else answered
    return StratumSums("s", "a", population, n, sum(scaled), sum(y * y for y in scaled), base)


def test_an_empty_domain_is_no_figure() -> None:
    """R's survey gives it mean 0 with standard error 0."""
    with pytest.raises(NoFigure):
        mean([sums(answered=60, base=0)], domain=40)
    with pytest.raises(NoFigure):
        share([StratumCount("s", "a", 400, 60, 0, 0)], domain=40)


def test_all_satisfied_has_a_value_and_an_interval() -> None:
    """R's svyciprop gives NaN or [1, 1]; svy gives [1, 1]."""
    estimate = share([StratumCount("s", "a", 400, 100, 100)])
    assert (float(estimate.value), estimate.high) == (1, 1)
    assert estimate.low is not None
    assert 0.96 < estimate.low < 0.98
    best = mean([sums(*[100] * 100)])
    assert best.low is not None
    assert 96 < best.low < 99
    assert best.high == 100


def test_full_coverage_with_missing_answers_has_an_error() -> None:
    """R and svy take everyone asked for everyone known: standard error 0 once n = N."""
    missing = share([StratumCount("s", "a", 90, 72, 60)])
    assert missing.standard_error is not None
    assert missing.standard_error > 0
    assert missing.method != "full-coverage"
    assert share([StratumCount("s", "a", 90, 90, 75)]).standard_error == 0


def test_a_minimum_for_each_stratum_is_kept() -> None:
    """svy drops it where the proportional share is smaller."""
    sizes = shared({"a": 4_000, "b": 9, "c": 3}, Plan(100, minimum=3))
    assert sizes["b"] == 3
    assert sizes["c"] == 3
    assert sum(sizes.values()) == 100


@pytest.mark.parametrize("size", [124, 100, 101, 130])
def test_a_proportional_sample_has_the_size_it_was_asked_for(size: int) -> None:
    """samplics rounds each stratum up: 124 become 129."""
    sizes = shared({"a": 311, "b": 287, "c": 139, "d": 133, "e": 126, "f": 113, "g": 104, "h": 87}, Plan(size))
    assert sum(sizes.values()) == size


def test_dropping_missing_answers_filters_nobody_out_of_the_design() -> None:
    """samplics and svy delete the rows: the strata lose their people, and the variance its zeros."""
    everyone = [StratumCount("a", "x", 300, 60, 30, 40), StratumCount("b", "x", 100, 20, 3, 5)]
    of_domain = share(everyone, domain=225)
    filtered = share([StratumCount("a", "x", 300, 40, 30), StratumCount("b", "x", 100, 5, 3)])
    assert of_domain.value != filtered.value  # 200 and 25 people, not 300 and 100
    assert float(of_domain.value) == pytest.approx((200 * 30 / 40 + 25 * 3 / 5) / 225, abs=1e-6)
    assert of_domain.standard_error != filtered.standard_error
    assert of_domain.degrees_of_freedom == 43


def test_a_draw_does_not_depend_on_the_order_of_the_rows() -> None:
    """svy draws by position: sort the file, and other people are asked."""
    listed, plan = people(300), Plan(100)
    cell = cell_of(plan, Reading.PRIORITY)
    allocation = allocate(plan, sizes(listed, plan, Reading.PRIORITY))
    first = draw(listed, cell, "ab" * 32, allocation)
    for attempt in range(5):
        mixed = random.Random(attempt).sample(listed, len(listed))
        assert draw(mixed, cell, "ab" * 32, allocation) == first
    assert sum(Counter(allocation).values()) == 100
