"""The pages for excluding, restoring and erasing a response."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Evaluation, Response, Role
from app.scores.commands.scores import settle_score
from tests.builders import a_finished_evaluation, a_member, an_evaluation
from tests.visitor import Visitor

S = "/evaluations/sample-2023/results"


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return a_finished_evaluation(session, answered=20)


@pytest.fixture
def response(session: Session, evaluation: Evaluation) -> str:
    first = session.scalars(select(Response).order_by(Response.id)).first()
    assert first is not None
    return f"{S}/responses/{first.uuid}"


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


def test_a_response_is_excluded_with_a_reason_and_restored(lead: Visitor, response: str) -> None:
    page = lead.get(response).follow("排除这份答卷")
    assert "排除以后数字怎么变" in page.text
    refused = page.form("reason").submit(reason=" ")
    assert (refused.status, "请写明理由" in refused.text) == (422, True)
    done = refused.form("reason").submit(reason="回访时本人说没有访问过")
    assert done.path == response
    assert "已排除，不再计入任何数字" in done.text
    assert "没有计入（已排除）" in done.text
    assert "有效 19 人" in lead.get(S).text
    again = done.follow("恢复这份答卷")
    assert "回访时本人说没有访问过" in again.text
    restored = again.form("reason").submit(button=("restore", "1"), reason="录音证明访问过")
    assert "已恢复" in restored.text
    assert "有效 20 人" in lead.get(S).text
    history = restored.follow("排除这份答卷")
    assert "录音证明访问过" in history.text
    audit = lead.get("/evaluations/sample-2023/audit").text
    assert "排除答卷" in audit
    assert "恢复答卷" in audit


def test_the_second_of_two_simultaneous_exclusions_is_refused_and_keeps_its_text(lead: Visitor, response: str) -> None:
    first, second = (lead.get(f"{response}/exclusion") for _ in range(2))
    first.form("reason").submit(reason="第一个人")
    late = second.form("reason").submit(reason="第二个人")
    assert late.status == 422
    assert "这份答卷已经排除" in late.text
    assert late.form("reason").values()["reason"] == ["第二个人"]


def test_withdrawing_consent_erases_the_response_after_one_confirmation(
    lead: Visitor, response: str, session: Session
) -> None:
    page = lead.get(response).follow("撤回同意")
    assert "不能恢复" in page.text
    refused = page.form("reason").submit(reason="")
    assert refused.status == 422
    done = refused.form("reason").submit(reason="本人 11 月 3 日来电")
    assert "答案已删除" in done.text
    assert "撤回同意，已删除" in done.text
    assert "很满意" not in done.text
    assert "排除这份答卷" not in done.text
    for path in (f"{response}/withdrawal", f"{response}/exclusion"):
        assert "这份答卷已按本人要求删除" in lead.get(path).text
    assert session.scalars(select(Response.answers).order_by(Response.id)).first() == {}


def test_after_settling_only_consent_can_be_withdrawn(
    lead: Visitor, session: Session, evaluation: Evaluation, response: str
) -> None:
    settle_score(session, evaluation, shortfall_reason="测试")
    session.commit()
    page = lead.get(f"{response}/exclusion")
    assert "评分已经定案" in page.text
    withdrawal = lead.get(f"{response}/withdrawal")
    assert "重算会说明少了这份答卷" in withdrawal.text
    assert withdrawal.form("reason").submit(reason="本人来电").path == response


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.STATION, Role.PURCHASER])
def test_only_the_lead_excludes_responses(
    session: Session, evaluation: Evaluation, response: str, another_visitor: Callable[[], Visitor], role: Role
) -> None:
    other = another_visitor()
    other.sign_in(a_member(session, evaluation, role).username)
    for path in ("exclusion", "withdrawal"):
        assert other.get(f"{response}/{path}").status == 403


def test_a_lead_cannot_reach_a_response_of_another_evaluation(
    session: Session, evaluation: Evaluation, response: str, another_visitor: Callable[[], Visitor]
) -> None:
    other = another_visitor()
    other.sign_in(a_member(session, an_evaluation(session, "other-2023"), Role.LEAD).username)
    assert other.get(f"{response}/exclusion").status == 404
    assert other.get(f"{response.replace('sample', 'other')}/withdrawal").status == 404
