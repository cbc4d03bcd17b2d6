"""A whole number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sampling.text import Text
from surveys.questionnaire.kinds.base import AnswerVariable, QuestionKind, VariableType, WrongAnswer
from surveys.questionnaire.model import Question
from surveys.reading import DependentReader, whole_number

LARGEST_NUMBER = 1_000_000


class Integer(QuestionKind):
    """A whole number from `low` to `high`, stored as a number."""

    name = "integer"
    fields = MappingProxyType(
        {
            "min": whole_number(-LARGEST_NUMBER, LARGEST_NUMBER),
            "max": DependentReader(lambda read: whole_number(read["min"], LARGEST_NUMBER)),
        }
    )
    comparisons = ("below",)

    def arguments(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The bounds."""
        return {"low": values["min"], "high": values["max"]}

    def clean(self, question: Question, answer: object, _mode: str) -> int:
        """A number within the bounds, also where it was typed as text."""
        number = answer
        if isinstance(answer, str) and (digits := answer.strip()).removeprefix("-").isdecimal() and len(digits) < 10:
            number = int(digits)  # full-width digits are decimal too
        low, high = question.low, question.high
        if type(number) is not int or not low <= number <= high:
            raise WrongAnswer(Text(f"请填 {low} 到 {high} 之间的整数。", f"Enter a whole number from {low} to {high}."))
        return number

    def in_words(self, _question: Question, answer: Any, _language: str) -> list[str]:
        """The number."""
        return [str(answer)]

    def variables(self, question: Question) -> tuple[AnswerVariable, ...]:
        """The number."""
        return (AnswerVariable(question.id, VariableType.NUMBER, question.text, _number),)

    def likely(self, question: Question, _mode: str) -> int:
        """The highest."""
        return question.high


def _number(answer: Any) -> int | None:
    return answer if isinstance(answer, int) else None
