"""Everyone has the same chance: chi-square over many seeds, within a round, for a replacement, and over two rounds.

Of S samples of n out of N without replacement, count how often each person is drawn. The counts' covariance is
S·f(1 - f)·N/(N - 1) times the centring matrix, f = n/N, so (N - 1)/N · Σ(count - S·f)² / (S·f(1 - f)) is chi-square
with N - 1 degrees of freedom. Seeds are fixed: the figures are the same every time.
"""

from __future__ import annotations

import doctest
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import chi2

from sampling.allocation import allocate
from sampling.canonical import sha256
from sampling.draw import Sample, draw
from sampling.frame import FramePerson, Last
from sampling.plan import Plan
from sampling.rule import Reading
from sampling.strata import Cell, cell_of, sizes
from tests.sampling.people import person

SEEDS = 2000
ALMOST = 1e-3
PRIORITY = Reading.PRIORITY


def seed_of(turn: int, series: str = "") -> str:
    """A seed as good as any."""
    return sha256(f"{series} seed {turn}")


def chance_of(counts: Counter[str], keys: Iterable[str], drawn: int, samples: int) -> float:
    """How often equal chances would give counts more uneven than these."""
    keys = list(keys)
    people = len(keys)
    share = drawn / people
    assert sum(counts[key] for key in keys) == drawn * samples
    uneven = sum((counts[key] - samples * share) ** 2 for key in keys) / (samples * share * (1 - share))
    return float(chi2.sf(uneven * (people - 1) / people, people - 1))


def assert_equal_chances(counts: Counter[str], keys: Iterable[str], drawn: int, samples: int) -> None:
    """Neither more uneven nor more even than chance."""
    assert ALMOST < chance_of(counts, keys, drawn, samples) < 1 - ALMOST


FRAME = [person(n, "0101" if n < 12 else "0102" if n < 40 else "0201") for n in range(60)]


@pytest.mark.parametrize("minimum", [0, 6])
def test_everyone_of_a_stratum_has_the_same_chance(minimum: int) -> None:
    plan = Plan(15, minimum=minimum)
    strata = sizes(FRAME, plan, PRIORITY)
    allocation, cell = allocate(plan, strata), cell_of(plan, PRIORITY)
    counts: Counter[str] = Counter()
    for turn in range(SEEDS):
        for drawn in draw(FRAME, cell, seed_of(turn), allocation).values():
            counts.update(listed.key for listed in drawn)
    for (code, _queue), number in allocation.items():
        assert_equal_chances(counts, (listed.key for listed in FRAME if listed.village == code), number, SEEDS)


def test_a_replacement_is_any_of_the_others_with_the_same_chance() -> None:
    """Whichever two of eight were drawn, the next of the queue is each of the six others equally often."""
    eight, place = FRAME[:8], ("0101", "all")
    following: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
    for turn in range(3 * SEEDS):
        order = [listed.key for listed in draw(eight, cell_of(Plan(1), PRIORITY), seed_of(turn), {place: 3})[place]]
        following[frozenset(order[:2])][order[2]] += 1
    keys = {listed.key for listed in eight}
    assert len(following) == 28
    uneven = sum(
        (after[key] - after.total() / 6) ** 2 / (after.total() / 6)
        for drawn, after in following.items()
        for key in keys - drawn
    )
    assert ALMOST < chi2.sf(uneven, 28 * 5) < 1 - ALMOST
    assert_equal_chances(sum(following.values(), Counter()), keys, 1, 3 * SEEDS)


LISTED = [person(n, "0101") for n in range(60)]
NEW = [person(n, "0101") for n in range(60, 80)]
AFTERWARDS = [(replace(listed, last=Last.DRAWN), replace(listed, last=Last.LISTED)) for listed in LISTED]
ALL_KEYS = [listed.key for listed in (*LISTED, *NEW)]


def two_rounds(turn: int, overlap: int | None, leaving: int = 0) -> tuple[set[str], list[FramePerson], Sample]:
    """Who was drawn first, the second list, and the second sample; `leaving` of the first list are gone."""
    first_plan, plan = Plan(15), Plan(16, overlap=overlap)
    first = draw(LISTED, cell_of(first_plan, PRIORITY), seed_of(turn, "first"), {("0101", "all"): 15})
    before = {listed.key for listed in first["0101", "all"]}
    now_listed = [drawn if drawn.key in before else listed for drawn, listed in AFTERWARDS[leaving:]]
    frame = [*now_listed, *NEW]
    allocation: dict[Cell, int] = allocate(plan, sizes(frame, plan, PRIORITY))
    return before, frame, draw(frame, cell_of(plan, PRIORITY), seed_of(turn, "second"), allocation)


@pytest.mark.parametrize("overlap", [0, 30, 100, None])
def test_over_two_rounds_everyone_has_the_same_chance(overlap: int | None) -> None:
    counts: Counter[str] = Counter()
    in_both_rounds: Counter[int] = Counter()
    for turn in range(SEEDS):
        before, _, sample = two_rounds(turn, overlap)
        drawn = [drawn_person.key for queue in sample.values() for drawn_person in queue]
        counts.update(drawn)
        in_both_rounds[len(before.intersection(drawn))] += 1
    if overlap is None:
        assert_equal_chances(counts, ALL_KEYS, 16, SEEDS)
        assert len(in_both_rounds) > 5
    else:
        assert_equal_chances(counts, ALL_KEYS[:60], 12, SEEDS)
        assert_equal_chances(counts, ALL_KEYS[60:], 4, SEEDS)
        assert in_both_rounds == {{0: 0, 30: 4, 100: 12}[overlap]: SEEDS}


def test_people_who_left_change_nobodys_chance() -> None:
    """20 of the first list are gone: 10.67 of the 16 are due to the old, who get 11."""
    counts: Counter[str] = Counter()
    for turn in range(SEEDS):
        _, _, sample = two_rounds(turn, 30, leaving=20)
        counts.update(drawn_person.key for queue in sample.values() for drawn_person in queue)
    assert_equal_chances(counts, ALL_KEYS[20:60], 11, SEEDS)
    assert_equal_chances(counts, ALL_KEYS[60:], 5, SEEDS)


def test_resting_only_those_interviewed_would_favour_the_others() -> None:
    """The test can tell: half of the first list is never at home, and is called `listed` after it was drawn."""
    at_home = {listed.key for listed in LISTED[::2]}
    plan = Plan(16, overlap=0)
    counts: Counter[str] = Counter()
    for turn in range(SEEDS // 4):
        before, frame, _ = two_rounds(turn, 0)
        wrong = [replace(listed, last=Last.LISTED) if listed.key in before - at_home else listed for listed in frame]
        allocation = allocate(plan, sizes(wrong, plan, PRIORITY))
        sample = draw(wrong, cell_of(plan, PRIORITY), seed_of(turn, "second"), allocation)
        counts.update(drawn_person.key for queue in sample.values() for drawn_person in queue)
    assert chance_of(counts, ALL_KEYS[:60], 12, SEEDS // 4) < 1e-9


def test_the_examples_of_the_document_are_true(repository: Path) -> None:
    failed, tried = doctest.testfile(str(repository / "docs" / "between-rounds.md"), module_relative=False)
    assert (failed, tried > 5) == (0, True)
