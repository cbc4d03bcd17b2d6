"""How many people of the reserve are released by each protocol."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.plan import Plan, Protocol
from sampling.replacement import due


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
