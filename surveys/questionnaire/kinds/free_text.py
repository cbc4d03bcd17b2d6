"""An answer in people's own words."""

from __future__ import annotations

import unicodedata
from types import MappingProxyType
from typing import Any

from sampling.text import Text
from surveys.questionnaire.kinds.base import AnswerVariable, QuestionKind, WrongAnswer
from surveys.questionnaire.model import Question
from surveys.reading import default, whole_number

LONGEST, USUAL = 2_000, 500


class FreeText(QuestionKind):
    """The words as they were said, up to `max_length` characters; it is called `text` in a document."""

    name = "text"
    fields = MappingProxyType({"max_length": default(whole_number(1, LONGEST), USUAL)})
    free_words = True
    may_be_empty = True

    def clean(self, question: Question, answer: object, _mode: str) -> str:
        """The words; rare characters stay, control characters and half surrogates do not."""
        if not isinstance(answer, str):
            raise WrongAnswer(Text("请填文字。", "Write a text."))
        lines = answer.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        text = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
        most, length = question.max_length, len(text)
        if length > most:
            raise WrongAnswer(
                Text(
                    f"最多 {most} 个字，现在有 {length} 个。",
                    f"At most {most} characters; there are {length}.",
                )
            )
        return text

    def in_words(self, _question: Question, answer: Any, _language: str) -> list[str]:
        """The words themselves."""
        return [str(answer)]

    def variables(self, _question: Question) -> tuple[AnswerVariable, ...]:
        """None: free words may name people."""
        return ()
