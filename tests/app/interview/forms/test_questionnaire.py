"""Form classes of questionnaires: fields, labels, problems, the submission key and the time of the beginning."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from app.interview.forms.questionnaire import QuestionnaireForm, form_class
from surveys.questionnaire import AnswerProblem, load
from surveys.questionnaire.answers import MISSING, UNKNOWN

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    """A minimal application for forms and texts."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY="test", WTF_CSRF_ENABLED=False, LANGUAGES=("zh_Hans_CN", "en"), BABEL_DEFAULT_LOCALE="zh_Hans_CN"
    )
    Babel(app)
    with app.test_request_context():
        yield


def a_form(mode: str = "phone", **answers: str | list[str]) -> QuestionnaireForm:
    """The form of the delivered questionnaire with these answers sent."""
    sent = {f"q_{name}": given for name, given in answers.items()}
    data = MultiDict({"submission_key": str(uuid.uuid4()), **sent})
    return form_class(load("recipient", 1), mode)(formdata=data)


def test_a_form_class_is_made_once_for_each_digest_and_mode() -> None:
    first, second = load("recipient", 1), load("recipient", 1)
    assert form_class(first, "phone") is form_class(second, "phone")
    assert form_class(first, "phone") is not form_class(first, "web")


def test_a_form_offers_the_questions_and_options_of_its_mode() -> None:
    assert "q_S5" in a_form("phone")
    assert "q_S5" not in a_form("web")
    offered = {mode: [c.value for c in a_form(mode).of("A1").choices] for mode in ("phone", "web")}
    assert offered == {"phone": ["1", "2", "3", "4", "9"], "web": ["5", "3", "4", "9"]}


def test_labels_follow_the_language_of_the_visitor() -> None:
    from flask import session

    form = a_form()
    assert str(form.of("C1").label.text) == "您愿意参加吗？"
    session["language"] = "en"
    assert str(form.of("C1").label.text) == "Are you willing to take part?"
    assert [str(c.label) for c in form.of("C1").choices] == ["Yes", "No"]


def test_an_empty_form_is_valid_and_has_no_answers() -> None:
    form = a_form()
    assert form.validate()
    assert form.answers() == {}


def test_answers_are_returned_by_question() -> None:
    form = a_form(C1="1", S4=["2", "1"], B9=" ８８ ", D2="都好")
    assert form.validate()
    assert form.answers() == {"C1": "1", "S4": ["2", "1"], "B9": "88", "D2": "都好"}


def test_of_two_values_for_a_single_choice_the_last_is_taken() -> None:
    assert a_form("web", B1=["2", "5"]).answers() == {"B1": "5"}


@pytest.mark.parametrize("wrong", [{"C1": "7"}, {"S4": ["1", "77"]}, {"B9": "好"}, {"B9": "9.5"}, {"B9": "1e3"}])
def test_an_invalid_option_or_number_is_reported_at_its_question(wrong: dict[str, str]) -> None:
    form = a_form(**wrong)
    assert not form.validate()
    assert list(form.wrong()) == list(wrong)


def test_problems_of_the_questionnaire_are_shown_at_their_questions() -> None:
    form = a_form(C1="1")
    form.validate()
    form.put([AnswerProblem("S1", MISSING), AnswerProblem("unheard-of", UNKNOWN)])
    assert form.wrong() == {"S1": "请回答这一题。"}


def test_problems_of_the_questionnaire_are_in_the_language_of_the_visitor() -> None:
    from flask import session

    session["language"] = "en"
    form = a_form(C1="1")
    form.validate()
    form.put([AnswerProblem("S1", MISSING)])
    assert form.wrong() == {"S1": "Please answer this question."}


@pytest.mark.parametrize("key", ["", "garbage", "1", "' OR 1=1 --"])
def test_an_invalid_submission_key_is_refused(key: str) -> None:
    form = form_class(load("recipient", 1), "web")(formdata=MultiDict({"submission_key": key}))
    assert not form.validate()


def test_a_form_sent_without_its_key_is_refused() -> None:
    assert not form_class(load("recipient", 1), "web")(formdata=MultiDict({"q_C1": "1"})).validate()


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [
        ("2026-11-23T07:50:00+00:00", NOW - timedelta(minutes=10)),
        ("2026-11-23T15:50:00+08:00", NOW - timedelta(minutes=10)),
        ("2026-11-24T08:00:00+00:00", NOW),
        ("1999-01-01T00:00:00+00:00", NOW - timedelta(hours=12)),
        ("2026-11-23T07:50:00", NOW),
        ("yesterday", NOW),
        ("", NOW),
    ],
)
def test_the_time_of_the_beginning_is_limited_to_the_longest_interview(claimed: str, believed: datetime) -> None:
    form = form_class(load("recipient", 1), "web")(formdata=MultiDict({"started_at": claimed}))
    assert form.started(NOW) == believed
