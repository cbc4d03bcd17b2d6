"""A day of the calendar."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from types import MappingProxyType
from typing import Any

from sampling.text import Text
from surveys.calling.local_time import day_in_words
from surveys.problems import Problems
from surveys.questionnaire.kinds.base import AnswerVariable, QuestionKind, VariableType, WrongAnswer
from surveys.questionnaire.model import Question
from surveys.reading import DependentReader, Reader, optional

# What a document may allow, and what is allowed where it says nothing.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 12, 31)
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# As people type it where a browser has no calendar: 2023-7-1, 2023/07/01, 2023.7.1, 2023年7月1日, 20230701.
TYPED = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d\d)(\d\d)", re.ASCII)


def iso_day(low: date, high: date = LATEST) -> Reader:
    """A day of a document, written as ISO text; None for a wrong one."""

    def read(problems: Problems, value: object, place: str) -> date | None:
        day = as_day(value) if isinstance(value, str) and ISO.fullmatch(value) else None
        if day is not None and low <= day <= high:
            return day
        problems.add(
            place,
            Text(
                f"应为 {low} 到 {high} 之间的日期，写成 2023-07-01 这样。",
                f"Write a day from {low} to {high} in the form 2023-07-01.",
            ),
        )
        return None

    return read


class Date(QuestionKind):
    """A day from `earliest` to `latest`, stored as ISO text (2023-07-01)."""

    name = "date"
    fields = MappingProxyType(
        {
            "earliest": optional(iso_day(EARLIEST)),
            "latest": DependentReader(lambda read: optional(iso_day(read["earliest"] or EARLIEST))),
        }
    )
    comparisons = ("before",)

    def clean(self, question: Question, answer: object, _mode: str) -> str:
        """The day as ISO text, within the limits."""
        day = as_day(answer) if isinstance(answer, str) else None
        if day is None:
            raise WrongAnswer(
                Text("请填年、月、日，例如 2023-07-01。", "Enter year, month and day, such as 2023-07-01.")
            )
        if not (question.earliest or EARLIEST) <= day <= (question.latest or LATEST):
            limits = limits_in_words(question)
            raise WrongAnswer(Text(f"请填{limits.zh}。", f"Enter {limits.en}."))
        return day.isoformat()

    def in_words(self, _question: Question, answer: Any, language: str) -> list[str]:
        """The day in words."""
        return [full_day_in_words(date.fromisoformat(answer)).in_language(language)]

    def variables(self, question: Question) -> tuple[AnswerVariable, ...]:
        """The day."""
        return (AnswerVariable(question.id, VariableType.DATE, question.text, _day),)


def as_day(typed: str) -> date | None:
    """The day that somebody typed; None where that is none.

    >>> as_day("２０２３年７月１日"), as_day("2023-02-30")
    (datetime.date(2023, 7, 1), None)
    """
    match = TYPED.fullmatch(unicodedata.normalize("NFKC", typed[:40]).strip())
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_day_in_words(day: date) -> Text:
    """A day as people read it.

    >>> full_day_in_words(date(2023, 7, 1))
    Text(zh='2023年7月1日', en='1 Jul 2023', yue='')
    """
    short = day_in_words(day)
    return Text(f"{day.year}年{short.zh}", f"{short.en} {day.year}")


def limits_in_words(question: Question) -> Text:
    """The days that fit, to be put after 「请填」 or "Enter"."""
    first, last = full_day_in_words(question.earliest or EARLIEST), full_day_in_words(question.latest or LATEST)
    if question.earliest and not question.latest:
        return Text(f"{first.zh}或以后的日期", f"a day no earlier than {first.en}")
    if question.latest and not question.earliest:
        return Text(f"{last.zh}或以前的日期", f"a day no later than {last.en}")
    return Text(f"{first.zh}到{last.zh}之间的日期", f"a day from {first.en} to {last.en}")


def _day(answer: Any) -> date | None:
    return date.fromisoformat(answer) if isinstance(answer, str) else None
