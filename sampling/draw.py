"""The draw: in each stratum the smallest tickets are the sample, those that follow are the reserve."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sampling.frame import FramePerson
from sampling.tickets import ticket, ticketer, valid_seed

FIRST, LAST = "", "~"  # before and behind every hexadecimal ticket


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn person: key, ticket, and place (from 1) in the order of their stratum."""

    key: str
    ticket: str
    position: int


@dataclass(frozen=True)
class StratumDraw:
    """What was drawn of one stratum."""

    stratum: str
    population: int
    allocated: int
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True)
class Draw:
    """A whole draw, strata in the order of their codes."""

    strata: tuple[StratumDraw, ...]

    @property
    def size(self) -> int:
        """How many people were drawn."""
        return sum(len(stratum.drawn) for stratum in self.strata)


class DrawRefused(ValueError):
    """An allocation that does not fit the people given."""


def draw(people: Iterable[FramePerson], seed: str, allocation: Mapping[str, int]) -> Draw:
    """Draw the allocated number of smallest tickets in each stratum (the village).

    One pass over `people`, in any order; memory grows with the sample, not with the frame. Extending an allocation
    keeps everyone already drawn. Raises InvalidSeed, or DrawRefused when a stratum is missing, unknown or too small.
    """
    valid_seed(seed)
    numbered = ticketer(seed)
    heaps: dict[str, list[_Reversed]] = {code: [] for code in allocation}
    counts = dict.fromkeys(allocation, 0)
    # The largest ticket still in the sample of a full stratum: nearly everyone is behind it and costs only the hash.
    worst = {code: LAST if room else FIRST for code, room in allocation.items()}
    for person in people:
        stratum = person.village
        if stratum not in counts:
            raise DrawRefused(f"层 {stratum} 没有分配人数。")
        counts[stratum] += 1
        number = numbered(person.key)
        if number > worst[stratum]:
            continue
        heap, entry = heaps[stratum], _Reversed((number, person.key))
        if len(heap) < allocation[stratum]:
            heapq.heappush(heap, entry)
        else:
            heapq.heappushpop(heap, entry)
        if len(heap) == allocation[stratum]:
            worst[stratum] = heap[0].place[0]
    strata = []
    for code in sorted(allocation):
        if counts[code] < allocation[code]:
            raise DrawRefused(f"层 {code} 只有 {counts[code]} 人，不能抽 {allocation[code]} 人。")
        order = sorted(entry.place for entry in heaps[code])
        drawn = tuple(Drawn(key, number, place) for place, (number, key) in enumerate(order, 1))
        strata.append(StratumDraw(code, counts[code], allocation[code], drawn))
    return Draw(tuple(strata))


class _Reversed:
    """Turns the smallest-first heap into largest-first."""

    __slots__ = ("place",)

    def __init__(self, place: tuple[str, str]) -> None:
        self.place = place

    def __lt__(self, other: _Reversed) -> bool:
        return other.place < self.place


def reserve(people: Iterable[FramePerson], seed: str, stratum: str, *, after: int, count: int) -> tuple[Drawn, ...]:
    """The next `count` tickets of a stratum behind its first `after`: who replaces whom is not for anyone to choose."""
    valid_seed(seed)
    places = ((ticket(seed, p.key), p.key) for p in people if p.village == stratum)
    order = heapq.nsmallest(after + count, places)
    return tuple(Drawn(key, number, place) for place, (number, key) in enumerate(order, 1))[after:]
