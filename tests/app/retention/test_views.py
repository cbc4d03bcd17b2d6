"""The pages of retention, and every other page after an erasure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.desk.commands.links import issue_link
from app.evaluations.commands.evaluations import add_member
from app.models import Contact, Erasure, Evaluation, Response, Role
from app.retention.commands import erase_personal_data
from app.scores.commands.scores import settle_score
from tests.app.data_of_every_kind import LONG_AGO, CompletedFieldwork, an_evaluation_with_data_of_every_kind
from tests.builders import a_draft_frame, a_draw, a_member, a_user, an_evaluation, cases_of
from tests.visitor import Visitor

S = "/evaluations/sample-2023"
R = f"{S}/retention"
GONE = "个人资料已于"


def kept_until(session: Session, evaluation: Evaluation, days: int) -> date:
    """Set the last day of retention to so many days from today, and return it."""
    evaluation.keep_until = local(now()).date() + timedelta(days=days)
    session.commit()
    return evaluation.keep_until


@pytest.fixture
def fieldwork(session: Session) -> CompletedFieldwork:
    return an_evaluation_with_data_of_every_kind(session)


@pytest.fixture
def lead(fieldwork: CompletedFieldwork, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (400, ""), (31, ""), (30, "还有 30 天"), (1, "还有 1 天"), (0, "今天是资料保存的最后一天"), (-1, "已经到期"),
        (-400, "已经到期"),
    ],
)  # fmt: skip
def test_the_overview_says_when_the_day_is_near_and_when_it_is_past(
    session: Session, another_visitor: Callable[[], Visitor], days: int, sentence: str
) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    a_member(session, evaluation, Role.MONITOR, "monitor")
    day = kept_until(session, evaluation, days).isoformat()
    lead, monitor = another_visitor(), another_visitor()
    lead.sign_in("lead")
    monitor.sign_in("monitor")
    page = lead.get(S)
    assert day in page.text
    assert R in page.links()
    notices = [text for text in ("还有", "最后一天", "已经到期") if text in page.text]
    assert (sentence in page.text) if sentence else notices == []
    page = monitor.get(S)
    assert day in page.text
    assert "看要删除什么" not in page.text


def test_before_the_day_the_page_shows_counts_only(
    session: Session, fieldwork: CompletedFieldwork, lead: Visitor
) -> None:
    page = lead.get(R)
    for words in ("联系资料", "130", "个人问卷链接", "抽样证书", "到期以前不能删除"):
        assert words in page.text
    assert page.forms() == [] or all("typed_title" not in form.names() for form in page.forms())
    page = lead.post(R, {"csrf_token": csrf(lead), "typed_title": fieldwork.evaluation.title})
    assert page.status == 422
    assert "从第二天起才能删除" in page.text
    assert session.scalar(select(func.count()).select_from(Contact)) == 130


def csrf(visitor: Visitor) -> str:
    """A token of the visitor's session."""
    form = next(form for form in visitor.get("/account/recusals").forms() if "csrf_token" in form.names())
    return form.values()["csrf_token"][0]


def test_the_erasure_is_confirmed_by_the_title_and_done_once(
    session: Session, fieldwork: CompletedFieldwork, lead: Visitor
) -> None:
    fieldwork.time_passes(session)
    page = lead.get(R)
    assert "不能恢复" in page.text
    for typed in ("", "别的评估", fieldwork.evaluation.title[:-1]):
        refused = lead.get(R).form("typed_title").submit(typed_title=typed)
        assert refused.status == 422
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Erasure)) == 0
    form = lead.get(R).form("typed_title")
    done = form.submit(typed_title=f" {fieldwork.evaluation.title} ")
    assert "个人资料已经删除" in done.text
    assert GONE in done.text
    assert "删除了什么" in done.text
    again = form.submit(typed_title=fieldwork.evaluation.title)  # a double click
    assert "以前已经删除" in again.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Contact)) == 0
    page = lead.get(f"{S}/audit")
    assert "按期删除个人资料" in page.text
    assert "记录完整" in page.text


@pytest.mark.parametrize("role", [Role.STATION, Role.PURCHASER, Role.MONITOR, Role.SUPERVISION, Role.INTERVIEWER])
def test_only_the_lead_erases(session: Session, visitor: Visitor, role: Role) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, role, "somebody")
    kept_until(session, evaluation, -1)
    visitor.sign_in("somebody")
    token = csrf(visitor)
    assert visitor.get(R).status == 403
    assert visitor.post(R, {"csrf_token": token, "typed_title": evaluation.title}).status == 403
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Erasure)) == 0


def test_opening_pages_erases_nothing(session: Session, fieldwork: CompletedFieldwork, lead: Visitor) -> None:
    fieldwork.time_passes(session)
    for path in (S, R, f"{S}/desk", f"{S}/fieldwork"):
        assert lead.get(path).status == 200
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Contact)) == 130


