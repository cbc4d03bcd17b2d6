"""The statutory rule, at its edges and under both readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.rule import NobodyToAsk, Reading, TooFew, TooMany, planned_size, requirement

PRIORITY, EVERYONE = Reading.PRIORITY, Reading.EVERYONE


@pytest.mark.parametrize(
    ("priority", "recipients", "reading", "population", "required", "full"),
    [
        (1, 1, PRIORITY, 1, 1, True),
        (55, 60, PRIORITY, 55, 55, True),
        (99, 250, PRIORITY, 99, 99, True),
        (99, 250, EVERYONE, 250, 100, False),
        (100, 250, PRIORITY, 100, 100, True),
        (101, 250, PRIORITY, 101, 100, False),
        (40, 99, EVERYONE, 99, 99, True),
        (0, 100, EVERYONE, 100, 100, True),
        (1300, 1300, PRIORITY, 1300, 100, False),
    ],
)
def test_below_a_hundred_everyone_is_asked_and_from_a_hundred_on_a_hundred(
    priority: int, recipients: int, reading: Reading, population: int, required: int, full: bool
) -> None:
    need = requirement(priority, recipients, reading)
    assert (need.population, need.required, need.full_coverage) == (population, required, full)


def test_an_empty_population_has_nobody_to_ask() -> None:
    with pytest.raises(NobodyToAsk):
        requirement(0, 250, PRIORITY)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="outnumber"):
        requirement(5, 4, PRIORITY)


@given(st.integers(1, 3000), st.integers(0, 3000))
def test_a_size_is_never_below_the_rule_nor_above_the_people(population: int, asked: int) -> None:
    need = requirement(population, population, PRIORITY)
    if asked < need.required:
        with pytest.raises(TooFew, match=str(need.required)):
            planned_size(need, asked)
    elif asked > population:
        with pytest.raises(TooMany, match=str(population)):
            planned_size(need, asked)
    else:
        assert planned_size(need, asked) == asked
    assert planned_size(need, None) == min(population, 100)
