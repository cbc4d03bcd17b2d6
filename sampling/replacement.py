"""Replacement: the person with the next ticket of the same stratum and queue is released; nobody chooses them.

Protocols (fixed in the plan, printed on the certificate) say when people of the reserve are released. Every released
person counts as drawn: all released cases are in the base of the response rate (AAPOR Standard Definitions), so that
releasing more than were lost would make it worse, not better.
"""

from __future__ import annotations

from dataclasses import dataclass

from sampling.plan import Plan, Protocol


@dataclass(frozen=True)
class ReleasedReplacement:
    """One person released from the reserve: whom they replace, the outcome of that case, and their own place."""

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
