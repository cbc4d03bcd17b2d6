"""The draw depends on seed and keys alone, and extending it keeps everyone."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.allocation import proportional
from sampling.draw import DrawRefused, draw, reserve
from sampling.tickets import InvalidSeed, ticket, valid_seed
from tests.sampling.people import people

SEED = "dice 3 5 2 6 1"
FRAME = people(300)
SIZES = Counter(p.village for p in FRAME)


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_the_order_of_the_list_does_not_matter(shuffle: int) -> None:
    shuffled = FRAME[:]
    random.Random(shuffle).shuffle(shuffled)
    allocation = proportional(SIZES, 100)
    assert draw(shuffled, SEED, allocation) == draw(FRAME, SEED, allocation)


def test_extending_a_draw_keeps_everyone_and_the_reserve_follows() -> None:
    small = draw(FRAME, SEED, {"0101": 5, "0102": 4, "0201": 6, "0301": 0})
    large = draw(FRAME, SEED, {"0101": 9, "0102": 7, "0201": 9, "0301": 0})
    for before, after in zip(small.strata, large.strata, strict=True):
        assert after.drawn[: len(before.drawn)] == before.drawn
    assert reserve(FRAME, SEED, "0101", after=5, count=4) == large.strata[0].drawn[5:]


def test_a_database_orders_the_tickets_the_same_way() -> None:
    database = sqlite3.connect(":memory:")
    database.create_function("ticket", 1, lambda key: ticket(SEED, key), deterministic=True)
    database.execute("CREATE TABLE person (key TEXT)")
    village = [(p.key,) for p in FRAME if p.village == "0101"]
    database.executemany("INSERT INTO person VALUES (?)", village)
    order = [key for (key,) in database.execute("SELECT key FROM person ORDER BY ticket(key), key LIMIT 20")]
    allocation = dict.fromkeys(SIZES, 0) | {"0101": 20}
    assert order == [d.key for d in draw(FRAME, SEED, allocation).strata[0].drawn]
    database.close()


def test_another_seed_draws_other_people() -> None:
    allocation = proportional(SIZES, 100)
    assert draw(FRAME, SEED, allocation) != draw(FRAME, SEED + " 7", allocation)


def test_what_does_not_fit_the_people_is_refused() -> None:
    with pytest.raises(DrawRefused, match="没有分配"):
        draw(FRAME, SEED, {"0101": 1})
    with pytest.raises(DrawRefused, match="只有"):
        draw(FRAME, SEED, dict.fromkeys(SIZES, 300))


@pytest.mark.parametrize("seed", ["", "a|b", "a\nb", " a", "a ", "x" * 201, "\ud800"])
def test_a_seed_that_could_be_read_in_two_ways_is_refused(seed: str) -> None:
    with pytest.raises(InvalidSeed):
        valid_seed(seed)
