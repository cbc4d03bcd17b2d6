"""The page of quality control, and the interviewer's pages of back-checks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import app.cases.queries as calling
import app.quality_control.commands.back_check_calls as backcheck_calls
from app.interview.commands.responses import submit_response
from app.models import AuditEvent, BackCheck, Evaluation, MinorOpening, PhoneCall, Response, Role
from app.results.commands import withdraw_consent
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_member, an_evaluation, cases_of
from tests.clock import set_clock
from tests.copies import kept
from tests.visitor import Page, Visitor

S = "/evaluations/sample-2023/quality"
NOON = datetime(2023, 11, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_working_morning(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, lambda: NOON)


@pytest.fixture
@kept
def evaluation(session: Session) -> Evaluation:
    """Interviews of Lan's and Mei's; three of Lan's were held in half a minute."""
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    people = [a_member(session, evaluation, Role.INTERVIEWER, name) for name in ("lan", "mei")]
    for number, case in enumerate(cases_of(session, a_draw(session, evaluation))[:24]):
        started = NOON + timedelta(minutes=number)
        submit_response(
            session,
            case,
            mode="phone",
            answers=NEVER_SERVED if number == 23 else SATISFIED,
            submission_key=uuid.uuid4(),
            started_at=started,
            interviewer=people[number % 2],
            at=started + (timedelta(seconds=30) if number in (0, 2, 4) else timedelta(minutes=5)),
        )
    session.commit()
    return evaluation


@pytest.fixture
def lead(evaluation: Evaluation, visitor: Visitor) -> Visitor:
    visitor.sign_in("lead")
    return visitor


@pytest.fixture
def mei(evaluation: Evaluation, another_visitor: Callable[[], Visitor]) -> Visitor:
    visitor = another_visitor()
    visitor.sign_in("mei")
    return visitor


def draw(visitor: Visitor) -> Page:
    return visitor.get(S).form(action=f"{S}/draw").submit()


def take(visitor: Visitor) -> Page:
    return visitor.get("/desk/back-checks").form(action="/desk/back-checks/next").submit()


def test_before_the_draw_and_before_any_answer_the_page_says_so(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_member(session, evaluation, Role.LEAD, "lead")
    visitor.sign_in("lead")
    assert "还没有抽样" in visitor.get(S).text
    a_draw(session, evaluation)
    assert "还没有答卷" in visitor.get(S).text


def test_flags_state_facts_link_to_the_responses_and_accuse_nobody(lead: Visitor, session: Session) -> None:
    page = lead.get("/evaluations/sample-2023/fieldwork").follow("看访问质量")
    assert "题用了 30 秒，同样题数的同类答卷中位数是" in page.text
    assert "样本太少，看不出差别" in page.text
    assert not re.search("造假|作弊|编造", page.text)
    first = session.scalars(select(Response).order_by(Response.id)).first()
    assert first is not None
    opened = page.follow(str(first.uuid)[:8])
    assert "排除这份答卷" in opened.text


def test_the_button_draws_once_and_the_supervisor_sees_why(lead: Visitor, session: Session) -> None:
    page = draw(lead)
    assert "新抽取了" in page.text
    assert "说没有接受过服务" in page.text
    assert "有疑点" in page.text
    number = len(session.scalars(select(BackCheck.id)).all())
    again = draw(lead)
    assert "没有新的答卷要回访" in again.text
    assert len(session.scalars(select(BackCheck.id)).all()) == number
    assert "抽取回访" in lead.get("/evaluations/sample-2023/audit").text


def test_a_checker_does_not_see_the_first_answers(lead: Visitor, mei: Visitor, session: Session) -> None:
    draw(lead)
    page = take(mei)
    assert page.heading.startswith("回访")
    assert "19900000" not in page.text
    assert "示**" in page.text or "示*" in page.text
    assert not any(field.get("checked") for field in page.tree.iter("input"))
    shown = page.form(action=f"{page.path}/call").submit()
    assert re.search(r"1990000\d{4}", shown.text)
    assert re.search(r"姓名 ?示例\d{5}", shown.text)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "contact.revealed")).one()
    assert "back_check" in event.details
    masked = shown.form(action=f"{page.path}/hang-up").submit()
    assert "19900000" not in masked.text
    refused = page.form(containing="heard").submit()
    assert (refused.status, "请选择回访结果" in refused.text) == (422, True)
    done = refused.form(containing="heard").submit(heard="yes", served="1", overall="1", address="known")
    assert "回访结果已登记" in done.text
    assert "有出入" in lead.get(S).text
    assert "B8" in lead.get(S).text


def test_a_result_sent_twice_is_stored_once(lead: Visitor, mei: Visitor, session: Session) -> None:
    draw(lead)
    form = take(mei).form(containing="heard")
    form.submit(heard="no")
    again = form.submit(heard="yes")
    assert "已经登记过了" in again.text
    assert [r for r in session.scalars(select(BackCheck.result)) if r] == ["not_interviewed"]
    assert "说没有接受过访问" in lead.get(S).text


