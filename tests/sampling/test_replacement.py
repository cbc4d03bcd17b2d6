"""When the reserve is released, and who comes next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.plan import Plan, Protocol
from sampling.replacement import due, next_queue, used


@pytest.mark.parametrize(
    ("protocol", "block", "lost", "replaced", "released"),
    [
        (Protocol.ONE_FOR_ONE, 1, 0, 0, 0),
        (Protocol.ONE_FOR_ONE, 1, 3, 1, 2),
        (Protocol.BLOCK, 5, 4, 0, 0),
        (Protocol.BLOCK, 5, 5, 0, 5),
        (Protocol.BLOCK, 5, 9, 5, 0),
        (Protocol.BLOCK, 5, 11, 0, 10),
        (Protocol.BLOCK, 1, 3, 1, 2),
        (Protocol.SUPERVISOR, 1, 9, 0, 0),
        (Protocol.NONE, 1, 9, 0, 0),
    ],
)
def test_the_protocol_says_how_many(protocol: Protocol, block: int, lost: int, replaced: int, released: int) -> None:
    assert due(Plan(100, protocol=protocol, block=block), lost, replaced) == released


@given(st.integers(1, 9), st.integers(0, 60))
def test_releasing_what_is_due_leaves_nothing_due(block: int, lost: int) -> None:
    for plan in (Plan(100, protocol=Protocol.ONE_FOR_ONE), Plan(100, protocol=Protocol.BLOCK, block=block)):
        replaced = 0
        for so_far in range(lost + 1):
            replaced += due(plan, so_far, replaced)
            assert due(plan, so_far, replaced) == 0
            assert so_far - block < replaced <= so_far or plan.protocol is Protocol.ONE_FOR_ONE


PEOPLE = {"drawn": 4, "listed": 6, "new": 2}


@pytest.mark.parametrize(
    ("own", "taken", "queue"),
    [
        ("drawn", {"drawn": 3}, "drawn"),
        ("drawn", {"drawn": 4}, "new"),
        ("drawn", {"drawn": 4, "new": 2, "listed": 5}, "listed"),
        ("listed", {"listed": 6}, "new"),
        ("listed", {"listed": 6, "new": 2}, "drawn"),
        ("new", {"new": 2}, "listed"),
        ("new", {"new": 2, "listed": 6, "drawn": 3}, "drawn"),
        ("new", {"new": 2, "listed": 6, "drawn": 4}, None),
    ],
)
def test_a_used_up_queue_is_continued_by_the_others(own: str, taken: dict[str, int], queue: str | None) -> None:
    assert next_queue(("0101", own), PEOPLE, taken) == queue


def test_without_overlap_there_is_one_queue() -> None:
    assert next_queue(("0101", "all"), {"all": 3}, {"all": 2}) == "all"
    assert next_queue(("0101", "all"), {"all": 3}, {"all": 3}) is None


@given(
    st.permutations(["drawn", "listed", "new"]),
    st.dictionaries(st.sampled_from(["drawn", "listed", "new"]), st.integers(0, 4)),
)
def test_a_stratum_is_used_up_after_everyone_was_released(order: list[str], people: dict[str, int]) -> None:
    taken: dict[str, int] = {}
    while (queue := next_queue(("0101", order[0]), people, taken)) is not None:
        taken[queue] = taken.get(queue, 0) + 1
    assert {q: n for q, n in people.items() if n} == taken


def test_sample_and_replacements_are_in_use() -> None:
    sample = {("a", "all"): 5, ("b", "all"): 0}
    assert used(sample, [("a", "all"), ("b", "all"), ("a", "all")]) == {("a", "all"): 7, ("b", "all"): 1}
    assert sample == {("a", "all"): 5, ("b", "all"): 0}
