"""The answer key: the station enters it until interviews begin, afterwards the lead corrects it with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.commands import create_user
from app.answer_keys.queries import answer_key_of
from app.evaluations.commands.evaluations import add_member
from app.models import AuditEvent, Role
from tests.app.survey_builders import PASSWORD, Survey, a_survey
from tests.builders import SATISFIED, a_response
from tests.visitor import Visitor

PAGE = "/evaluations/shibi-test/answer-key"


@pytest.fixture
def survey(session: Session) -> Survey:
    made = a_survey(session)
    station = create_user(session, username="station", display_name="站方", password=PASSWORD)
    session.flush()
    add_member(session, made.evaluation, station, Role.STATION)
    session.commit()
    return made


@pytest.fixture
def station(visitor: Visitor, survey: Survey) -> Visitor:
    visitor.sign_in("station")
    return visitor


@pytest.fixture
def lead(another_visitor: Callable[[], Visitor], survey: Survey) -> Visitor:
    visitor = another_visitor()
    visitor.sign_in("zhou")
    return visitor


def key(survey: Survey) -> dict[str, str]:
    return answer_key_of(survey.session, survey.evaluation)


def details(survey: Survey) -> list[dict[str, object]]:
    query = select(AuditEvent.details).where(AuditEvent.action == "answer_key.entered").order_by(AuditEvent.id)
    return list(survey.session.scalars(query))


def test_the_station_enters_and_deletes_texts_of_the_key(station: Visitor, survey: Survey) -> None:
    page = station.get("/evaluations/shibi-test").follow("填写答案要点")
    page = page.submit(address="石壁一村 1 号，菜市场旁", staff="陈某\n李姑娘")
    assert "答案要点已保存" in page.text
    assert key(survey) == {"address": "石壁一村 1 号，菜市场旁", "staff": "陈某\n李姑娘"}
    assert "没有改动" in page.submit(address="石壁一村 1 号，菜市场旁").text
    page.submit(address="  ")
    assert key(survey) == {"staff": "陈某\n李姑娘"}
    assert details(survey) == [{"facts": 2}, {"facts": 1}]


def test_a_key_too_long_is_refused(station: Visitor, survey: Survey) -> None:
    page = station.get(PAGE).submit(address="长" * 1001)
    assert (page.status, "最多 1000 个字符" in page.text, key(survey)) == (422, True, {})


def test_once_interviews_began_only_the_lead_corrects_the_key_with_a_reason(
    station: Visitor, lead: Visitor, survey: Survey
) -> None:
    open_page, lead_page = station.get(PAGE), lead.get(PAGE)
    a_response(survey.session, survey.cases[0], SATISFIED)
    page = open_page.submit(address="别处")
    assert (page.status, "不能再改" in page.text, key(survey)) == (422, True, {})
    assert not [form for form in station.get(PAGE).forms() if "address" in form.names()]
    page = lead_page.submit(address="石壁一村 1 号")
    assert (page.status, "请写明为什么更正" in page.text, key(survey)) == (422, True, {})
    page.submit(address="石壁一村 1 号", note="站点搬了")
    assert key(survey) == {"address": "石壁一村 1 号"}
    assert details(survey) == [{"facts": 1, "reason": "站点搬了"}]


def test_the_key_cannot_be_changed_after_settling(lead: Visitor, survey: Survey) -> None:
    page = lead.get(PAGE)
    survey.settle()
    assert (page.submit(address="别处").status, key(survey)) == (422, {})
    assert "评分已经定案" in lead.get(PAGE).text


def test_interviewers_and_other_parties_cannot_open_the_key(visitor: Visitor, survey: Survey) -> None:
    visitor.sign_in("lan")
    assert visitor.get(PAGE).status == 403