def test_outside_the_calling_hours_nobody_is_called(
    lead: Visitor, mei: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(lead)
    page = take(mei)
    set_clock(monkeypatch, lambda: NOON + timedelta(hours=12))
    for action in ("call", "reveal"):
        refused = page.form(action=f"{page.path}/{action}").submit()
        assert (refused.status, "现在不打电话" in refused.text) == (422, True)
        assert not re.search(r"1990000\d{4}", refused.text)
        assert "示例街" not in refused.text


def test_name_and_address_are_shown_once_for_a_visit_and_no_number(
    lead: Visitor, mei: Visitor, session: Session
) -> None:
    draw(lead)
    page = take(mei)
    shown = page.form(action=f"{page.path}/reveal").submit()
    assert re.search(r"示例街\d+号", shown.text)
    assert "19900000" not in shown.text
    assert session.scalars(select(PhoneCall)).all() == []
    assert "示例街" not in mei.get(page.path).text


def test_a_back_check_by_telephone_is_counted_among_the_calls_of_the_day(
    lead: Visitor, mei: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(lead)
    set_clock(monkeypatch, lambda: datetime.now(UTC))
    monkeypatch.setattr(backcheck_calls, "refuse_outside_hours", lambda *_: None)  # whatever the hour of this test
    page = take(mei)
    page.form(action=f"{page.path}/call").submit().form(containing="heard").submit(heard="not_reached")
    text = lead.get("/evaluations/sample-2023/desk").text
    assert "1 次，完成 0 份" in text
    assert "回访" in text


def test_a_released_or_reopened_back_check_goes_to_the_next_checker(
    lead: Visitor, mei: Visitor, session: Session
) -> None:
    draw(lead)
    page = take(mei)
    back = page.form(action=f"{page.path}/release").submit()
    assert "已放回" in back.text
    again = take(mei)
    assert "接着回访" in mei.get("/desk/back-checks").text
    again.form(containing="heard").submit(heard="not_reached")
    check = session.scalars(select(BackCheck).where(BackCheck.result == "not_reached")).one()
    reopened = lead.get(S).form(action=f"{S}/back-checks/{check.uuid}/reopen").submit()
    assert "已放回，等人来回访" in reopened.text
    session.refresh(check)
    assert check.done_at is None


def test_a_back_check_held_by_somebody_else_is_not_found(
    lead: Visitor, mei: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    draw(lead)
    path = take(mei).path
    lan = another_visitor()
    lan.sign_in("lan")
    assert lan.get(path).status == 404
    assert lead.get(path).status == 403
    assert mei.get(S).status in (403, 404)


def test_an_erased_response_shows_no_answers_and_its_back_check_is_not_listed(
    lead: Visitor, mei: Visitor, session: Session
) -> None:
    draw(lead)
    page = take(mei)
    check = session.scalars(select(BackCheck).where(BackCheck.checker_id.is_not(None))).one()
    name = str(check.response.uuid)[:8]
    assert name in lead.get(S).text
    withdraw_consent(session, check.response, reason="来电")
    session.commit()
    assert name not in lead.get(S).text
    assert mei.get(page.path).status == 404
    assert page.form(containing="heard").submit(heard="yes").status == 404


def test_the_page_says_when_no_back_check_is_left(mei: Visitor) -> None:
    assert "现在没有要您回访的答卷" in take(mei).text


def test_interviews_without_calls_are_flagged_once_calls_are_recorded(lead: Visitor, session: Session) -> None:
    response = session.scalars(select(Response).order_by(Response.id)).first()
    assert response is not None
    call = PhoneCall(
        case_id=response.case_id,
        interviewer_id=response.interviewer_id,
        holder="person",
        place=0,
        dialler="tel",
        started_at=response.started_at,
        ended_at=response.submitted_at,
    )
    session.add(call)
    session.commit()
    assert "没有这次通话的记录" in lead.get(S).text


def test_the_pages_are_complete_in_english(lead: Visitor, mei: Visitor) -> None:
    draw(lead)
    for visitor, path in ((lead, S), (mei, take(mei).path), (mei, "/desk/back-checks")):
        switch = next(form for form in visitor.get(path).forms() if form.action == "/language")
        switch.submit(("language", "en"))
        text = visitor.get(path).text
        assert "Back-check" in text
        assert not re.search("回访|答卷", text)


def test_the_record_of_a_minor_opens_only_with_a_reason_and_a_child_is_not_called(
    lead: Visitor, mei: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(lead)
    # Everybody of the ledger was born in 1950.
    set_clock(monkeypatch, lambda: NOON.replace(year=1963))
    path = take(mei).path
    case = session.scalars(select(BackCheck).where(BackCheck.checker_id.is_not(None))).one().response.case
    assert case.recipient.contact is not None
    case.recipient.contact.guardian_phones = ["19900009999"]
    session.commit()
    page = mei.get(path)
    assert "这是未成年人的资料" in page.text
    assert "示*" not in page.text
    assert "****" not in page.text
    token = page.form(containing="heard").values()["csrf_token"]
    assert mei.post(f"{path}/reveal", {"csrf_token": token}).status == 422
    assert mei.post(f"{path}/call", {"csrf_token": token, "place": "0"}).status == 422
    assert session.scalars(select(PhoneCall)).all() == []
    refused = page.form(action=f"{path}/open").submit(reason=" ")
    assert (refused.status, "请写明为什么要打开" in refused.text) == (422, True)
    opened = refused.form(action=f"{path}/open").submit(reason="回访核实答卷")
    assert "只打监护人的电话" in opened.text
    monkeypatch.setattr(calling, "local", lambda _at: datetime(1963, 11, 2, tzinfo=UTC))
    shown = mei.get(path).form(action=f"{path}/call").submit()
    assert re.findall(r"1990000\d{4}", shown.text) == ["19900009999"]
    row = session.scalars(select(MinorOpening)).one()
    assert (row.reason, row.case_id) == ("回访核实答卷", case.id)
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert list(actions) == ["contact.revealed", "minor.opened"]
