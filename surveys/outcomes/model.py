"""Outcome codes as they are used after parsing: frozen objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sampling.text import Text

GROUPS = ("reached", "not_reached", "cannot", "refused")
# The code of a clear refusal by the person is the same in every list (surveys.outcomes.parsing).
REFUSED_FOR_GOOD = "R1"
# The classes of the AAPOR Standard Definitions, and X, our own: an interview of somebody who says they were never
# served. UH, an unknown household, cannot happen on a list of named people, but a list may be used elsewhere.
LETTERS = ("I", "P", "R", "NC", "O", "UO", "UH", "NE", "X")


@dataclass(frozen=True)
class Outcome:
    """One outcome of an attempt: its label, its AAPOR class, and its consequences.

    `delay` is the minutes until the next try, None where there is none. `retries` is how many more tries a soft
    refusal leaves. `supervisor` sends an open case to the supervisor first, and tells them of a closed one.
    `ledger_fault` marks what is also a finding about the quality of the list. Not `hand`: it comes from a response,
    or is no longer in use but still known.
    """

    code: str
    label: Text
    group: str
    aapor: str
    final: bool
    delay: int | None = None
    next_number: bool = False
    note_required: bool = False
    supervisor: bool = False
    another_interviewer: bool = False
    retries: int | None = None
    needs_skill: bool = False
    appointment: bool = False
    visit: bool = False
    ledger_fault: bool = False
    during_interview: bool = False
    hand: bool = True

    @property
    def eligible(self) -> bool | None:
        """Whether the person belongs to the base; None while nobody could be verified behind a bad number."""
        return None if self.aapor in ("UO", "UH") else self.aapor != "NE"


@dataclass(frozen=True)
class OutcomeList:
    """A whole list of outcomes under its id, version and digest (of the canonical JSON it was parsed from)."""

    id: str
    version: int
    title: Text
    outcomes: tuple[Outcome, ...]
    digest: str

    @cached_property
    def by_code(self) -> Mapping[str, Outcome]:
        """The outcomes by code, in order."""
        return {outcome.code: outcome for outcome in self.outcomes}

    def __getitem__(self, code: str) -> Outcome:
        return self.by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.outcomes)

    def get(self, code: str | None) -> Outcome | None:
        """The outcome of that code, or None."""
        return None if code is None else self.by_code.get(code)

    def by_hand(self, *, under_way: bool = False) -> tuple[Outcome, ...]:
        """The outcomes an interviewer may press; some only while an interview is under way."""
        return tuple(o for o in self.outcomes if o.hand and (under_way or not o.during_interview))

    def of_class(self, *letters: str) -> tuple[str, ...]:
        """The codes of these AAPOR classes."""
        return tuple(o.code for o in self.outcomes if o.aapor in letters)

    @cached_property
    def interviewed(self) -> tuple[str, ...]:
        """Codes of an interview with the person or for them; every other final outcome is a loss to the sample."""
        return self.of_class("I")

    @cached_property
    def looked_at(self) -> tuple[str, ...]:
        """Codes that close a case by themselves and that a supervisor reviews afterwards."""
        return tuple(o.code for o in self.outcomes if o.supervisor and (o.final or o.retries is not None))

    def is_lost(self, code: str | None, final: bool) -> bool:
        """Whether a case ended without an interview that can count, so that the reserve may replace it.

        Also people who were never served (X) or are not eligible (NE): they leave the base.
        """
        return final and code is not None and code not in self.interviewed