def test_after_the_erasure_every_page_of_the_lead_opens_and_says_that_names_are_erased(
    session: Session, fieldwork: CompletedFieldwork, lead: Visitor
) -> None:
    settle_score(session, fieldwork.evaluation, shortfall_reason="测试")
    session.commit()
    fieldwork.time_passes(session)
    erase_personal_data(session, fieldwork.evaluation)
    session.commit()
    response = session.scalars(select(Response).where(Response.counted).limit(1)).one().uuid
    case = cases_of(session, fieldwork.draw)[0].uuid
    digest = fieldwork.draw.certificate_digest
    session.rollback()
    for path in (
        S, R, f"{S}/audit", f"{S}/answer-key", f"{S}/ledgers", f"{S}/ledgers/quality", f"{S}/frame", f"{S}/ceremony",
        f"{S}/void", f"{S}/draw", f"{S}/fieldwork", f"{S}/fieldwork/rates", f"{S}/quality", f"{S}/desk",
        f"{S}/desk/closed", f"{S}/desk/interviewers", f"{S}/desk/settings", f"{S}/desk/visits", f"{S}/results",
        f"{S}/results/comparisons", f"{S}/score", f"{S}/score/entry", f"{S}/score/facts", f"{S}/score/settle",
        f"{S}/exports", f"{S}/desk/cases/{case}", f"{S}/results/responses/{response}",
        f"{S}/results/responses/{response}/exclusion", f"{S}/results/responses/{response}/withdrawal",
    ):  # fmt: skip
        page = lead.get(path)
        assert page.status == 200, path
        assert GONE in page.text, path
    for path in (f"{S}/ledgers/quality.xlsx", f"{S}/draw/certificate.json"):
        assert lead.get(path).status == 200
    assert "没有电话" not in lead.get(f"{S}/ledgers/quality").text
    ledger = next(url for url in lead.get(f"{S}/ledgers").links() if f"{S}/ledgers/" in url and "quality" not in url)
    assert "逐行发现已按期删除" in lead.get(ledger).text
    assert lead.get(f"/certificate/{digest}").status == 200


def test_the_next_round_says_that_the_people_of_the_last_are_erased(
    session: Session, lead: Visitor, fieldwork: CompletedFieldwork
) -> None:
    following = an_evaluation(session, "next-2024", station=fieldwork.evaluation.station, held_on=date(2024, 11, 1))
    add_member(session, following, fieldwork.lead, Role.LEAD)
    a_draft_frame(session, following)
    forgotten = "认不出谁上一轮在册"
    assert forgotten not in lead.get("/evaluations/next-2024/frame").text
    fieldwork.time_passes(session)
    erase_personal_data(session, fieldwork.evaluation)
    session.commit()
    for path in ("/evaluations/next-2024/frame", "/evaluations/next-2024/plan"):
        assert forgotten in lead.get(path).text


def test_after_the_last_day_the_desk_and_its_case_are_closed(
    session: Session, fieldwork: CompletedFieldwork, visitor: Visitor
) -> None:
    visitor.sign_in("interviewer")
    mine = next(
        case for case in cases_of(session, fieldwork.draw) if case.interviewer_id == fieldwork.interviewer.id
    ).uuid
    session.rollback()
    assert visitor.get(f"/desk/cases/{mine}").status == 200
    fieldwork.time_passes(session)
    assert "没有要打电话的评估" in visitor.get("/desk").text
    assert "已经到期" in visitor.get(f"/desk/cases/{mine}").text
    for mode in ("phone", "visit"):
        page = visitor.get(f"/desk/cases/{mine}/interview/{mode}")
        assert "资料保存期已过" in page.text
    erase_personal_data(session, fieldwork.evaluation)
    session.commit()
    page = visitor.get(f"/desk/cases/{mine}")
    assert page.status == 200
    assert GONE in page.text
    assert visitor.get("/desk").status == 200


def test_a_personal_link_says_that_it_has_expired(
    session: Session, fieldwork: CompletedFieldwork, visitor: Visitor
) -> None:
    link = f"/q/{fieldwork.token}"
    assert visitor.get(link).status == 200
    fieldwork.time_passes(session)
    for path in (link, f"{link}/form"):
        page = visitor.get(path)
        assert page.status == 410
        assert "2024-01-31，已经到期" in page.text
    erase_personal_data(session, fieldwork.evaluation)
    session.commit()
    for path in (link, f"{link}/form", f"{link}/thanks"):
        page = visitor.get(path)
        assert page.status == 410
        assert "已经删除" in page.text
    assert visitor.get("/q/0000000000000000").status == 404


def test_the_administrator_changes_the_day_with_a_reason(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    draw = a_draw(session, evaluation)
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    path = f"/admin{S}/keep-until"
    assert path in visitor.get(f"/admin{S}/members").links()
    later, sooner = "2999-12-31", (local(now()).date() + timedelta(days=500)).isoformat()
    refused = visitor.get(path).form("reason").submit(keep_until=sooner, reason=" ")
    assert refused.status == 422
    assert refused.form("reason").values()["keep_until"] == [sooner]
    assert "已保存" in visitor.get(path).form("reason").submit(keep_until=sooner, reason="委托书写明").text
    assert "已保存" in visitor.get(path).form("reason").submit(keep_until=later, reason="还没有问过人").text
    issue_link(session, cases_of(session, draw)[0])
    session.commit()
    assert "已保存" in visitor.get(path).form("reason").submit(keep_until=sooner, reason="提前").text
    for day, message in ((later, "只能提前，不能推后"), ("2020-01-01", "已经过去"), (sooner, "没有改动"), ("x", "")):
        page = visitor.get(path).form("reason").submit(keep_until=day, reason="试一试")
        assert page.status == 422
        assert message in page.text
    session.rollback()
    assert session.get_one(Evaluation, evaluation.id).keep_until.isoformat() == sooner
    evaluation = session.get_one(Evaluation, evaluation.id)
    evaluation.keep_until = LONG_AGO
    session.commit()
    page = visitor.get(path)
    assert "已经到期" in page.text
    assert all("reason" not in form.names() for form in page.forms())


def test_the_page_of_retention_is_complete_in_english(
    fieldwork: CompletedFieldwork, lead: Visitor, session: Session
) -> None:
    fieldwork.time_passes(session)
    lead.post("/language", {"csrf_token": csrf(lead), "language": "en"})
    page = lead.get(R)
    assert "cannot be undone" in page.text
