"""The draw: in each queue of a stratum the smallest tickets are the sample, what follows is the reserve.

One pass over the frame; memory grows with the sample, not with the people. Parts of a frame can be drawn by several
processes and merged: the smallest tickets of the whole are among the smallest of the parts.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sampling.frame import FramePerson
from sampling.strata import Cell
from sampling.text import Text, TextError
from sampling.tickets import seeded_hash

FIRST, LAST = b"", b"\xff" * 33  # before and behind every ticket
SPARE = 16


@dataclass(frozen=True, order=True)
class Drawn:
    """A person drawn; compares by (ticket, key), the order of a queue."""

    ticket: str
    key: str


Sample = Mapping[Cell, tuple[Drawn, ...]]


class DrawRefused(TextError, ValueError):
    """An allocation that does not fit the people given."""


def draw(
    people: Iterable[FramePerson],
    cell: Callable[[FramePerson], Cell | None],
    seed: str,
    allocation: Mapping[Cell, int],
) -> Sample:
    """The allocated number of smallest tickets of each queue, in order; people in any order.

    Extending an allocation keeps everyone already drawn. Raises DrawRefused when a queue is unknown or too small.

    >>> five = [FramePerson(f"{n:032x}", "0101", "1", ("01",)) for n in range(1, 6)]
    >>> sample = draw(five, lambda person: (person.village, "all"), "fc225b64" * 8, {("0101", "all"): 2})
    >>> [(one.key[-2:], one.ticket[:16]) for one in sample["0101", "all"]]
    [('05', '4b0c4af50cbf746b'), ('03', '78cfad0e5560361d')]
    """
    return require_full_sample(
        smallest(((person.key, cell(person)) for person in people), seed, allocation), allocation
    )


def smallest(pairs: Iterable[tuple[str, Cell | None]], seed: str, allocation: Mapping[Cell, int]) -> Sample:
    """At most the allocated number of smallest tickets of each queue, from (key, queue) pairs: a part of a draw.

    A queue of None is skipped. Cost: one hash and one comparison a person. Those with a ticket below the largest kept,
    about n·log₂(N/n) of them, are kept until they are twice the sample; then they are sorted and the later half
    dropped.
    """
    copy = seeded_hash(seed).copy
    candidates: dict[Cell, list[tuple[bytes, str]]] = {place: [] for place in allocation}
    # Nearly everyone has a ticket above the largest one kept of a full queue, and costs only the hash.
    worst: dict[Cell | None, bytes] = {place: LAST if number else FIRST for place, number in allocation.items()}
    worst[None] = FIRST
    for key, place in pairs:
        state = copy()
        state.update(key.encode())
        ticket = state.digest()
        try:
            if ticket > worst[place]:
                continue
        except KeyError:
            stratum = place[0] if place else ""
            raise DrawRefused(
                Text(f"层 {stratum} 没有分配人数。", f"No number of people is allocated to stratum {stratum}.")
            ) from None
        if place is None:
            continue
        queue, number = candidates[place], allocation[place]
        queue.append((ticket, key))
        if len(queue) >= 2 * number + SPARE:
            queue.sort()
            del queue[number:]
            worst[place] = queue[-1][0]
    return {
        place: tuple(Drawn(ticket.hex(), key) for ticket, key in sorted(queue)[: allocation[place]])
        for place, queue in candidates.items()
    }


def merge(parts: Iterable[Sample], allocation: Mapping[Cell, int]) -> Sample:
    """The draw of a whole frame from those of its parts, however the frame was divided."""
    together: dict[Cell, list[Drawn]] = {place: [] for place in allocation}
    for part in parts:
        for place, drawn in part.items():
            together[place] += drawn
    return {place: tuple(heapq.nsmallest(allocation[place], drawn)) for place, drawn in together.items()}


def require_full_sample(sample: Sample, allocation: Mapping[Cell, int]) -> Sample:
    """The sample unchanged; raises DrawRefused when a queue has fewer people than allocated."""
    for (stratum, queue), number in allocation.items():
        available = len(sample[stratum, queue])
        if available < number:
            raise DrawRefused(
                Text(
                    f"层 {stratum}（{queue}）只有 {available} 人，不能抽 {number} 人。",
                    f"Stratum {stratum} ({queue}) has only {available} people; {number} cannot be drawn.",
                )
            )
    return sample
