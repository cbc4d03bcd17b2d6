"""The kinds of question: each has every part, and one that lacks a part cannot be registered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from surveys.questionnaire import InvalidDocument, Question, check_answers, parse
from surveys.questionnaire.kinds import KINDS, QuestionKind, VariableType, by_name, free_questions, kind_of
from tests.surveys.questionnaire.builders import EXAMPLES, with_question

BEGUN = {"C1": "1", "S1": "1"}


def a_question(kind: str) -> Question:
    return parse(with_question(EXAMPLES[kind].question)).question("X1")


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_of_every_kind_is_read_answered_and_refused(kind: str) -> None:
    example, questionnaire = EXAMPLES[kind], parse(with_question(EXAMPLES[kind].question))
    for mode in ("phone", "web"):
        assert check_answers(questionnaire, {**BEGUN, "X1": example.given}, mode).answers["X1"] == example.stored
        assert check_answers(questionnaire, {**BEGUN, "X1": example.stored}, mode).answers["X1"] == example.stored
        [problem] = check_answers(questionnaire, {**BEGUN, "X1": example.wrong}, mode).problems
        assert problem.question == "X1"
        assert re.search("[\u4e00-\u9fff]", problem.message.zh)
        assert problem.message.en
        assert not re.search("[\u4e00-\u9fff]", problem.message.en)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_every_kind_is_told_in_both_languages(kind: str) -> None:
    example, question = EXAMPLES[kind], a_question(kind)
    assert tuple(kind_of(question).in_words(question, example.stored, "zh_Hans_CN")) == example.zh
    assert tuple(kind_of(question).in_words(question, example.stored, "en")) == example.en


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_every_kind_is_exported_unless_it_is_in_free_words(kind: str) -> None:
    example, question = EXAMPLES[kind], a_question(kind)
    variables = kind_of(question).variables(question)
    assert bool(variables) is not kind_of(question).free_words
    for variable in variables:
        assert isinstance(variable.type, VariableType)
        assert variable.label.en
        assert variable.value(example.stored) is not None
        assert variable.value(None) is None
        assert set(variable.missing) <= {code for code, _ in variable.values}


@pytest.mark.parametrize("kind", KINDS)
def test_the_likely_answer_is_one_that_fits(kind: str) -> None:
    question = a_question(kind)
    likely = kind_of(question).likely(question, "web")
    assert likely is None or kind_of(question).clean(question, likely, "web") == likely


def test_only_free_words_are_hidden_and_erased() -> None:
    questions = [a_question(kind) for kind in KINDS]
    assert [question.kind for question in questions if free_questions([question])] == ["text"]


class Complete(QuestionKind):
    """A kind that asks for nothing in particular."""

    name = "complete"
    fields: Mapping[str, Any] = MappingProxyType({})

    def clean(self, question: Question, answer: object, mode: str) -> str:
        return str(answer)

    def in_words(self, question: Question, answer: Any, language: str) -> list[str]:
        return [answer]

    def variables(self, question: Question) -> tuple[Any, ...]:
        return ()


@pytest.mark.parametrize("part", sorted(QuestionKind.__abstractmethods__))
def test_a_kind_that_lacks_a_part_cannot_be_made(part: str) -> None:
    incomplete = type("Incomplete", (Complete,), {part: getattr(QuestionKind, part)})
    with pytest.raises(TypeError, match=part):
        by_name(incomplete())


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        by_name(Complete(), Complete())


def test_a_question_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidDocument) as caught:
        parse(with_question(EXAMPLES["single"].question | {"kind": "complete"}))
    [problem] = caught.value.problems
    assert problem.message.zh == f"题型应为 {'、'.join(KINDS)} 之一。"
