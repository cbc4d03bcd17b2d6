"""Recusals on the pages: who declares, who sees them, and what is closed to the recused."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Recusal, Role
from tests.app.survey_builders import Survey
from tests.builders import a_hold, a_member, a_user
from tests.visitor import Visitor

E = "/evaluations/shibi-test"
MINE = "/account/recusals"
A = f"/admin{E}/recusals"


def declared(visitor: Visitor, reason: str = "妹妹在站里工作") -> None:
    page = visitor.get(MINE)
    assert "要回避" in page.submit(reason=reason).text


def test_a_member_declares_an_interest_in_a_station_they_evaluate(
    session: Session, survey: Survey, lan: Visitor
) -> None:
    page = lan.get("/desk").follow("回避")
    assert "石壁街社工服务站" in page.text
    assert page.submit(reason=" ").status == 422
    declared(lan)
    declared(lan)  # again: the same
    assert session.scalars(select(Recusal.user_id)).all() == [survey.interviewer.id]
    assert "妹妹在站里工作" in lan.get(MINE).text


def test_a_user_without_membership_has_no_station_to_declare_for(session: Session, visitor: Visitor) -> None:
    a_user(session, "newcomer")
    visitor.sign_in("newcomer")
    assert "还没有参加任何社工站的评估" in visitor.get(MINE).text


def test_a_forged_station_is_refused(session: Session, lan: Visitor) -> None:
    token = lan.get(MINE).form(containing="reason").values()["csrf_token"][0]
    page = lan.post(MINE, {"csrf_token": token, "who": "00000000-0000-4000-8000-000000000000", "reason": "x"})
    assert page.status == 422
    assert session.scalars(select(Recusal.id)).all() == []


def test_a_recused_interviewer_loses_the_case_page_at_once(session: Session, survey: Survey, lan: Visitor) -> None:
    case = survey.cases[0]
    a_hold(session, case, survey.interviewer)
    path = f"/desk/cases/{case.uuid}"
    assert lan.get(path).status == 200
    declared(lan)
    assert lan.get(path).status == 404
    a_hold(session, case, survey.interviewer)  # even if a row said otherwise
    assert lan.get(path).status == 404


def test_a_recused_person_enters_no_points(
    session: Session, survey: Survey, another_visitor: Callable[[], Visitor]
) -> None:
    a_member(session, survey.evaluation, Role.PURCHASER, "buyer")
    buyer = another_visitor()
    buyer.sign_in("buyer")
    declared(buyer, "有生意往来")
    page = buyer.get(f"{E}/score/entry")
    form = page.forms()[-1]
    sent = form.submit(**{name: "1" for name in form.names() if name not in ("csrf_token",) and "comment" not in name})
    assert "要回避" in sent.text


def test_only_the_administrator_lifts_a_recusal_on_the_pages(
    session: Session, survey: Survey, another_visitor: Callable[[], Visitor]
) -> None:
    a_user(session, "boss", administrator=True)
    boss, lan = another_visitor(), another_visitor()
    boss.sign_in("boss")
    lan.sign_in("lan")
    page = boss.get(f"/admin{E}/members").follow("谁要回避")
    page = page.form(containing="who").submit(who=str(survey.interviewer.uuid), reason="亲属")
    assert "兰访问员" in page.text
    assert "亲属" in lan.get(MINE).text
    token = lan.get(MINE).form(containing="reason").values()["csrf_token"][0]
    lift = page.form(action="/lift")
    assert lan.post(lift.action, {"csrf_token": token}).status == 403
    assert lan.get(A).status == 403
    assert "已解除" in lift.submit().text
    assert lift.submit().status == 404
    assert "已解除" in lan.get(MINE).text
