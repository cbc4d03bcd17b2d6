"""A question for a day, from the document to the pages and files: asked, refused, reviewed, traced and exported."""

from __future__ import annotations

import csv
import io
from copy import deepcopy
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app.exports.files import write_export
from app.shared.queries import live_draw
from surveys.library import body
from tests.app.interview.views.test_interview import SPOKEN, address, hand_in, interview
from tests.app.interview.views.test_respond import ALL, begin, finish, form_of, question_on, reply, walk
from tests.app.survey_builders import Survey, a_survey
from tests.builders import a_hold
from tests.visitor import Page, Visitor

VISITED = {
    "id": "V1",
    "kind": "date",
    "text": {"zh": "社工最近一次上门是哪一天？", "en": "On which day did a social worker last visit you?"},
    "earliest": "2023-01-01",
    "latest": "2023-12-31",
    "when": {"question": "C1", "in": ["1"]},
}
FITS = "请填2023年1月1日到2023年12月31日之间的日期。"
UNREADABLE = "请填年、月、日，例如 2023-07-01。"


def a_document() -> Any:
    """The delivered questionnaire with one more question at its end."""
    document = deepcopy(body("questionnaires", "recipient", 1))
    document["id"] = "recipient-with-a-day"
    document["sections"][-1]["questions"].append(VISITED)
    return document


@pytest.fixture
def survey(session: Session) -> Survey:
    """A survey whose first case is held by the interviewer."""
    made = a_survey(session, document=a_document())
    a_hold(session, made.cases[0], made.interviewer)
    return made


def exported(survey: Survey, form: str) -> bytes:
    draw = live_draw(survey.session, survey.evaluation)
    assert draw is not None
    file = io.BytesIO()
    write_export(survey.session, survey.evaluation, draw, form, file)
    return file.getvalue()


def in_english(page: Page) -> None:
    """Switch the language of the page to English."""
    switch = next(form for form in page.forms() if form.action.endswith("/language"))
    switch.submit(button=("language", "en"))


def control(page: Page) -> dict[str, str]:
    [attributes] = [dict(e.attrib) for e in page.tree.iter("input") if e.get("name") == "q_V1"]
    return attributes


# The interviewer


@pytest.mark.parametrize("mode", ["phone", "visit"])
def test_an_interviewer_enters_a_day(lan: Visitor, survey: Survey, mode: str) -> None:
    form = interview(lan, survey.cases[0], mode)
    attributes = control(form.page)
    assert (attributes["type"], attributes["min"], attributes["max"]) == ("date", "2023-01-01", "2023-12-31")
    assert "答卷已保存" in hand_in(form, {**SPOKEN, "V1": "2023-07-01"}).text
    assert survey.responses[0].answers["V1"] == "2023-07-01"


@pytest.mark.parametrize(("typed", "message"), [("2024-07-01", FITS), ("去年七月", UNREADABLE)])
def test_an_invalid_day_is_reported_at_its_question(lan: Visitor, survey: Survey, typed: str, message: str) -> None:
    page = hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "V1": typed})
    assert (page.status, survey.responses) == (422, [])
    assert message in page.text
    assert "#q_V1" in page.links()
    assert control(page)["aria-invalid"] == "true"
    assert control(page)["value"] == typed


def test_an_invalid_day_is_reported_in_english_too(lan: Visitor, survey: Survey) -> None:
    in_english(lan.get(address(survey.cases[0])))
    page = hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "V1": "2024-07-01"})
    assert "Enter a day from 1 Jan 2023 to 31 Dec 2023." in page.text


def test_a_day_left_open_is_listed_once_before_storing(lan: Visitor, survey: Survey) -> None:
    page = hand_in(interview(lan, survey.cases[0]), SPOKEN)
    assert "还有 1 题没有回答" in page.text
    assert "#q_V1" in page.links()


