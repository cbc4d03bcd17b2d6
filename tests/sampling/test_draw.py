"""The draw depends on seed and keys alone, extending it keeps everyone, and merged parts give the same sample."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.draw import Drawn, DrawRefused, draw, merge, require_full_sample, smallest
from sampling.frame import FramePerson
from sampling.plan import Plan
from sampling.rule import Reading
from sampling.strata import Cell, cell_of
from sampling.tickets import ticket
from tests.sampling.certificates import a_round
from tests.sampling.people import frames, people, person

SEED = "fc225b64a52666cd" * 4
CELL = cell_of(Plan(100, general=1, overlap=30), Reading.PRIORITY)
SHUFFLES = st.randoms(use_true_random=False)


def counted(frame: list[FramePerson]) -> dict[Cell, int]:
    """How many people each queue holds."""
    return Counter(place for place in map(CELL, frame) if place)


@st.composite
def drawable(draw: st.DrawFn) -> tuple[list[FramePerson], dict[Cell, int]]:
    """A frame and an allocation that fits it, empty queues among them."""
    frame = draw(frames())
    allocation = {place: draw(st.integers(0, number)) for place, number in counted(frame).items()}
    return frame, allocation | {("nowhere", "new"): 0}


def by_sorting(frame: list[FramePerson], allocation: dict[Cell, int]) -> dict[Cell, list[str]]:
    """The definition: everyone of a queue in the order of (ticket, key), cut off."""
    order = sorted(frame, key=lambda person: (ticket(SEED, person.key), person.key))
    return {place: [person.key for person in order if CELL(person) == place][:n] for place, n in allocation.items()}


@given(drawable(), SHUFFLES)
def test_the_sample_is_the_first_people_of_every_queue_whatever_the_order_of_the_list(
    case: tuple[list[FramePerson], dict[Cell, int]], chance: random.Random
) -> None:
    frame, allocation = case
    expected = by_sorting(frame, allocation)
    chance.shuffle(frame)
    sample = draw(frame, CELL, SEED, allocation)
    assert {place: [person.key for person in drawn] for place, drawn in sample.items()} == expected
    assert all(person.ticket == ticket(SEED, person.key) for drawn in sample.values() for person in drawn)


@given(drawable(), st.data())
def test_a_smaller_sample_is_a_prefix_of_a_larger_one(
    case: tuple[list[FramePerson], dict[Cell, int]], data: st.DataObject
) -> None:
    frame, larger = case
    smaller = {place: data.draw(st.integers(0, number)) for place, number in larger.items()}
    before, after = draw(frame, CELL, SEED, smaller), draw(frame, CELL, SEED, larger)
    assert all(after[place][: smaller[place]] == before[place] for place in larger)


@given(drawable(), frames(most=20))
def test_further_people_leave_the_order_of_the_others_as_it_was(
    case: tuple[list[FramePerson], dict[Cell, int]], further: list[FramePerson]
) -> None:
    frame, _ = case
    keys_listed = {person.key for person in frame}
    more = [*frame, *(person for person in further if person.key not in keys_listed)]
    before, after = draw(frame, CELL, SEED, counted(frame)), draw(more, CELL, SEED, counted(more))
    for place, drawn in before.items():
        assert tuple(person for person in after[place] if person.key in keys_listed) == drawn


@given(drawable(), st.integers(1, 5), SHUFFLES)
def test_parts_make_the_whole_however_the_frame_was_cut(
    case: tuple[list[FramePerson], dict[Cell, int]], number: int, chance: random.Random
) -> None:
    frame, allocation = case
    parts: list[list[tuple[str, Cell | None]]] = [[] for _ in range(number)]
    for listed in frame:
        chance.choice(parts).append((listed.key, CELL(listed)))
    samples = [smallest(part, SEED, allocation) for part in parts]
    assert merge(samples, allocation) == draw(frame, CELL, SEED, allocation)
    assert merge([merge(samples[:2], allocation), *samples[2:]], allocation) == draw(frame, CELL, SEED, allocation)


def test_the_sample_of_twelve_people_is_the_expected_one() -> None:
    """Made with sha256sum and sort."""
    allocation = {("0101", "all"): 1, ("0102", "all"): 1, ("0201", "all"): 2, ("0301", "all"): 0}
    sample = draw(people(12), cell_of(Plan(4), Reading.PRIORITY), SEED, allocation)
    assert [(place[0], person.key[:8], person.ticket[:8]) for place, drawn in sample.items() for person in drawn] == [
        ("0101", "843f7b10", "9e8c0470"),
        ("0102", "9e6f4bda", "570486b1"),
        ("0201", "617ca069", "247bf190"),
        ("0201", "92c0c49a", "2ed41e33"),
    ]


@pytest.mark.parametrize("count", [1, 99, 100, 101])
def test_below_a_hundred_everyone_is_drawn(count: int) -> None:
    size = min(count, 100)
    drawing = a_round(people(count), Plan(size))
    drawn = {person.key for queue in drawing.sample.values() for person in queue}
    assert len(drawn) == size
    assert drawn <= {person.key for person in drawing.frame}
    assert (drawn == {person.key for person in drawing.frame}) is (count <= 100)


def test_from_an_empty_frame_nobody_is_drawn() -> None:
    assert draw([], CELL, SEED, {}) == {}
    assert draw([], CELL, SEED, {("0101", "new"): 0}) == {("0101", "new"): ()}
    assert merge([], {("0101", "new"): 0}) == {("0101", "new"): ()}


def test_another_seed_draws_other_people() -> None:
    frame = people(300)
    allocation = a_round(frame).allocation
    cell = cell_of(Plan(100), Reading.PRIORITY)
    assert draw(frame, cell, SEED, allocation) != draw(frame, cell, SEED[::-1], allocation)


def test_what_does_not_fit_the_people_is_refused() -> None:
    frame = [person(1, "0101"), person(2, "0102")]
    cell = cell_of(Plan(2), Reading.PRIORITY)
    with pytest.raises(DrawRefused, match="层 0102 没有分配人数"):
        draw(frame, cell, SEED, {("0101", "all"): 1})
    with pytest.raises(DrawRefused, match="层 0102（all）只有 1 人，不能抽 2 人"):
        draw(frame, cell, SEED, {("0101", "all"): 1, ("0102", "all"): 2})
    with pytest.raises(DrawRefused, match="只有 0 人"):
        require_full_sample({("0101", "all"): ()}, {("0101", "all"): 1})


class Short:
    """A hash of eight bits."""

    def __init__(self, seed: str, key: str = "") -> None:
        self.seed, self.key = seed, key

    def copy(self) -> Short:
        return Short(self.seed)

    def update(self, key: bytes) -> None:
        self.key = key.decode()

    def digest(self) -> bytes:
        return bytes.fromhex(ticket(self.seed, self.key)[:2])


def test_equal_tickets_are_ordered_by_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two keys with one ticket are known; a hash of eight bits makes them."""
    monkeypatch.setattr("sampling.draw.seeded_hash", Short)
    place = ("0201", "all")
    only = [(entry.key, place) for entry in people(400) if entry.village == "0201"]
    in_order = sorted((ticket(SEED, key)[:2], key) for key, _place in only)
    assert len({number for number, _key in in_order}) < len(in_order)
    for size in range(len(in_order) + 1):
        assert smallest(only, SEED, {place: size})[place] == tuple(Drawn(*entry) for entry in in_order[:size])
