"""A choice of one option."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from sampling.text import Text
from surveys.questionnaire.kinds.base import AnswerVariable, QuestionKind, VariableType, WrongAnswer
from surveys.questionnaire.kinds.options import OPTIONS, labels
from surveys.questionnaire.model import Question


class Single(QuestionKind):
    """One of the options, stored as its code."""

    name = "single"
    fields = MappingProxyType({"options": OPTIONS})
    comparisons = ("in",)

    def clean(self, question: Question, answer: object, mode: str) -> str:
        """The code of an option offered in this mode."""
        if not isinstance(answer, str) or answer not in {option.code for option in question.options_in(mode)}:
            raise WrongAnswer(Text("请从所列选项中选一个。", "Choose one of the listed options."))
        return answer

    def in_words(self, question: Question, answer: Any, language: str) -> list[str]:
        """The label of the option."""
        return labels(question, [str(answer)], language)

    def variables(self, question: Question) -> tuple[AnswerVariable, ...]:
        """The code; excluded options count as missing."""
        values = tuple((option.code, option.label) for option in question.options)
        missing = tuple(option.code for option in question.options if option.excluded)
        return (AnswerVariable(question.id, VariableType.CODED, question.text, _code, values, missing),)

    def likely(self, question: Question, mode: str) -> str:
        """The first option."""
        return question.options_in(mode)[0].code


def _code(answer: Any) -> str | None:
    return answer if isinstance(answer, str) else None
