"""Outcome codes of a case as a versioned document, their consequences, and the AAPOR rates computed from them.

The delivered list is for a named list of people (docs/domain.md, section 4.2), mapped onto the classes of the AAPOR
Standard Definitions. On a list of named people a dead number is not "ineligible": the person exists and was not
reached.
"""

from surveys.outcomes.consequences import NextAction, consequence_of
from surveys.outcomes.library import (
    DEFAULT,
    OUTCOMES,
    all_known,
    known_outcome,
    letter_of,
    load,
)
from surveys.outcomes.model import GROUPS, LETTERS, REFUSED_FOR_GOOD, Outcome, OutcomeList
from surveys.outcomes.parsing import parse
from surveys.outcomes.rates import FORMULAS, Tally, rates
from surveys.outcomes.words import consequence
from surveys.problems import InvalidDocument, Problem

__all__ = [
    "DEFAULT",
    "FORMULAS",
    "GROUPS",
    "LETTERS",
    "OUTCOMES",
    "REFUSED_FOR_GOOD",
    "InvalidDocument",
    "NextAction",
    "Outcome",
    "OutcomeList",
    "Problem",
    "Tally",
    "all_known",
    "consequence",
    "consequence_of",
    "known_outcome",
    "letter_of",
    "load",
    "parse",
    "rates",
]
