"""Which questions apply, and whether answers fit them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire import Checked, applicable, check_answers, fitting, parse
from tests.surveys.questionnaire.builders import a_document

QUESTIONNAIRE = parse(a_document())
BEGUN = {"C1": "1", "S1": "1"}


def check(mode: str = "phone", **answers: object) -> Checked:
    return check_answers(QUESTIONNAIRE, {**BEGUN, **answers}, mode)


def messages(checked: Checked) -> dict[str, str]:
    return {problem.question: problem.message.zh for problem in checked.problems}


def test_answers_that_fit_are_kept_as_they_are() -> None:
    checked = check(B9="60", S4=["2", "1"], B1="8")
    assert checked.problems == ()
    assert checked.answers == {**BEGUN, "B1": "8", "B9": 60, "S4": ["1", "2"]}


def test_a_required_answer_is_asked_for_only_in_its_modes() -> None:
    assert messages(check_answers(QUESTIONNAIRE, {}, "phone")) == {"C1": "请回答这一题。", "S1": "请回答这一题。"}
    assert messages(check_answers(QUESTIONNAIRE, {}, "web")) == {"C1": "请回答这一题。"}


def test_an_answer_to_a_question_that_does_not_apply_is_dropped() -> None:
    assert "BR" not in check(B9=60, BR="太慢").answers
    assert check(B9=59, BR="太慢").answers["BR"] == "太慢"


def test_an_answer_behind_a_dropped_answer_is_dropped_too() -> None:
    document = a_document()
    document["sections"][0]["questions"].append(
        {"id": "Z", "kind": "text", "text": {"zh": "?", "en": "?"}, "when": {"question": "BR", "answered": True}}
    )
    chained, answers = parse(document), {**BEGUN, "B9": 90, "BR": "太慢", "Z": "真的"}
    assert check_answers(chained, answers, "phone").answers == {**BEGUN, "B9": 90}
    assert "Z" not in {question.id for question in applicable(chained, answers, "phone")}


def test_an_interview_under_way_keeps_what_fits_whether_or_not_it_applies_now() -> None:
    checked = fitting(QUESTIONNAIRE, {"B9": 90, "BR": "太慢", "B1": "77", "B8": "", "Q": "1"}, "phone")
    assert checked.answers == {"B9": 90, "BR": "太慢"}
    assert {problem.question for problem in checked.problems} == {"B1", "Q"}


def test_a_question_of_another_mode_does_not_apply() -> None:
    document = a_document()
    document["sections"][0]["questions"][3]["modes"] = ["visit"]
    questions = {mode: [q.id for q in applicable(parse(document), BEGUN, mode)] for mode in ("phone", "visit")}
    assert "S6" in questions["visit"]
    assert "S6" not in questions["phone"]
    assert "S6" not in check_answers(parse(document), {**BEGUN, "S6": "1"}, "phone").answers


def test_a_mode_there_is_not_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="fax"):
        check_answers(QUESTIONNAIRE, BEGUN, "fax")


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        ("B1", "6", "请从所列选项中选一个。"),
        ("B1", ["5"], "请从所列选项中选一个。"),
        ("B1", 5, "请从所列选项中选一个。"),
        ("S4", "1", "请从所列选项中选择。"),
        ("S4", ["1", "99"], "请从所列选项中选择。"),
        ("S4", [["1"]], "请从所列选项中选择。"),
        ("S4", ["1", "1"], "同一个选项选了两次。"),
        ("B9", 101, "请填 0 到 100 之间的整数。"),
        ("B9", -1, "请填 0 到 100 之间的整数。"),
        ("B9", "九十", "请填 0 到 100 之间的整数。"),
        ("B9", "9.5", "请填 0 到 100 之间的整数。"),
        ("B9", 90.0, "请填 0 到 100 之间的整数。"),
        ("B9", True, "请填 0 到 100 之间的整数。"),
        ("B9", "9" * 5000, "请填 0 到 100 之间的整数。"),
        ("B99", "1", "问卷里没有这道题。"),
    ],
)
def test_an_answer_that_does_not_fit_is_named(question: str, answer: object, message: str) -> None:
    checked = check_answers(QUESTIONNAIRE, {**BEGUN, question: answer}, "phone")
    assert messages(checked) == {question: message}
    assert question not in checked.answers


def test_a_text_that_is_too_long_says_how_long_it_may_be() -> None:
    assert messages(check(B9=1, BR="慢" * 11)) == {"BR": "最多 10 个字，现在有 11 个。"}
    assert messages(check(B9=1, BR=["慢"])) == {"BR": "请填文字。"}


def test_an_option_of_another_mode_cannot_be_chosen() -> None:
    assert check("phone", S4=["7"]).problems == ()
    assert messages(check("web", S4=["7"])) == {"S4": "请从所列选项中选择。"}


def test_full_width_digits_are_numbers() -> None:
    assert check(B9=" ９６ ").answers["B9"] == 96


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  太慢\x00了 \n", "太慢了"),
        ("太慢\r\n太远", "太慢\n太远"),
        ("姓𠮷𰻝", "姓𠮷𰻝"),
        ("坏\ud800字", "坏字"),
        ("一\t二", "一 二"),
    ],
)
def test_words_are_stored_without_what_no_page_can_show(typed: str, stored: str) -> None:
    assert check(B9=1, BR=typed).answers["BR"] == stored


@pytest.mark.parametrize("blank", ["", "   ", "\n\u3000", None])
def test_a_blank_is_no_answer(blank: object) -> None:
    assert "BR" not in check(B9=1, BR=blank).answers


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["1", "2", "5"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
IDS = st.sampled_from([question.id for question in QUESTIONNAIRE.questions]) | st.text(max_size=4)


@settings(max_examples=200)
@given(st.dictionaries(IDS, ANYTHING, max_size=8), st.sampled_from(["phone", "visit", "web"]))
def test_whatever_is_sent_what_is_kept_can_be_stored_and_fits_when_checked_again(
    answers: dict[str, Any], mode: str
) -> None:
    stored = check_answers(QUESTIONNAIRE, answers, mode).answers
    json.dumps(stored, allow_nan=False, ensure_ascii=False).encode()
    again = check_answers(QUESTIONNAIRE, stored, mode)
    assert again.answers == stored
    assert {problem.message.zh for problem in again.problems} <= {"请回答这一题。"}
    assert set(stored) <= {question.id for question in applicable(QUESTIONNAIRE, stored, mode)}
