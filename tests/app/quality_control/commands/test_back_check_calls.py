"""A call for a back-check is recorded, counted and ended like any other, but is not an attempt of the case."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.queries import open_call
from app.desk.commands.attempts import record_attempt
from app.desk.commands.calls import start_call
from app.desk.commands.claiming import put_back
from app.desk.queries.case_page import case_details
from app.desk.queries.day import my_day
from app.interview.commands.responses import submit_response
from app.models import Attempt, AuditEvent, BackCheck, Case, PhoneCall, Schedule
from app.quality_control.commands.back_check_calls import (
    end_back_check_call,
    reveal_for_back_check,
    start_back_check_call,
)
from app.quality_control.commands.back_checks import (
    claim_back_check,
    draw_back_checks,
    record_back_check,
    release_back_check,
    reopen_back_check,
)
from app.quality_control.queries.back_checks import open_back_check_call
from app.quality_control.queries.integrity import interviews_of
from app.recusals.commands import declare
from app.results.commands import exclude_response
from app.shared.errors import Refused
from app.supervision.queries.interviewer_activity import activity_of_interviewers, calls_by_hour
from surveys.calling.settings import DEFAULT
from tests.app.desk_builders import AT, BusyDesk, a_busy_desk
from tests.builders import SATISFIED, a_hold

MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(session: Session) -> BusyDesk:
    desk = a_busy_desk(session)
    draw_back_checks(session, desk.evaluation, actor=desk.lead)
    return desk


@pytest.fixture
def check(session: Session, desk: BusyDesk) -> BackCheck:
    """A back-check of one of Lan's interviews, claimed by Mei."""
    claimed = claim_back_check(session, desk.mei)
    assert claimed is not None
    session.commit()
    return claimed


def call(session: Session, desk: BusyDesk, check: BackCheck, at: datetime = AT, place: int = 0) -> PhoneCall:
    made = start_back_check_call(session, check, place=place, dialler="tel", actor=desk.mei, at=at)
    session.commit()
    return made


def calls_of(session: Session, check: BackCheck) -> list[PhoneCall]:
    return list(session.scalars(select(PhoneCall).where(PhoneCall.back_check_id == check.id).order_by(PhoneCall.id)))


def test_a_call_is_recorded_and_showing_the_number_is_audited(
    session: Session, desk: BusyDesk, check: BackCheck
) -> None:
    made = call(session, desk, check)
    assert (made.case_id, made.interviewer_id, made.holder, made.place, made.dialler, made.started_at) == (
        check.response.case_id, desk.mei.id, "person", 0, "tel", AT,
    )  # fmt: skip
    assert open_back_check_call(session, check) is made
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "contact.revealed")).one()
    assert event.details == {"back_check": str(check.uuid)}
    assert event.subject == check.response.case.uuid


def test_a_call_ends_with_its_result_by_hanging_up_or_by_dialling_again(
    session: Session, desk: BusyDesk, check: BackCheck
) -> None:
    contact = check.response.case.recipient.contact
    assert contact is not None
    contact.phones = ["19900000001", "19900000002"]
    call(session, desk, check)
    call(session, desk, check, AT + MINUTE, place=1)
    end_back_check_call(session, check, at=AT + 2 * MINUTE)
    call(session, desk, check, AT + 3 * MINUTE)
    record_back_check(session, check, checker=desk.mei, interviewed="not_reached", at=AT + 4 * MINUTE)
    assert [(phone_call.place, phone_call.ended_at) for phone_call in calls_of(session, check)] == [
        (0, AT + MINUTE), (1, AT + 2 * MINUTE), (0, AT + 4 * MINUTE),
    ]  # fmt: skip
    assert {phone_call.attempt_id for phone_call in calls_of(session, check)} == {None}


@pytest.mark.parametrize("how", ["release", "reopen", "recuse"])
def test_a_call_ends_when_the_back_check_is_released(
    session: Session, desk: BusyDesk, check: BackCheck, how: str
) -> None:
    made = call(session, desk, check)
    if how == "release":
        release_back_check(session, check, actor=desk.mei)
    elif how == "reopen":
        reopen_back_check(session, check, actor=desk.lead)
    else:
        declare(session, desk.evaluation.station, desk.mei, "亲属", actor=desk.mei)
    session.commit()
    session.refresh(made)
    assert made.ended_at is not None
    assert check.checker_id is None


def test_a_back_check_call_is_counted_among_the_calls(session: Session, desk: BusyDesk, check: BackCheck) -> None:
    before = {
        interviewer.name: (interviewer.calls, interviewer.tries)
        for interviewer in activity_of_interviewers(session, desk.draw, DEFAULT, AT)
    }
    mine = my_day(session, desk.mei, AT).calls
    hours = {row.hour: dict(row.results) for row in calls_by_hour(session, desk.draw, AT)}
    call(session, desk, check, AT)
    record_back_check(session, check, checker=desk.mei, interviewed="yes", at=AT + MINUTE)
    after = {
        interviewer.name: (interviewer.calls, interviewer.tries)
        for interviewer in activity_of_interviewers(session, desk.draw, DEFAULT, AT + MINUTE)
    }
    calls, tries = before["梅访问员"]
    assert after == before | {"梅访问员": (calls + 1, tries)}
    assert my_day(session, desk.mei, AT).calls == mine + 1
    assert {row.hour: row.results for row in calls_by_hour(session, desk.draw, AT)} == {**hours, 11: {"back_check": 1}}


