"""Which interviews are back-checked: selected by tickets, which nobody can choose or foresee.

The ticket of a response is that of sampling.tickets under the seed of the draw with a suffix. The name of a
response is a random UUID that the server makes when the interview is stored, after the seed is public: neither who made
the seed nor the interviewer knew which name it would get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sampling.tickets import ticketer

TICKET_SUFFIX = "/back-check"
RANDOM, FLAG, NEVER_SERVED = "random", "flag", "never_served"
TICKETS = 16**64


@dataclass(frozen=True)
class BackCheckCandidate:
    """A response that may be back-checked: its interviewer (empty on the web), and whether it is selected anyway."""

    response: str
    interviewer: str
    flagged: bool = False
    never_served: bool = False


@dataclass(frozen=True)
class SelectedResponse:
    """A response to back-check, and why: "random", "flag" or "never_served"."""

    response: str
    why: str


def select_back_checks(
    candidates: Iterable[BackCheckCandidate], seed: str, percent: int, selected_before: Mapping[str, str] | None = None
) -> tuple[SelectedResponse, ...]:
    """All selected responses, by name: `selected_before` (response → why), and those selected now.

    By chance: of each interviewer those whose ticket falls in the first `percent` of all tickets, and where there is
    none, the one with the smallest. Then everything flagged and everybody who says they were never served. A response
    once selected stays selected. The order of the candidates makes no difference. Raises ValueError unless `percent` is
    0-100.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} percent of the interviews")
    why = dict(selected_before or {})
    ticket_of = ticketer(seed + TICKET_SUFFIX)
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
