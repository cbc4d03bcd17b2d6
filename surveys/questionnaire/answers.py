"""Which questions apply, and whether answers fit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sampling.text import Text
from surveys.messages import shown
from surveys.questionnaire.kinds import Answer, WrongAnswer, kind_of
from surveys.questionnaire.model import MODES, Question, Questionnaire

UNKNOWN = Text("问卷里没有这道题。", "The questionnaire has no such question.")
MISSING = Text("请回答这一题。", "Please answer this question.")


@dataclass(frozen=True)
class AnswerProblem:
    """What is wrong with the answer to one question."""

    question: str
    message: Text


@dataclass(frozen=True)
class Checked:
    """Answers as they are stored, without those to questions that do not apply; and what is wrong with them."""

    answers: dict[str, Answer]
    problems: tuple[AnswerProblem, ...]


def applicable(questionnaire: Questionnaire, answers: Mapping[str, Any], mode: str) -> tuple[Question, ...]:
    """The questions to ask in this mode, given the answers so far; raises ValueError for a mode there is not.

    A condition looks only at answers that themselves apply, so a stale answer behind a skipped question has no effect.
    """
    questions: list[Question] = []
    applicable_answers: dict[str, Any] = {}
    for question in questionnaire.questions:
        if _applies(question, applicable_answers, mode):
            questions.append(question)
            applicable_answers[question.id] = answers.get(question.id)
    return tuple(questions)


def check_answers(questionnaire: Questionnaire, answers: Mapping[str, object], mode: str) -> Checked:
    """Go through the questions in order and keep what applies, as `applicable` does; raises ValueError as it does."""
    stored: dict[str, Answer] = {}
    problems = [AnswerProblem(shown(name), UNKNOWN) for name in answers if name not in questionnaire]
    for question in questionnaire.questions:
        if not _applies(question, stored, mode):
            continue
        try:
            cleaned = _cleaned(question, answers.get(question.id), mode)
        except WrongAnswer as wrong:
            problems.append(AnswerProblem(question.id, wrong.text))
            continue
        if cleaned is not None:
            stored[question.id] = cleaned
        elif mode in question.required:
            problems.append(AnswerProblem(question.id, MISSING))
    return Checked(stored, tuple(problems))


def fitting(questionnaire: Questionnaire, answers: Mapping[str, object], mode: str) -> Checked:
    """Each answer on its own, whether or not its question applies now: what an interview under way keeps.

    An answer behind a question that was changed for a moment is not lost; `check_answers` drops it in the end.
    """
    stored: dict[str, Answer] = {}
    problems = [AnswerProblem(shown(name), UNKNOWN) for name in answers if name not in questionnaire]
    for question in questionnaire.questions:
        if question.id not in answers or mode not in question.modes:
            continue
        try:
            cleaned = _cleaned(question, answers[question.id], mode)
        except WrongAnswer as wrong:
            problems.append(AnswerProblem(question.id, wrong.text))
            continue
        if cleaned is not None:
            stored[question.id] = cleaned
    return Checked(stored, tuple(problems))


def _applies(question: Question, answers: Mapping[str, Any], mode: str) -> bool:
    if mode not in MODES:
        raise ValueError(f"unknown mode {mode!r}")
    return mode in question.modes and (question.when is None or question.when.holds(answers))


def _cleaned(question: Question, answer: object, mode: str) -> Answer | None:
    """The answer as it is stored; None without an answer."""
    if answer is None or answer == "" or answer == []:
        return None
    cleaned = kind_of(question).clean(question, answer, mode)
    return None if cleaned == "" else cleaned
