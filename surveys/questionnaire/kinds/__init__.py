"""The kinds of question, one module each: what a document says, which answers fit, what is exported.

How a kind is shown and filled in is `app/interview/kinds/`; the application does not start while the two differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from surveys.questionnaire.kinds.base import YES_NO, Answer, AnswerVariable, QuestionKind, VariableType, WrongAnswer
from surveys.questionnaire.kinds.date import Date
from surveys.questionnaire.kinds.free_text import FreeText
from surveys.questionnaire.kinds.integer import Integer
from surveys.questionnaire.kinds.multiple import Multiple
from surveys.questionnaire.kinds.single import Single
from surveys.questionnaire.model import Question

__all__ = [
    "KINDS",
    "YES_NO",
    "Answer",
    "AnswerVariable",
    "QuestionKind",
    "VariableType",
    "WrongAnswer",
    "by_name",
    "free_questions",
    "kind_of",
]


def by_name(*kinds: QuestionKind) -> dict[str, QuestionKind]:
    """Kinds by the name a document calls them; raises ValueError for a name used twice."""
    registered = {kind.name: kind for kind in kinds}
    if len(registered) < len(kinds):
        raise ValueError(f"a kind of question is registered twice: {[kind.name for kind in kinds]}")
    return registered


KINDS = by_name(Single(), Multiple(), Integer(), FreeText(), Date())


def kind_of(question: Question) -> QuestionKind:
    """The kind of a question."""
    return KINDS[question.kind]


def free_questions(questions: Iterable[Question]) -> tuple[str, ...]:
    """The ids of the questions answered in people's own words."""
    return tuple(question.id for question in questions if kind_of(question).free_words)
