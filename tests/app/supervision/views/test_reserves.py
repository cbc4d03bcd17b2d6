"""The reserve on the pages: the lead releases; the interviewer closes by the attempt rule and sees no reserve."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.commands.attempts import record_attempt
from app.draw.queries.draws import verify_draw
from app.models import Case, Draw, Evaluation, Replacement, Role, User
from sampling.plan import Protocol
from tests.builders import a_draw, a_hold, a_member, an_evaluation, assign_cases, cases_of
from tests.visitor import Visitor, check_page

F = "/evaluations/sample-2023/fieldwork"
DAYS = (
    datetime(2023, 11, 6, 2, tzinfo=UTC),
    datetime(2023, 11, 7, 7, tzinfo=UTC),
    datetime(2023, 11, 8, 11, tzinfo=UTC),
)


def tried(session: Session, case: Case, outcome: str, at: datetime | None = None) -> None:
    record_attempt(
        session, case, attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=case.interviewer, at=at
    )
    session.commit()


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    a_member(session, evaluation, Role.INTERVIEWER, "interviewer")
    return evaluation


def drawn(session: Session, evaluation: Evaluation, protocol: Protocol = Protocol.SUPERVISOR, of: int = 150) -> Draw:
    draw = a_draw(session, evaluation, of=of, protocol=protocol)
    assign_cases(session, evaluation)
    session.commit()
    return draw


def test_the_lead_releases_the_next_of_the_stratum(session: Session, evaluation: Evaluation, visitor: Visitor) -> None:
    draw = drawn(session, evaluation)
    case = cases_of(session, draw)[0]
    tried(session, case, "NE2")
    visitor.sign_in("lead")
    page = visitor.get(F)
    assert "等待替换的个案" in page.text
    page = page.form(action=f"{F}/release/{case.uuid}").submit()
    assert "已放出第 1 个候补" in page.text
    assert "没有等待替换的个案" in page.text
    assert list(check_page(page)) == []
    row = session.scalars(select(Replacement)).one()
    assert (row.replaces_case_id, row.case.stratum, row.outcome) == (case.id, case.stratum, "NE2")
    assert row.case.interviewer_id is None
    assert verify_draw(session, evaluation).released == 1


def test_a_second_release_for_the_same_case_is_refused(
    session: Session, evaluation: Evaluation, visitor: Visitor
) -> None:
    draw = drawn(session, evaluation)
    case = cases_of(session, draw)[0]
    tried(session, case, "NE2")
    visitor.sign_in("lead")
    form = visitor.get(F).form(action=f"{F}/release/{case.uuid}")
    form.submit()
    assert "已经替换过" in form.submit().text
    assert len(session.scalars(select(Replacement)).all()) == 1


@pytest.mark.parametrize("protocol", [Protocol.NONE, Protocol.ONE_FOR_ONE, Protocol.BLOCK])
def test_under_other_replacement_protocols_there_is_no_button_and_the_request_is_refused(
    session: Session, evaluation: Evaluation, visitor: Visitor, protocol: Protocol
) -> None:
    draw = drawn(session, evaluation, protocol)
    case = cases_of(session, draw)[0]
    visitor.sign_in("lead")
    page = visitor.get(F)
    assert "放出候补" not in page.text
    token = page.forms()[0].values()["csrf_token"][0]
    refused = visitor.post(f"{F}/release/{case.uuid}", {"csrf_token": token})
    assert "候补不由人工放出" in refused.text


def test_under_full_coverage_there_is_no_reserve(session: Session, evaluation: Evaluation, visitor: Visitor) -> None:
    draw = drawn(session, evaluation, of=60)
    tried(session, cases_of(session, draw)[0], "NE1")
    visitor.sign_in("lead")
    page = visitor.get(F)
    assert "这一层没有候补" in page.text


@pytest.mark.parametrize(("role", "status"), [(Role.INTERVIEWER, 403), (Role.STATION, 403), (None, 404)])
def test_only_the_lead_sees_the_reserve(
    session: Session, evaluation: Evaluation, visitor: Visitor, role: Role | None, status: int
) -> None:
    drawn(session, evaluation)
    other = an_evaluation(session, "other-2023")
    a_member(session, evaluation if role else other, role or Role.LEAD, "somebody")
    visitor.sign_in("somebody")
    assert visitor.get(F).status == status


def test_a_case_is_given_up_after_three_days_in_three_parts(
    session: Session, evaluation: Evaluation, another_visitor: Callable[[], Visitor]
) -> None:
    draw = drawn(session, evaluation, Protocol.ONE_FOR_ONE)
    case = cases_of(session, draw)[0]
    interviewer = another_visitor()
    interviewer.sign_in("interviewer")
    address = f"/desk/cases/{case.uuid}"
    me = session.scalars(select(User).where(User.username == "interviewer")).one()
    a_hold(session, case, me)
    assert "联系的次数够了" not in interviewer.get(address).text
    tried(session, case, "NC1", DAYS[0])
    a_hold(session, case, me)
    page = interviewer.get(address)
    assert "再联系 2 次、另找 1 天、另找 1 个时段" in page.text
    assert all(form.action != f"{address}/close" for form in page.forms())
    token = page.forms()[0].values()["csrf_token"][0]
    refused = interviewer.post(f"{address}/close", {"csrf_token": token})
    assert refused.status == 422
    assert "还不能结案" in refused.text
    for at in DAYS[1:]:
        tried(session, case, "NC1", at)
    a_hold(session, case, me)
    page = interviewer.get(address)
    assert list(check_page(page)) == []
    page = page.form(action=f"{address}/close").submit()
    assert "已结案" in page.text
    session.expire_all()
    assert case.outcome_final
    released = session.scalars(select(Replacement)).one()
    assert released.replaces_case_id == case.id
    assert "候补" not in page.text
    assert verify_draw(session, evaluation).released == 1


def test_somebody_elses_case_cannot_be_given_up(
    session: Session, evaluation: Evaluation, another_visitor: Callable[[], Visitor]
) -> None:
    draw = drawn(session, evaluation)
    case = cases_of(session, draw)[0]
    for at in DAYS:
        tried(session, case, "NC1", at)
    a_member(session, evaluation, Role.INTERVIEWER, "another")
    other = another_visitor()
    other.sign_in("another")
    token = other.get("/desk").forms()[0].values()["csrf_token"][0]
    assert other.post(f"/desk/cases/{case.uuid}/close", {"csrf_token": token}).status == 404
