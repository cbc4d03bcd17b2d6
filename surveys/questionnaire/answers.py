"""Which questions apply, and whether answers fit them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.questionnaire.model import Question, Questionnaire

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
    """The questions to ask in this mode, given the answers so far."""
    return tuple(q for q in questionnaire.questions if mode in q.modes and (q.when is None or q.when.holds(answers)))


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, object], mode: str) -> Checked:
    """Go through the questions in order and keep what applies.

    A condition looks only at answers that themselves apply, so a stale answer behind a skipped question has no effect.
    """
    kept: dict[str, Answer] = {}
    problems = [AnswerProblem(str(name)[:40], "问卷里没有这道题。") for name in answers if name not in questionnaire]
    for question in questionnaire.questions:
        if mode not in question.modes or (question.when is not None and not question.when.holds(kept)):
            continue
        given = answers.get(question.id)
        if given in (None, "", []):
            if mode in question.required:
                problems.append(AnswerProblem(question.id, "请回答这一题。"))
            continue
        try:
            kept[question.id] = KINDS[question.kind](question, given, mode)
        except _Wrong as wrong:
            problems.append(AnswerProblem(question.id, str(wrong)))
    return Checked(kept, tuple(problems))


def _single(question: Question, given: object, mode: str) -> str:
    if not isinstance(given, str) or given not in {option.code for option in question.options_in(mode)}:
        raise _Wrong("请从所列选项中选一个。")
    return given


def _multiple(question: Question, given: object, mode: str) -> list[str]:
    codes = [option.code for option in question.options_in(mode)]
    if not isinstance(given, list) or any(code not in codes for code in given):
        raise _Wrong("请从所列选项中选择。")
    if len(set(given)) != len(given):
        raise _Wrong("同一个选项选了两次。")
    return [code for code in codes if code in given]


def _integer(question: Question, given: object, _mode: str) -> int:
    text = given.strip() if isinstance(given, str) else given
    if isinstance(text, str) and text.removeprefix("-").isdecimal() and len(text) < 10:
        text = int(text)
    if type(text) is not int or not question.low <= text <= question.high:
        raise _Wrong(f"请填 {question.low} 到 {question.high} 之间的整数。")
    return text


def _text(question: Question, given: object, _mode: str) -> str:
    if not isinstance(given, str):
        raise _Wrong("请填文字。")
    text = "".join(sign for sign in given.strip() if sign.isprintable() or sign == "\n")
    if len(text) > question.max_length:
        raise _Wrong(f"最多 {question.max_length} 个字，现在有 {len(text)} 个。")
    return text


KINDS: dict[str, Callable[[Question, object, str], Answer]] = {
    "single": _single,
    "multiple": _multiple,
    "integer": _integer,
    "text": _text,
}
