"""Switching the mode of contact on the pages: the buttons, the card and message with the link, the list of visits."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.commands.calls import start_call
from app.desk.commands.mode_switch import to_visit
from app.models import Case, Invitation, Schedule
from tests.app.survey_builders import NAMES, Survey, a_survey
from tests.builders import a_hold
from tests.clock import Clock, a_morning
from tests.visitor import Page, Visitor, text_of


@pytest.fixture
def survey(session: Session) -> Survey:
    made = a_survey(session)
    a_hold(session, made.cases[0], made.interviewer)
    return made


def change(visitor: Visitor, case: Case, way: str) -> Page:
    token = visitor.get("/desk/appointments").forms()[0].values()["csrf_token"]
    return visitor.post(f"/desk/cases/{case.uuid}/way/{way}", {"csrf_token": token})


def test_a_case_switched_to_visit_is_listed_by_village_with_its_code_only(survey: Survey, lan: Visitor) -> None:
    assert "现在没有要您走访的个案" in lan.get("/desk/visits").text
    assert "已改为走访" in change(lan, survey.cases[0], "visit").text
    a_hold(survey.session, survey.cases[-1], survey.interviewer)
    change(lan, survey.cases[-1], "visit")
    page = lan.get("/desk/visits")
    assert len(list(page.tree.iter("table"))) == 2
    assert not any(name in page.html for name in NAMES)
    assert page.follow("-01").path.startswith("/desk/cases/")


def test_a_case_switched_back_to_telephone_leaves_the_list_of_visits(survey: Survey, lan: Visitor) -> None:
    to_visit(survey.session, survey.cases[0], actor=survey.interviewer)
    survey.session.commit()
    page = change(lan, survey.cases[0], "phone")
    assert page.path == "/desk"
    assert "已改回电访" in page.text
    assert survey.session.get_one(Schedule, survey.cases[0].id).assigned_to_id is None


def test_the_link_is_shown_once_as_a_card_and_as_a_message(survey: Survey, lan: Visitor, app: Flask) -> None:
    app.config["PUBLIC_URL"] = "https://d.example"
    try:
        page = change(lan, survey.cases[0], "web")
    finally:
        app.config["PUBLIC_URL"] = ""
    [message] = [element for element in page.tree.iter() if element.get("id") == "text-message"]
    text = text_of(message)
    [address] = re.findall(r"https://\S+", text)
    assert len(address.removeprefix("https://d.example")) <= 30
    assert survey.evaluation.evaluator in text
    assert survey.evaluation.station.name in text
    assert "不想填可以不理" in text
    assert not any(name in page.html for name in NAMES)
    assert "复制短信" in page.html
    assert page.response.headers["Cache-Control"] == "no-store"
    assert lan.get(address.removeprefix("https://d.example")).status == 200


def test_the_page_of_the_link_leads_to_the_case_only_while_it_is_held(survey: Survey, lan: Visitor) -> None:
    case = survey.cases[0]
    case.interviewer_id = None
    survey.session.commit()
    page = change(lan, case, "web")
    assert f"/desk/cases/{case.uuid}" not in page.links()
    assert page.follow("回到工作台").status == 200

    a_hold(survey.session, case, survey.interviewer)
    start_call(survey.session, case, place=0, dialler="tel", actor=survey.interviewer, at=a_morning())
    survey.session.commit()
    assert change(lan, case, "web").follow("回到个案").path == f"/desk/cases/{case.uuid}"


def address_on(page: Page) -> str:
    [shown] = [element for element in page.tree.iter() if element.get("id") == "address"]
    return text_of(shown)


def test_reloading_the_link_shows_the_same_link(survey: Survey, lan: Visitor, clock: Clock) -> None:
    page = change(lan, survey.cases[0], "web")
    assert page.path == "/desk/link"
    assert address_on(lan.get("/desk/link")) == address_on(page)
    [made] = survey.session.scalars(select(Invitation))
    assert made.revoked_at is None
    cookies = str(lan.client.get_cookie("session"))
    assert address_on(page).rpartition("/")[2] not in cookies
    clock.goes_on(minutes=10)
    later = lan.get("/desk/link")
    assert (later.path, "链接只显示 10 分钟" in later.text) == ("/desk", True)
    assert len(survey.session.scalars(select(Invitation)).all()) == 1


def test_a_link_that_no_longer_works_is_not_shown(survey: Survey, lan: Visitor) -> None:
    change(lan, survey.cases[0], "web")
    survey.link(survey.cases[0])
    assert lan.get("/desk/link").path == "/desk"


def test_a_link_is_not_shown_to_another_interviewer_in_the_same_browser(survey: Survey, lan: Visitor) -> None:
    page = change(lan, survey.cases[0], "web")
    out = next(form for form in page.forms() if form.action == "/logout")
    out.submit()
    lan.sign_in("mei")
    page_of_lan = lan.get("/desk/link")
    assert (page_of_lan.path, address_on(page) in page_of_lan.html) == ("/desk", False)


def test_an_interviewer_without_the_case_cannot_switch_its_mode(
    survey: Survey, lan: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    mei = another_visitor()
    mei.sign_in("mei")
    assert change(mei, survey.cases[0], "visit").status == 404
    assert change(lan, survey.cases[0], "letter").status == 404
    assert lan.post(f"/desk/cases/{survey.cases[0].uuid}/way/visit").status == 400


def test_a_refused_switch_is_reported_on_the_page_of_the_case(survey: Survey, lan: Visitor) -> None:
    assert "已经是电访" in change(lan, survey.cases[0], "phone").text
