"""The interviewer's desk: who sees which case, how little of it, and how an interview is stored once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import create_app
from app.extensions import db, limiter
from app.models import Attempt, AuditEvent, Case, Invitation
from tests.app.views.survey_builders import NAMES, Survey, a_survey
from tests.conftest import SECRETS
from tests.visitor import Form, Page, Visitor

SPOKEN = {
    "C1": "1", "C2": "1", "S1": "1", "S3": "1", "S5": "2", "S6": "2",
    **{f"A{n}": "1" for n in range(1, 6)}, **{f"B{n}": "5" for n in range(1, 9)},
    "B9": "95", "B10": "1", "D3": "2",
}  # fmt: skip


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session)


@pytest.fixture
def lan(visitor: Visitor, survey: Survey) -> Visitor:
    """The interviewer whose cases they are, signed in."""
    visitor.sign_in("lan")
    return visitor


@pytest.fixture
def mei(another_visitor: Callable[[], Visitor], survey: Survey) -> Visitor:
    """Another interviewer of the same evaluation, without cases."""
    visitor = another_visitor()
    visitor.sign_in("mei")
    return visitor


def address(case: Case) -> str:
    return f"/desk/cases/{case.uuid}"


def interview(visitor: Visitor, case: Case, mode: str = "phone") -> Form:
    """The interview form as it comes."""
    return visitor.get(f"{address(case)}/interview/{mode}").form(containing="submission_key")


def fields(answers: dict[str, str]) -> dict[str, str]:
    return {f"q_{name}": given for name, given in answers.items()}


def hand_in(form: Form, answers: dict[str, str], go: str = "check", **more: str | None) -> Page:
    ticks = {f"tick_{name}": "yes" if name == "self" else "no" for name in ("self", "family", "staff", "prompted")}
    return form.submit(button=("go", go), **fields(answers), **ticks, **more)


def attempts(survey: Survey) -> list[tuple[str, str]]:
    return [(a.mode, a.outcome) for a in survey.session.scalars(select(Attempt).order_by(Attempt.id))]


def events(survey: Survey, action: str) -> int:
    return len(survey.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all())


def say(visitor: Visitor, case: Case, outcome: str, mode: str = "phone") -> Page:
    """Press the button of an outcome."""
    return visitor.get(address(case)).form(action="/outcome").submit(button=("outcome", outcome), mode=mode)


# My cases


def test_the_list_shows_my_cases_without_names_or_telephones(lan: Visitor, survey: Survey) -> None:
    page = lan.get("/desk")
    assert page.heading == "我的个案"
    assert "还有 3 个要联系" in page.text
    for case in survey.cases:
        assert address(case) in page.links()
    assert "石壁一村" in page.text
    assert "欧***" in page.text
    assert not any(name in page.html for name in NAMES)
    assert "1990000" not in page.html


def test_someone_without_cases_reads_what_the_page_is_for(mei: Visitor) -> None:
    assert "还没有分派给您的个案" in mei.get("/desk").text


def test_untried_cases_come_first_and_closed_ones_stand_apart(lan: Visitor, survey: Survey) -> None:
    first, second, third = survey.cases
    say(lan, first, "NC1")
    say(lan, second, "NE1").form(action="/outcome").submit(button=("confirmed", "y"))
    page = lan.get("/desk")
    assert "下一个：0102-01" in page.text
    open_list, done_list = page.text.split("我今天完成的", 1)
    assert open_list.index("0102-01") < open_list.rindex("0101-01")
    assert "已去世" in done_list
    assert "0101-02" in done_list
    assert third.outcome is None


@pytest.mark.parametrize("path", ["", "/interview/phone", "/interview/visit"])
def test_the_case_of_another_interviewer_does_not_exist(mei: Visitor, survey: Survey, path: str) -> None:
    assert mei.get(address(survey.cases[0]) + path).status == 404


@pytest.mark.parametrize("path", ["/reveal", "/outcome", "/link", "/interview/phone"])
def test_nobody_acts_on_the_case_of_another_interviewer(lan: Visitor, mei: Visitor, survey: Survey, path: str) -> None:
    token = mei.get("/desk").forms()[0].values()["csrf_token"]
    forged = {"csrf_token": token, "outcome": ["NC1"], "attempt_key": [str(uuid.uuid4())], **fields(SPOKEN)}
    assert mei.post(address(survey.cases[0]) + path, forged).status == 404
    assert (attempts(survey), survey.responses, events(survey, "contact.revealed")) == ([], [], 0)


def test_the_lead_has_no_desk(visitor: Visitor, survey: Survey) -> None:
    visitor.sign_in("zhou")
    assert visitor.get("/desk").status == 403
    assert visitor.get(address(survey.cases[0])).status == 403


def test_a_stranger_is_asked_to_sign_in(visitor: Visitor, survey: Survey) -> None:
    page = visitor.get(address(survey.cases[0]))
    assert page.path.startswith("/login")


def test_a_case_address_that_is_no_identifier_leads_nowhere(lan: Visitor) -> None:
    for name in ("1", "garbage", str(uuid.uuid4())):
        assert lan.get(f"/desk/cases/{name}").status == 404


# Contact


def test_the_contact_is_masked_until_asked_for_and_masked_again_after(lan: Visitor, survey: Survey) -> None:
    path = address(survey.cases[0])
    page = lan.get(path)
    assert "199****" in page.text
    assert "欧***" in page.text
    assert "欧阳小明" not in page.html
    shown = page.form(action="/reveal").submit()
    assert "欧阳小明" in shown.text
    assert any(link.startswith("tel:1990000") for link in shown.links())
    assert "欧阳小明" not in lan.get(path).html


def test_each_look_at_a_contact_is_an_event_that_names_nobody(lan: Visitor, survey: Survey) -> None:
    page = lan.get(address(survey.cases[0]))
    page.form(action="/reveal").submit()
    page.form(action="/reveal").submit()
    found = survey.session.scalars(select(AuditEvent).where(AuditEvent.action == "contact.revealed")).all()
    assert [(e.actor_id, e.subject, e.details) for e in found] == [
        (survey.interviewer.id, survey.cases[0].uuid, {})
    ] * 2


def test_a_contact_is_never_shown_by_following_a_link(lan: Visitor, survey: Survey) -> None:
    assert lan.get(f"{address(survey.cases[0])}/reveal").status == 405
    assert events(survey, "contact.revealed") == 0


def test_a_deleted_contact_is_said_to_be_deleted(lan: Visitor, survey: Survey) -> None:
    survey.session.delete(survey.cases[0].recipient.contact)
    survey.session.commit()
    page = lan.get(address(survey.cases[0]))
    assert "联系资料已经删除" in page.text
    assert lan.get("/desk").status == 200
    token = page.form(action="/outcome").values()["csrf_token"]
    page = lan.post(f"{address(survey.cases[0])}/reveal", {"csrf_token": token})
    assert (page.status, "联系资料已经删除。" in page.text) == (422, True)


# Outcomes


def test_an_outcome_is_written_down_with_its_consequence_on_the_button(lan: Visitor, survey: Survey) -> None:
    page = lan.get(address(survey.cases[0]))
    assert "无人接听 3 小时后再排" in page.text
    page = say(lan, survey.cases[0], "NC5", mode="visit")
    assert "已登记「入户无人」" in page.text
    assert attempts(survey) == [("visit", "NC5")]
    assert (survey.cases[0].outcome, survey.cases[0].outcome_final) == ("NC5", False)


def test_the_same_try_sent_twice_is_written_down_once(lan: Visitor, survey: Survey) -> None:
    form = lan.get(address(survey.cases[0])).form(action="/outcome")
    form.submit(button=("outcome", "NC1"))
    form.submit(button=("outcome", "NC1"))
    assert attempts(survey) == [("phone", "NC1")]


def test_a_final_outcome_is_asked_once_more_and_closes_the_case(lan: Visitor, survey: Survey) -> None:
    page = say(lan, survey.cases[0], "R1")
    assert (page.heading, attempts(survey)) == ("登记「本人拒访」？", [])
    assert "结案，不再联系" in page.text
    page = page.form(action="/outcome").submit(button=("confirmed", "y"))
    assert attempts(survey) == [("phone", "R1")]
    assert survey.cases[0].outcome_final
    assert not [f for f in page.forms() if "/outcome" in f.action]
    assert "已有最终结果" in lan.get(f"{address(survey.cases[0])}/interview/phone").text


@pytest.mark.parametrize("outcome", ["I1", "X1", "P1", "ZZ", ""])
def test_only_outcomes_of_the_list_are_written_by_hand(lan: Visitor, survey: Survey, outcome: str) -> None:
    page = say(lan, survey.cases[0], outcome)
    assert (page.status, attempts(survey)) == (422, [])
    assert "处需要处理" in page.text


@pytest.mark.parametrize("wrong", [{"attempt_key": "garbage"}, {"attempt_key": None}, {"mode": "web"}, {"mode": "77"}])
def test_an_outcome_with_a_broken_form_is_refused(lan: Visitor, survey: Survey, wrong: dict[str, str | None]) -> None:
    form = lan.get(address(survey.cases[0])).form(action="/outcome")
    page = form.submit(button=("outcome", "NC1"), **wrong)
    assert (page.status, attempts(survey)) == (422, [])


def test_after_settling_nothing_is_written_down(lan: Visitor, survey: Survey) -> None:
    outcome = lan.get(address(survey.cases[0])).form(action="/outcome")
    survey.settle()
    page = outcome.submit(button=("outcome", "NC1"))
    assert (page.status, "评分已经定案" in page.text, attempts(survey)) == (422, True, [])


# The personal link


def test_a_personal_link_is_shown_once_as_a_card_that_opens(
    lan: Visitor, another_visitor: Callable[[], Visitor], survey: Survey
) -> None:
    page = lan.get(address(survey.cases[0])).form(action="/link").submit()
    [shown] = [e.text for e in page.tree.iter("p") if e.get("id") == "address"]
    assert shown is not None
    assert any("qr" in (e.get("class") or "") for e in page.tree.iter() if e.tag.endswith("svg"))
    token = shown.rpartition("/")[2]
    assert another_visitor().get(f"/q/{token}").heading == "石壁街社工服务站满意度调查"
    assert token not in lan.get(address(survey.cases[0])).html
    assert all(token.encode() not in bytes(i.token_hash) for i in survey.session.scalars(select(Invitation)))


def test_the_printed_address_is_the_public_one(app: Flask, lan: Visitor, survey: Survey) -> None:
    app.config["PUBLIC_URL"] = "https://d.example"
    try:
        page = lan.get(address(survey.cases[0])).form(action="/link").submit()
    finally:
        app.config["PUBLIC_URL"] = ""
    assert "https://d.example/q/" in page.text


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    """The same database behind an application that counts requests."""

    class Limited(config.Testing):
        RATELIMIT_ENABLED = True
        REVEAL_LIMIT = "3 per hour"

    url = app.config["SQLALCHEMY_ENGINES"]["default"]
    slow = create_app(Limited({**SECRETS, "DATABASE_URL": url, "COOKIES_OVER_HTTP": "1"}))
    yield slow
    limiter.enabled = False
    with slow.app_context():
        db.engine.dispose()


def test_opening_names_is_slowed_wherever_it_is_done(survey: Survey, limited: Flask) -> None:
    visitor = Visitor(limited)
    visitor.sign_in("lan")
    page = visitor.get(address(survey.cases[0]))
    form = interview(visitor, survey.cases[0])
    assert [page.form(action="/reveal").submit().status for _ in range(2)] == [200, 200]
    assert [hand_in(form, {}, go="reveal").status for _ in range(2)] == [200, 429]
    assert page.form(action="/reveal").submit().status == 429
    assert "答卷已保存" in hand_in(form, SPOKEN).text  # an interview is never held up by it
    assert events(survey, "contact.revealed") == 3
