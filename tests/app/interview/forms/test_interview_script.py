"""The interviewer's script: its texts, and conditions as sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_babel import Babel

from app.interview.forms.interview_script import ScriptQuestion, in_words, interview_script
from surveys.questionnaire import load
from surveys.questionnaire.conditions import All, Answered, Any_, Before, Below, Condition, In, Not

QUESTIONNAIRE = load("recipient", 1)


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans_CN")
    with app.test_request_context():
        yield


def script_questions(mode: str, language: str = "zh_Hans_CN") -> dict[str, ScriptQuestion]:
    return {
        question.id: question
        for section in interview_script(QUESTIONNAIRE, mode, language)
        for question in section.questions
    }


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (In("S3", frozenset({"1", "3"})), "S3 答「有」「说不清」"),
        (Not(In("S3", frozenset({"2"}))), "S3 答的不是「没有」"),
        (Below("B9", 60), "B9 低于 60"),
        (Before("V1", date(2023, 7, 1)), "V1 早于 2023年7月1日"),
        (Answered("D2", True), "D2 有回答"),
        (Answered("D2", False), "D2 没有回答"),
        (Not(Below("B9", 60)), "不是「B9 低于 60」"),
        (All((In("C1", frozenset({"1"})), Answered("S3", True))), "C1 答「愿意」，并且 S3 有回答"),
        (
            Any_((In("B1", frozenset({"2"})), Below("B9", 60), In("B2", frozenset({"2"})))),
            "B1、B2 中有一题答「不太满意」，或 B9 低于 60",
        ),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: Condition, words: str) -> None:
    assert in_words(condition, QUESTIONNAIRE, "zh_Hans_CN") == words


def test_a_script_has_the_questions_of_its_mode_with_their_number_keys() -> None:
    assert "S5" in script_questions("phone")
    assert "S5" not in script_questions("web")
    assert script_questions("phone")["C1"].options == ((0, 1, "1", "愿意"), (1, 2, "3", "不愿意"))
    assert [key for _, key, _, _ in script_questions("phone")["D1"].options] == list(range(1, 10))


def test_a_script_is_in_the_language_of_its_reader() -> None:
    question = script_questions("phone", "en")["S3"]
    assert question.text.startswith("In the last year")
    assert question.yue.startswith("最近一年")


def test_the_json_condition_is_the_one_of_the_document() -> None:
    for question in script_questions("visit").values():
        when = QUESTIONNAIRE.question(question.id).when
        assert (json.loads(question.when) if question.when else None) == (when.to_json() if when else None)
