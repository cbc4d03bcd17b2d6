"""Questions for a day: what a document may say of them, and what people may type."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from surveys.questionnaire import InvalidDocument, applicable, check_answers, parse
from surveys.questionnaire.answers import Checked
from tests.surveys.questionnaire.builders import a_text, place_of_last, with_question

BEGUN = {"C1": "1", "S1": "1"}


def a_date(**fields: Any) -> dict[str, Any]:
    return {"id": "X1", "kind": "date", "text": a_text("哪一天？"), **fields}


def checked(typed: object, **fields: Any) -> Checked:
    return check_answers(parse(with_question(a_date(**fields))), {**BEGUN, "X1": typed}, "phone")


def complaint(typed: object, **fields: Any) -> tuple[str, str]:
    [problem] = checked(typed, **fields).problems
    return problem.message.zh, problem.message.en


def test_a_document_may_name_the_first_and_the_last_day() -> None:
    question = parse(with_question(a_date(earliest="2023-01-01", latest="2023-12-31"))).question("X1")
    assert (question.earliest, question.latest) == (date(2023, 1, 1), date(2023, 12, 31))
    bare = parse(with_question(a_date())).question("X1")
    assert (bare.earliest, bare.latest) == (None, None)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"earliest": "2023-02-30"}, ".earliest"),
        ({"earliest": "20230101"}, ".earliest"),
        ({"earliest": "2023-W01-1"}, ".earliest"),
        ({"earliest": "２０２３-01-01"}, ".earliest"),
        ({"earliest": "1899-12-31"}, ".earliest"),
        ({"latest": "2101-01-01"}, ".latest"),
        ({"latest": 20230101}, ".latest"),
        ({"earliest": "2023-07-02", "latest": "2023-07-01"}, ".latest"),
        ({"min": 1}, ""),
    ],
)
def test_a_wrong_limit_is_named_at_its_place(fields: dict[str, Any], place: str) -> None:
    document = with_question(a_date(**fields))
    with pytest.raises(InvalidDocument) as caught:
        parse(document)
    assert [problem.place for problem in caught.value.problems] == [place_of_last(document) + place]


@pytest.mark.parametrize(
    "typed",
    [
        "2023-07-01",
        "2023-7-1",
        "2023/07/01",
        "2023.7.1",
        "2023年7月1日",
        "2023 年 7 月 1 日",
        "20230701",
        " ２０２３-07-01 ",
    ],
)
def test_a_day_is_understood_as_people_type_it(typed: str) -> None:
    assert checked(typed).answers["X1"] == "2023-07-01"


@pytest.mark.parametrize(
    "typed",
    ["七月一日", "2023-02-30", "2023-13-01", "0000-01-01", "01-07-2023", "2023-07", "2" * 5000, 20230701, ["x"]],
)
def test_what_is_no_day_is_refused(typed: object) -> None:
    assert complaint(typed) == ("请填年、月、日，例如 2023-07-01。", "Enter year, month and day, such as 2023-07-01.")


@pytest.mark.parametrize(
    ("typed", "fields", "zh", "en"),
    [
        (
            "1899-12-31",
            {},
            "请填1900年1月1日到2100年12月31日之间的日期。",
            "Enter a day from 1 Jan 1900 to 31 Dec 2100.",
        ),
        (
            "2022-12-31",
            {"earliest": "2023-01-01"},
            "请填2023年1月1日或以后的日期。",
            "Enter a day no earlier than 1 Jan 2023.",
        ),
        (
            "2023-01-02",
            {"latest": "2023-01-01"},
            "请填2023年1月1日或以前的日期。",
            "Enter a day no later than 1 Jan 2023.",
        ),
        (
            "2024-01-01",
            {"earliest": "2023-01-01", "latest": "2023-12-31"},
            "请填2023年1月1日到2023年12月31日之间的日期。",
            "Enter a day from 1 Jan 2023 to 31 Dec 2023.",
        ),
    ],
)
def test_a_day_outside_the_limits_says_which_days_fit(typed: str, fields: dict[str, Any], zh: str, en: str) -> None:
    assert complaint(typed, **fields) == (zh, en)


def test_the_limits_themselves_fit() -> None:
    limits = {"earliest": "2023-01-01", "latest": "2023-12-31"}
    assert checked("2023-01-01", **limits).answers["X1"] == "2023-01-01"
    assert checked("2023-12-31", **limits).answers["X1"] == "2023-12-31"


def test_an_empty_day_is_no_answer() -> None:
    assert "X1" not in checked("").answers
    assert checked("").problems == ()
    assert complaint("", required=True)[0] == "请回答这一题。"


def with_condition(when: dict[str, Any]) -> dict[str, Any]:
    document = with_question(a_date())
    document["sections"][0]["questions"].append({"id": "X2", "kind": "text", "text": a_text(), "when": when})
    return document


@pytest.mark.parametrize(
    ("day", "holds"), [("2023-06-30", True), ("2023-07-01", False), ("2023-07-02", False), (None, False)]
)
def test_a_later_question_may_depend_on_a_day_before_another(day: str | None, holds: bool) -> None:
    questionnaire = parse(with_condition({"question": "X1", "before": "2023-07-01"}))
    questions = applicable(questionnaire, {**BEGUN, "X1": day}, "phone")
    assert ("X2" in [question.id for question in questions]) is holds
    when = questionnaire.question("X2").when
    assert when is not None
    assert when.to_json() == {"question": "X1", "before": "2023-07-01"}


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ({"question": "X1", "before": "2023-7-1"}, ".when.before"),
        ({"question": "X1", "before": 20230701}, ".when.before"),
        ({"question": "B9", "before": "2023-07-01"}, ".when.before"),
        ({"question": "X1", "below": 5}, ".when.below"),
        ({"question": "X1", "in": ["2023-07-01"]}, ".when.in"),
        ({"question": "X1", "before": "2023-07-01", "answered": True}, ".when"),
    ],
)
def test_a_wrong_condition_on_a_day_is_named_at_its_place(when: dict[str, Any], place: str) -> None:
    document = with_condition(when)
    with pytest.raises(InvalidDocument) as caught:
        parse(document)
    assert [problem.place for problem in caught.value.problems] == [place_of_last(document) + place]
