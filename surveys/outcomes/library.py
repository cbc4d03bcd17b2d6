"""The lists of outcomes delivered with the application."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.library import body
from surveys.outcomes.model import Outcome, OutcomeList
from surveys.outcomes.parsing import parse

KIND = "outcomes"


def load(document_id: str, version: int) -> OutcomeList:
    """A delivered list; raises surveys.library.UnknownDocument or EditedDocument."""
    return parse(body(KIND, document_id, version))


# Where no evaluation is at hand, and where an evaluation names no list of its own.
DEFAULT = load("guangzhou", 1)
OUTCOMES: Mapping[str, Outcome] = DEFAULT.by_code


def known_outcome(code: str | None, outcomes: OutcomeList = DEFAULT) -> Outcome | None:
    """An outcome of this list, else of the delivered one: an older version may have written it down."""
    return outcomes.get(code) or DEFAULT.get(code)


def all_known(outcomes: OutcomeList) -> tuple[Outcome, ...]:
    """The outcomes of this list, then those only the delivered one knows."""
    return (*outcomes, *(outcome for outcome in DEFAULT if outcome.code not in outcomes))


def letter_of(code: str | None, outcomes: OutcomeList = DEFAULT) -> str:
    """The AAPOR class a code counts in; a case not yet tried, or a code no list knows, is of unknown eligibility."""
    outcome = known_outcome(code, outcomes)
    return "UO" if outcome is None else outcome.aapor
