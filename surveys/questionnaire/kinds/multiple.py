"""A choice of any number of options."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from sampling.text import Text
from surveys.questionnaire.kinds.base import YES_NO, AnswerVariable, QuestionKind, VariableType, WrongAnswer
from surveys.questionnaire.kinds.options import OPTIONS, labels
from surveys.questionnaire.model import Option, Question


class Multiple(QuestionKind):
    """Some of the options, stored as the list of their codes in the order of the document."""

    name = "multiple"
    fields = MappingProxyType({"options": OPTIONS})
    may_be_empty = True
    comparisons = ("in",)

    def clean(self, question: Question, answer: object, mode: str) -> list[str]:
        """The codes of options offered in this mode, each once."""
        codes = [option.code for option in question.options_in(mode)]
        if not isinstance(answer, list) or any(code not in codes for code in answer):
            raise WrongAnswer(Text("请从所列选项中选择。", "Choose from the listed options."))
        if len(set(answer)) < len(answer):
            raise WrongAnswer(Text("同一个选项选了两次。", "The same option is chosen twice."))
        return [code for code in codes if code in answer]

    def in_words(self, question: Question, answer: Any, language: str) -> list[str]:
        """The label of each option chosen."""
        return labels(question, [str(code) for code in answer], language)

    def variables(self, question: Question) -> tuple[AnswerVariable, ...]:
        """For each option whether it was chosen."""
        return tuple(
            AnswerVariable(
                f"{question.id}_{option.code}",
                VariableType.FLAG,
                _label(question, option),
                _chosen(option.code),
                YES_NO,
            )
            for option in question.options
        )


def _label(question: Question, option: Option) -> Text:
    return Text(f"{question.text.zh} — {option.label.zh}", f"{question.text.en} — {option.label.en}")


def _chosen(code: str) -> Callable[[Any], int | None]:
    return lambda answer: None if answer is None else int(code in answer)