def test_a_back_check_call_is_not_an_attempt_of_the_case(session: Session, desk: BusyDesk, check: BackCheck) -> None:
    case = check.response.case
    tries = session.scalars(select(Attempt.id).where(Attempt.case_id == case.id)).all()
    row = session.get_one(Schedule, case.id)
    before = (row.way, row.attempts, row.not_before, case.outcome)
    call(session, desk, check)
    record_back_check(session, check, checker=desk.mei, interviewed="yes", at=AT + MINUTE)
    exclude_response(session, check.response, reason="回访说没有访问过")  # the case is open again
    session.refresh(row)
    assert (row.attempts, session.scalars(select(Attempt.id).where(Attempt.case_id == case.id)).all()) == (
        before[1], tries,
    )  # fmt: skip
    a_hold(session, case, desk.mei)
    sheet = case_details(session, case, desk.mei, AT + 2 * MINUTE)
    assert (sheet.call, sheet.hung_up) == (None, False)
    put_back(session, case, actor=desk.mei)
    a_hold(session, case, desk.mei)
    key = uuid.uuid4()
    record_attempt(
        session, case, attempt_key=key, mode="phone", outcome="NC1", interviewer=desk.mei, at=AT + 3 * MINUTE
    )
    assert [phone_call.attempt_id for phone_call in calls_of(session, check)] == [None]
    session.commit()
    with pytest.raises(sa.exc.IntegrityError, match="back_check_is_no_try"):
        session.execute(
            sa.text("UPDATE phone_call SET attempt_id = (SELECT max(id) FROM attempt) WHERE back_check_id > 0")
        )
    session.rollback()


def test_a_back_check_call_is_not_taken_for_the_call_of_the_interview(
    session: Session, desk: BusyDesk, check: BackCheck
) -> None:
    response = check.response
    response.started_at, response.submitted_at = AT - 5 * MINUTE, AT
    call(session, desk, check, AT - MINUTE)
    interview = next(candidate for candidate in interviews_of(session, desk.draw) if candidate.id == str(response.uuid))
    assert (interview.had_call, interview.call_seconds) == (False, None)


def test_no_back_check_call_begins_while_an_interviewer_has_the_case(
    session: Session, desk: BusyDesk, check: BackCheck
) -> None:
    case = check.response.case
    exclude_response(session, check.response, reason="重做")
    session.get_one(Schedule, case.id).held_by_id = None
    row = a_hold(session, case, desk.lan)
    row.held_until = AT + 10 * MINUTE
    start_call(session, case, place=0, dialler="tel", actor=desk.lan, at=AT)
    session.commit()
    assert refused(session, desk, check) == "busy"
    assert open_call(session, case) is not None


def refused(session: Session, desk: BusyDesk, check: BackCheck, at: datetime = AT, place: int = 0) -> str:
    with pytest.raises(Refused) as error:
        start_back_check_call(session, check, place=place, dialler="tel", actor=desk.mei, at=at)
    session.rollback()
    return error.value.code


def test_nobody_is_called_at_night_under_a_wrong_number_or_after_a_refusal(
    session: Session, desk: BusyDesk, check: BackCheck
) -> None:
    assert refused(session, desk, check, datetime(2023, 11, 2, 15, 40, tzinfo=UTC)) == "hours"
    assert refused(session, desk, check, place=1) == "number"
    assert refused(session, desk, check, place=-1) == "number"
    case = session.get_one(Case, check.response.case_id)
    case.outcome, case.outcome_final = "R1", True
    session.commit()
    assert refused(session, desk, check) == "refused"
    with pytest.raises(Refused):
        reveal_for_back_check(session, check, actor=desk.mei, at=AT)
    assert calls_of(session, check) == []


def test_no_call_begins_for_a_back_check_that_is_done(session: Session, desk: BusyDesk, check: BackCheck) -> None:
    record_back_check(session, check, checker=desk.mei, interviewed="yes", at=AT)
    session.commit()
    assert refused(session, desk, check) == "done"


def test_an_open_back_check_call_ends_when_the_case_is_called(
    session: Session, desk: BusyDesk, check: BackCheck
) -> None:
    case = check.response.case
    made = call(session, desk, check)
    exclude_response(session, check.response, reason="重做")
    a_hold(session, case, desk.lan)
    start_call(session, case, place=0, dialler="tel", actor=desk.lan, at=AT + MINUTE)
    session.commit()
    session.refresh(made)
    assert made.ended_at == AT + MINUTE
    submit_response(
        session, case, mode="phone", answers=SATISFIED, submission_key=uuid.uuid4(), started_at=AT + MINUTE,
        interviewer=desk.lan, at=AT + 6 * MINUTE,
    )  # fmt: skip
    assert made.attempt_id is None
