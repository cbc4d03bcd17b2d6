"""Who replaces whom: the next ticket of the same stratum, never anybody's choice.

Protocols (fixed in the plan, printed on the certificate) say when people of the reserve are released. What each does
to the sample: docs/between-rounds.md says more; releasing only as many as are lost keeps the response rate
honest, since every released person counts as drawn (AAPOR Standard Definitions: all released cases are in the base).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.plan import Plan, Protocol
from sampling.strata import ALL, DRAWN, LISTED, NEW, Cell

# Where the reserve of a queue that is used up is continued.
NEXT_QUEUES = (NEW, LISTED, DRAWN, ALL)


@dataclass(frozen=True)
class Replacement:
    """One person released from the reserve: whom they replace, with what outcome, and their own place."""

    replaces: str
    outcome: str
    stratum: str
    queue: str
    key: str
    ticket: str
    at: str

    def as_json(self) -> dict[str, str]:
        """As it stands in the certificate."""
        return {
            "at": self.at,
            "key": self.key,
            "outcome": self.outcome,
            "queue": self.queue,
            "replaces": self.replaces,
            "stratum": self.stratum,
            "ticket": self.ticket,
        }


def due(plan: Plan, lost: int, replaced: int) -> int:
    """How many people of a stratum's reserve the system releases now: `lost` cases ended without an interview so far,
    `replaced` of them were replaced.

    One for one: each at once. In blocks: once a whole block of cases is lost. Otherwise none by itself.

    >>> from sampling.plan import Plan, Protocol
    >>> due(Plan(100, protocol=Protocol.BLOCK, block=5), lost=11, replaced=5)
    5
    """
    if plan.protocol is Protocol.ONE_FOR_ONE:
        return lost - replaced
    if plan.protocol is Protocol.BLOCK:
        return lost // plan.block * plan.block - replaced
    return 0


def next_queue(cell: Cell, people: Mapping[str, int], taken: Mapping[str, int]) -> str | None:
    """The queue that gives the next person for a case of `cell`: its own, or when that is used up the first other.

    `people` and `taken` (sample and replacements so far) by queue of the stratum; None when the stratum is used up.
    """
    for queue in (cell[1], *NEXT_QUEUES):
        if taken.get(queue, 0) < people.get(queue, 0):
            return queue
    return None


def used(sample: Mapping[Cell, int], released: Sequence[Cell]) -> dict[Cell, int]:
    """How many of each queue are in use: sample and replacements."""
    counts = dict(sample)
    for place in released:
        counts[place] = counts.get(place, 0) + 1
    return counts
