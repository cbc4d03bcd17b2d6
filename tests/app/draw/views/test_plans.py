"""The planning page: every choice can be previewed, bad input is reported, and the previewed plan is announced."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.draw.queries.draws import plan_in_force, verify_draw
from app.ledger.commands.frames import seal_frame
from app.models import Ceremony, Draw, Evaluation, Role
from sampling.plan import Factor, Method, Plan, Protocol
from tests.builders import (
    STATION,
    a_ceremony,
    a_draft_frame,
    a_draw,
    a_draw_of,
    a_member,
    a_mixed_ledger,
    a_sealed_frame,
    an_evaluation,
)
from tests.clock import Clock, set_clock
from tests.visitor import Visitor, check_page

S = "/evaluations/sample-2023"


@pytest.fixture
def mixed(session: Session, evaluation: Evaluation) -> Evaluation:
    """200 people of the priority groups and 80 general recipients, sealed."""
    a_draft_frame(session, evaluation, data=a_mixed_ledger(200, 80))
    seal_frame(session, evaluation, typed_name=STATION)
    session.commit()
    return evaluation


def test_the_usual_plan_is_shown_with_costs_and_misclassification(lead: Visitor, mixed: Evaluation) -> None:
    page = lead.get(f"{S}/plan")
    assert page.status == 200
    for words in (
        "抽中多少人，含另抽的 100 100",
        "全站满意率的误差",
        "第一片区 80 40",
        "甲村 40 20",
        "落到另一档的机会",
        "规定的两种读法",
    ):
        assert words in page.text
    assert "示例0" not in page.text
    assert list(check_page(page)) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("size_by=typed&size=150", "抽中多少人，含另抽的 150"),
        ("size_by=all", "确认全部 200 人都访问"),
        ("size_by=margin&margin=3", "抽中多少人，含另抽的 169"),
        ("size_by=rate&rate=70", "抽中多少人，含另抽的 15"),
        ("general=40", "抽中多少人，含另抽的 140"),
        ("strata=", "各层抽多少人（1 层）"),
        ("strata=area&strata=group", "第一片区 · 困难家庭"),
        ("method=equal", "甲村 40 20"),
        ("method=neyman", "各层预计的满意率"),
        ("protocol=none", "预计有效答卷 80"),
        ("last=keep&overlap=50", "各层"),
    ],
)
def test_each_choice_changes_the_projection(lead: Visitor, mixed: Evaluation, query: str, words: str) -> None:
    page = lead.get(f"{S}/plan?{query}")
    assert page.status == 200
    assert words in page.text
    assert list(check_page(page)) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("size_by=typed&size=99", "不能只抽 99 人"),
        ("size_by=typed&size=201", "一共只有 200 人"),
        ("size_by=typed&size=", "请填 1 到"),
        ("size_by=typed&size=一百", "请填 1 到"),
        ("size_by=margin&margin=0", "请填 0.1 到 50"),
        ("size_by=everyone", "请从列出的选项里选"),
        ("method=fair", "请从列出的选项里选"),
        ("strata=street", "请从列出的选项里选"),
        ("strata=group&area_minimum=10", "要按片区或村居分层才能保证"),
        ("general=81", "普通服务对象一共只有 80 人"),
        ("last=keep&overlap=0", "请填 1 到 100"),
        ("protocol=block&block=0", "请填 1 到"),
        ("lines=90、60", "从小到大"),
        ("method=neyman&share.0101=abc", "1 到 99 之间的整数"),
        ("expected=0", "请填 1 到 99"),
    ],
)
def test_an_invalid_choice_is_reported_at_its_field(lead: Visitor, mixed: Evaluation, query: str, words: str) -> None:
    page = lead.get(f"{S}/plan?{query}")
    assert page.status == 422
    assert words in page.text
    refused = lead.get(f"{S}/ceremony/new?{query}")
    assert words in refused.text
    assert [form for form in refused.forms() if "public" in form.names()] == []


NONSENSE = ("", "\x00", "9" * 40, "-1", "１２０", "<script>", "a" * 3000, "%00", "NaN", "1e9", "½", "٣")


def test_no_query_parameter_causes_a_server_error(lead: Visitor, mixed: Evaluation) -> None:
    names = ("size_by", "size", "margin", "strata", "method", "minimum", "rate", "lines", "share.0101", "overlap")
    for name, value in itertools.product(names, NONSENSE):
        page = lead.client.get(f"{S}/plan", query_string={name: value, "size_by": "typed"})
        assert page.status_code in (200, 400, 422), (name, value)


def test_the_previewed_plan_is_the_one_announced(
    session: Session, lead: Visitor, mixed: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = (
        "size_by=typed&size=120&general=20&strata=area&strata=group&method=neyman&minimum=3&area_minimum=15"
        "&last=rest&protocol=block&block=4"
    )
    page = lead.get(f"{S}/plan?{query}").form(action="ceremony/new").submit()
    assert "每批 4 人" in page.text
    page.form(containing="public").submit(public="当众掷骰", expected="2099-11-30T20:30")
    plan = plan_in_force(session.scalars(select(Ceremony)).one())
    assert plan == Plan(
        size=120, general=20, strata=(Factor.AREA, Factor.GROUP), method=Method.NEYMAN, minimum=3, area_minimum=15,
        stddev=plan.stddev, overlap=0, protocol=Protocol.BLOCK, block=4,
    )  # fmt: skip
    assert len(plan.stddev) == 6
    page = lead.get(f"{S}/plan")
    assert page.path == f"{S}/ceremony"
    page.form(action="close").submit()
    set_clock(monkeypatch, Clock(datetime(2099, 12, 1, tzinfo=UTC)))
    lead.get(f"{S}/ceremony").form(action="reveal/1").submit(value="3 5 2").form(action="reveal/1").submit(
        value="3 5 2"
    )
    lead.get(f"{S}/ceremony").form(action="ceremony/draw").submit()
    assert session.scalars(select(Draw)).one().general == 20


def test_a_plan_on_a_draft_frame_can_be_previewed_but_not_announced(
    session: Session, evaluation: Evaluation, lead: Visitor
) -> None:
    assert "还没有可以抽样的名册" in lead.get(f"{S}/plan").text
    a_draft_frame(session, evaluation)
    page = lead.get(f"{S}/plan")
    assert "名册还没有封存" in page.text
    assert [form for form in page.forms() if "ceremony" in form.action] == []


def test_warnings_name_strata_with_few_people(
    session: Session, evaluation: Evaluation, lead: Visitor, mixed: Evaluation
) -> None:
    assert "层比要抽的人还多" not in lead.get(f"{S}/plan").text
    page = lead.get(f"{S}/plan?general=2")
    assert "层比要抽的人还多" in page.text
    page = lead.get(f"{S}/plan?general=6&minimum=1")
    assert "只抽 1 人" in page.text


def test_once_announced_the_planning_page_redirects_to_the_ceremony(
    session: Session, evaluation: Evaluation, lead: Visitor, mixed: Evaluation
) -> None:
    a_ceremony(session, evaluation)
    assert lead.get(f"{S}/plan").path == f"{S}/ceremony"
    assert lead.get(f"{S}/draw").path == f"{S}/ceremony"


@pytest.mark.parametrize(("role", "status"), [(Role.STATION, 403), (Role.PURCHASER, 403), (Role.INTERVIEWER, 403)])
def test_only_the_lead_sees_the_planning_page(
    session: Session, evaluation: Evaluation, visitor: Visitor, role: Role, status: int
) -> None:
    a_draw(session, evaluation)
    a_member(session, evaluation, role, "somebody")
    visitor.sign_in("somebody")
    assert visitor.get(f"{S}/plan").status == status
    a_member(session, an_evaluation(session, "other-2023"), Role.LEAD, "outsider")


@pytest.mark.parametrize("people", [64, 99, 100, 101])
def test_up_to_a_hundred_people_are_all_asked_after_one_confirmation(
    session: Session, evaluation: Evaluation, lead: Visitor, people: int
) -> None:
    a_sealed_frame(session, evaluation, people)
    page = lead.get(f"{S}/plan")
    everyone = [form for form in page.forms() if form.action.endswith("/everyone")]
    assert len(everyone) == (people <= 100)
    if people > 100:
        assert "按建议的方案公布" in page.text
        a_draw_of(session, a_ceremony(session, evaluation))
    else:
        assert "全部访问证书" in everyone[0].submit().text
    draw = session.scalars(select(Draw)).one()
    assert (draw.size, draw.is_coverage) == (min(people, 100), people <= 100)
    assert verify_draw(session, evaluation).cases == min(people, 100)
    assert "一致" in lead.get(f"{S}/draw").form(action="verify").submit().text
    assert lead.get(f"/certificate/{draw.certificate_digest}").status == 200
    if people <= 100:
        assert lead.get(f"{S}/ceremony").status == lead.get(f"{S}/void").status == 200
        assert "已经公布过抽样方案" in everyone[0].submit().text
