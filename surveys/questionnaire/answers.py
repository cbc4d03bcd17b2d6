"""Which questions apply, and whether answers fit them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.messages import shown
from surveys.questionnaire.model import MODES, Question, Questionnaire

Answer = str | int | list[str]


@dataclass(frozen=True)
class AnswerProblem:
    """What is wrong with the answer to one question, in Chinese."""

    question: str
    message: str


@dataclass(frozen=True)
class Checked:
    """Answers as they are stored, without those to questions that do not apply; and what is wrong with them."""

    answers: dict[str, Answer]
    problems: tuple[AnswerProblem, ...]


class _Wrong(ValueError):
    """An answer that does not fit; the message is shown."""


def applicable(questionnaire: Questionnaire, answers: Mapping[str, Any], mode: str) -> tuple[Question, ...]:
    """The questions to ask in this mode, given the answers so far; raises ValueError for a mode there is not.

    A condition looks only at answers that themselves apply, so a stale answer behind a skipped question has no effect.
    """
    asked: list[Question] = []
    kept: dict[str, Any] = {}
    for question in questionnaire.questions:
        if _applies(question, kept, mode):
            asked.append(question)
            kept[question.id] = answers.get(question.id)
    return tuple(asked)


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, object], mode: str) -> Checked:
    """Go through the questions in order and keep what applies, as `applicable` does; raises ValueError as it does."""
    kept: dict[str, Answer] = {}
    problems = [AnswerProblem(shown(name), "问卷里没有这道题。") for name in answers if name not in questionnaire]
    for question in questionnaire.questions:
        if not _applies(question, kept, mode):
            continue
        try:
            cleaned = _cleaned(question, answers.get(question.id), mode)
        except _Wrong as wrong:
            problems.append(AnswerProblem(question.id, str(wrong)))
            continue
        if cleaned is not None:
            kept[question.id] = cleaned
        elif mode in question.required:
            problems.append(AnswerProblem(question.id, "请回答这一题。"))
    return Checked(kept, tuple(problems))


def fitting(questionnaire: Questionnaire, answers: Mapping[str, object], mode: str) -> Checked:
    """Each answer on its own, whether or not its question applies now: what an interview under way keeps.

    An answer behind a question that was changed for a moment is not lost; `check_answers` drops it in the end.
    """
    kept: dict[str, Answer] = {}
    problems = [AnswerProblem(shown(name), "问卷里没有这道题。") for name in answers if name not in questionnaire]
    for question in questionnaire.questions:
        if question.id not in answers or mode not in question.modes:
            continue
        try:
            cleaned = _cleaned(question, answers[question.id], mode)
        except _Wrong as wrong:
            problems.append(AnswerProblem(question.id, str(wrong)))
            continue
        if cleaned is not None:
            kept[question.id] = cleaned
    return Checked(kept, tuple(problems))


def _applies(question: Question, kept: Mapping[str, Any], mode: str) -> bool:
    if mode not in MODES:
        raise ValueError(f"unknown mode {mode!r}")
    return mode in question.modes and (question.when is None or question.when.holds(kept))


def _cleaned(question: Question, given: object, mode: str) -> Answer | None:
    """The answer as it is stored; None where nothing was said."""
    if given is None or given == "" or given == []:
        return None
    cleaned = KINDS[question.kind](question, given, mode)
    return None if cleaned == "" else cleaned


def _single(question: Question, given: object, mode: str) -> str:
    if not isinstance(given, str) or given not in {option.code for option in question.options_in(mode)}:
        raise _Wrong("请从所列选项中选一个。")
    return given


def _multiple(question: Question, given: object, mode: str) -> list[str]:
    codes = [option.code for option in question.options_in(mode)]
    if not isinstance(given, list) or any(code not in codes for code in given):
        raise _Wrong("请从所列选项中选择。")
    if len(set(given)) < len(given):
        raise _Wrong("同一个选项选了两次。")
    return [code for code in codes if code in given]


def _integer(question: Question, given: object, _mode: str) -> int:
    number = given
    if isinstance(given, str) and (digits := given.strip()).removeprefix("-").isdecimal() and len(digits) < 10:
        number = int(digits)  # full-width digits are decimal too
    if type(number) is not int or not question.low <= number <= question.high:
        raise _Wrong(f"请填 {question.low} 到 {question.high} 之间的整数。")
    return number


def _text(question: Question, given: object, _mode: str) -> str:
    """The words as they were said; rare characters stay, control characters and half surrogates do not."""
    if not isinstance(given, str):
        raise _Wrong("请填文字。")
    lines = given.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()
    if len(text) > question.max_length:
        raise _Wrong(f"最多 {question.max_length} 个字，现在有 {len(text)} 个。")
    return text


# Question kind → how its answers are checked; a new kind is one entry here and one in parsing.KINDS.
KINDS: dict[str, Callable[[Question, object, str], Answer]] = {
    "single": _single,
    "multiple": _multiple,
    "integer": _integer,
    "text": _text,
}