def test_a_day_is_shown_again_when_the_interview_is_reopened(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    form.submit(button=("go", "save"), q_C1="1", q_V1="2023年7月1日")
    assert control(lan.get(f"{address(survey.cases[0])}/interview/phone"))["value"] == "2023-07-01"


# The beneficiary


def at_the_day(visitor: Visitor, survey: Survey) -> Page:
    page = begin(visitor, survey.link(survey.cases[1]))
    while question_on(page) not in ("V1", None):
        page = reply(page, ALL.get(str(question_on(page))))
    return page


def test_a_beneficiary_picks_a_day_without_scripts(visitor: Visitor, survey: Survey) -> None:
    page = at_the_day(visitor, survey)
    assert page.heading == VISITED["text"]["zh"]  # type: ignore[index]
    assert control(page)["type"] == "date"
    assert "填2023年1月1日到2023年12月31日之间的日期" in page.text
    page = reply(page, "2023-07-01")
    assert "2023年7月1日" in page.text
    finish(page)
    assert survey.responses[0].answers["V1"] == "2023-07-01"


@pytest.mark.parametrize(("typed", "message"), [("2024-07-01", FITS), ("去年七月", UNREADABLE)])
def test_a_beneficiary_is_told_which_days_fit(visitor: Visitor, survey: Survey, typed: str, message: str) -> None:
    page = reply(at_the_day(visitor, survey), typed)
    assert (page.status, question_on(page)) == (422, "V1")
    assert message in page.text
    assert "2023年7月1日" in reply(page, "2023.7.1").text


def test_a_beneficiary_may_skip_a_day_and_go_back_to_it(visitor: Visitor, survey: Survey) -> None:
    page = reply(at_the_day(visitor, survey), None)
    assert question_on(page) is None
    page = form_of(page).submit(button=("go", "to:V1"))
    page = form_of(reply(page, "2023-07-01")).submit(button=("go", "to:V1"))
    assert control(page)["value"] == "2023-07-01"


def test_the_review_shows_the_day_in_english_to_an_english_reader(visitor: Visitor, survey: Survey) -> None:
    in_english(visitor.get(survey.link(survey.cases[1])))
    page = at_the_day(visitor, survey)
    assert "a day from 1 Jan 2023 to 31 Dec 2023" in page.text
    assert "1 Jul 2023" in reply(page, "2023-07-01").text


# What becomes of it


def test_the_lead_reads_the_day_in_words(app: Flask, lan: Visitor, survey: Survey) -> None:
    hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "V1": "2023-07-01"})
    lead = Visitor(app)
    lead.sign_in("zhou")
    page = lead.get(f"/evaluations/shibi-test/results/responses/{survey.responses[0].uuid}")
    assert "2023年7月1日" in page.text


def test_the_day_is_a_date_in_every_file(lan: Visitor, visitor: Visitor, survey: Survey, tmp_path: Path) -> None:
    hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "V1": "2023-07-01"})
    finish(walk(begin(visitor, survey.link(survey.cases[1])), ALL))  # without a day
    rows = list(csv.DictReader(io.StringIO(exported(survey, "csv").decode("utf-8-sig"))))
    assert [row["V1"] for row in rows] == ["2023-07-01", ""]
    path = tmp_path / "responses.sav"
    path.write_bytes(exported(survey, "sav"))
    frame, meta = pyreadstat.read_sav(str(path))
    assert [str(day) for day in frame["V1"]] == ["2023-07-01", "nan"]
    assert (meta.original_variable_types["V1"], meta.variable_measure["V1"]) == ("DATE11", "scale")
    assert meta.column_names_to_labels["V1"] == VISITED["text"]["zh"]  # type: ignore[index]
    book = CalamineWorkbook.from_filelike(io.BytesIO(exported(survey, "codebook")))
    [explained] = [row for row in book.get_sheet_by_name("变量").to_python() if row[0] == "V1"]
    assert explained[1:4] == [*VISITED["text"].values(), "日期"]  # type: ignore[attr-defined]


def test_a_day_nobody_answered_is_exported_as_a_date_variable(survey: Survey, tmp_path: Path) -> None:
    path = tmp_path / "responses.sav"
    path.write_bytes(exported(survey, "sav"))
    _, meta = pyreadstat.read_sav(str(path))
    assert (meta.original_variable_types["V1"], meta.readstat_variable_types["V1"]) == ("DATE11", "double")
    assert meta.original_variable_types["date"] == "DATE11"
