"""Which interviews somebody else asks about again: drawn by tickets, so that nobody chooses and nobody can foresee.

The ticket of a response is that of sampling.tickets under the seed of the draw, set apart by a word. The name of a
response is a random UUID that the server makes when the interview is stored, after the seed is public: neither who made
the seed nor who held the interview knew which it would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sampling.tickets import ticketer

APART = "/back-check"
RANDOM, FLAG, NEVER_SERVED = "random", "flag", "never_served"
TICKETS = 16**64


@dataclass(frozen=True)
class BackCheckCandidate:
    """A response that may be asked about: whose interview (empty: nobody's, on the web), and what speaks for it."""

    response: str
    interviewer: str
    flagged: bool = False
    never_served: bool = False


@dataclass(frozen=True)
class SelectedResponse:
    """A response to ask about again, and why: "random", "flag" or "never_served"."""

    response: str
    why: str


def select_back_checks(
    candidates: Iterable[BackCheckCandidate], seed: str, percent: int, selected_before: Mapping[str, str] | None = None
) -> tuple[SelectedResponse, ...]:
    """All chosen responses, by name: `kept` (response → why) from earlier draws, and what is due now.

    By chance: of each interviewer those whose ticket falls in the first `percent` of all tickets, and where there is
    none, the one with the smallest. Then everything flagged and everybody who says they were never served. Who is
    chosen once stays chosen. The order of the candidates makes no difference. Raises ValueError for a share that is
    none.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} percent of the interviews")
    why = dict(selected_before or {})
    ticket_of = ticketer(seed + APART)
    by_interviewer: dict[str, list[BackCheckCandidate]] = {}
    everybody = sorted(candidates, key=lambda candidate: candidate.response)
    for candidate in everybody:
        by_interviewer.setdefault(candidate.interviewer, []).append(candidate)
    for interviewer, own in sorted(by_interviewer.items()):
        if interviewer:
            _by_chance(own, ticket_of, percent, why)
    for candidate in everybody:
        if candidate.never_served or candidate.flagged:
            why.setdefault(candidate.response, NEVER_SERVED if candidate.never_served else FLAG)
    return tuple(SelectedResponse(response, why[response]) for response in sorted(why))


def _by_chance(
    candidates: list[BackCheckCandidate], ticket_of: Callable[[str], str], percent: int, why: dict[str, str]
) -> None:
    tickets = {candidate.response: ticket_of(candidate.response) for candidate in candidates}
    for response, ticket in tickets.items():
        if int(ticket, 16) * 100 < percent * TICKETS:
            why.setdefault(response, RANDOM)
    if not any(why.get(response) == RANDOM for response in tickets):
        why.setdefault(min(tickets, key=lambda response: (tickets[response], response)), RANDOM)
