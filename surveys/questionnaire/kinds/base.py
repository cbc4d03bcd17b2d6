"""What every kind of question has to define."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from sampling.text import Text
from surveys.questionnaire.model import Question
from surveys.reading import DependentReader, Reader

Answer = str | int | list[str]
YES_NO = (("1", Text("是", "Yes")), ("0", Text("否", "No")))


class WrongAnswer(ValueError):
    """An answer that does not fit its question; `text` says what to do about it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.zh)
        self.text = text


class VariableType(StrEnum):
    """What an exported variable holds."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    FLAG = "flag"
    CODED = "coded"


@dataclass(frozen=True)
class AnswerVariable:
    """One exported variable of a question. `value` takes the stored answer, None where there is none.

    `values` are its codes with their meaning, `missing` those codes that are no substantive answer.
    """

    name: str
    type: VariableType
    label: Text
    value: Callable[[Any], str | int | date | None]
    values: tuple[tuple[str, Text], ...] = ()
    missing: tuple[str, ...] = ()


class QuestionKind(ABC):
    """A kind of question: what a document says of it, which answers fit, and what becomes of them.

    A class that leaves out an abstract part cannot be registered: making its object raises TypeError.
    """

    # The answers are people's own words: hidden on pages, erased when their time is over, and never exported.
    free_words: ClassVar[bool] = False
    # Nothing given is an answer too, so the interviewer is not asked about it once more before an interview is stored.
    may_be_empty: ClassVar[bool] = False
    # The comparisons a condition may make with an answer, besides whether there is one.
    comparisons: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """What a document calls it."""

    @property
    @abstractmethod
    def fields(self) -> Mapping[str, Reader | DependentReader]:
        """The fields of such a question in a document, besides those of every question, each with its reader."""

    def arguments(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the fields say, as arguments of Question."""
        return values

    @abstractmethod
    def clean(self, question: Question, answer: object, mode: str) -> Answer:
        """An answer that is not empty, as it is stored ("" where nothing remains of it); raises WrongAnswer."""

    @abstractmethod
    def in_words(self, question: Question, answer: Any, language: str) -> list[str]:
        """A stored answer as people read it: one text, or one for each option chosen."""

    @abstractmethod
    def variables(self, question: Question) -> tuple[AnswerVariable, ...]:
        """The variables the answers are exported as; none for free words only."""

    def likely(self, _question: Question, _mode: str) -> Answer | None:
        """The answer assumed for a question that is still open, to tell how many questions are to come."""
        return None
