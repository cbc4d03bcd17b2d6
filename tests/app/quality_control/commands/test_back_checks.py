"""Back-checks: drawn once, done by somebody other than the interviewer, and erased with a withdrawn response."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.interview.commands.responses import submit_response
from app.models import (
    AuditEvent,
    BackCheck,
    Case,
    DeskSetting,
    Draw,
    Evaluation,
    Paradata,
    PhoneCall,
    Recusal,
    Response,
    Role,
    User,
)
from app.quality_control.commands.back_check_calls import reveal_for_back_check
from app.quality_control.commands.back_checks import (
    claim_back_check,
    draw_back_checks,
    record_back_check,
    release_back_check,
    reopen_back_check,
)
from app.quality_control.queries.back_checks import quality_control
from app.results.commands import exclude_response, withdraw_consent
from app.shared.errors import Refused
from surveys.integrity import BackCheckCandidate, select_back_checks
from tests.builders import NEVER_SERVED, SATISFIED, a_draw, a_member, an_evaluation, cases_of
from tests.copies import kept

NOON = datetime(2023, 11, 2, 2, 0, tzinfo=UTC)  # ten in the morning in Guangzhou, a Thursday
NIGHT = datetime(2023, 11, 2, 15, 40, tzinfo=UTC)
SAME = {"S3": "1", "B8": "5", "A1": "known"}


@dataclass
class Fieldwork:
    """Two interviewers with 20 normal interviews each."""

    session: Session
    evaluation: Evaluation
    lead: User
    lan: User
    mei: User
    live: Draw

    @cached_property
    def cases(self) -> list[Case]:
        return cases_of(self.session, self.live)

    def interview(self, number: int, who: User | None, answers: dict[str, Any] | None = None, **more: Any) -> Response:
        spent = timedelta(minutes=more.pop("minutes", 5))
        started = NOON + timedelta(minutes=number)
        return submit_response(
            self.session,
            self.cases[number],
            mode=more.pop("mode", "phone"),
            answers=answers or SATISFIED | {f"B{i}": "4" if (number + i) % 3 else "5" for i in range(1, 9)},
            submission_key=uuid.uuid4(),
            started_at=started,
            interviewer=who,
            at=started + spent,
        ).response

    def checks(self) -> list[BackCheck]:
        return list(self.session.scalars(select(BackCheck).order_by(BackCheck.id)))

    def check_of(self, who: User) -> BackCheck:
        return next(check for check in self.checks() if check.response.interviewer_id == who.id)


@pytest.fixture
@kept
def fieldwork(session: Session) -> Fieldwork:
    evaluation = an_evaluation(session)
    lead = a_member(session, evaluation, Role.LEAD, "lead")
    lan, mei = (a_member(session, evaluation, Role.INTERVIEWER, name) for name in ("lan", "mei"))
    made = Fieldwork(session, evaluation, lead, lan, mei, a_draw(session, evaluation))
    for number in range(40):
        made.interview(number, lan if number < 20 else mei)
    session.commit()
    return made


def draw_them(fieldwork: Fieldwork) -> int:
    number = draw_back_checks(fieldwork.session, fieldwork.evaluation, actor=fieldwork.lead)
    fieldwork.session.commit()
    return number


def events(session: Session, action: str) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_the_back_checks_drawn_follow_from_the_seed_and_the_ids_of_the_responses(fieldwork: Fieldwork) -> None:
    number = draw_them(fieldwork)
    responses = fieldwork.session.scalars(select(Response)).all()
    expected = select_back_checks(
        [BackCheckCandidate(str(item.uuid), str(item.interviewer_id)) for item in responses], fieldwork.live.seed, 10
    )
    assert {(str(check.response.uuid), check.why) for check in fieldwork.checks()} == {
        (item.response, item.why) for item in expected
    }
    assert number == len(expected) >= 2
    (event,) = events(fieldwork.session, "backchecks.drawn")
    assert event.details == {"percent": 10, "responses": 40, "random": number}


def test_drawing_again_adds_nothing_and_records_no_event(fieldwork: Fieldwork) -> None:
    draw_them(fieldwork)
    before = [check.uuid for check in fieldwork.checks()]
    assert draw_them(fieldwork) == 0
    assert [check.uuid for check in fieldwork.checks()] == before
    assert len(events(fieldwork.session, "backchecks.drawn")) == 1


def test_later_interviews_add_back_checks_and_flagged_and_never_served_are_always_drawn(fieldwork: Fieldwork) -> None:
    draw_them(fieldwork)
    before = {check.uuid for check in fieldwork.checks()}
    never = fieldwork.interview(40, fieldwork.lan, NEVER_SERVED)
    hasty = fieldwork.interview(41, fieldwork.lan, minutes=0.5)
    draw_them(fieldwork)
    checks = {check.response_id: check for check in fieldwork.checks()}
    assert before <= {check.uuid for check in checks.values()}
    assert checks[never.id].why in ("never_served", "random")
    assert checks[hasty.id].why in ("flag", "random")


def test_the_share_is_a_setting(fieldwork: Fieldwork) -> None:
    body = {"back_check_percent": 100}
    fieldwork.session.add(DeskSetting(evaluation_id=fieldwork.evaluation.id, body=body))
    assert draw_them(fieldwork) == 40


def test_an_excluded_or_erased_response_is_not_drawn(fieldwork: Fieldwork) -> None:
    responses = fieldwork.session.scalars(select(Response).order_by(Response.id)).all()
    for response in responses[:10]:
        exclude_response(fieldwork.session, response, reason="试访")
    for response in responses[10:20]:
        withdraw_consent(fieldwork.session, response, reason="来电")
    draw_them(fieldwork)
    assert {check.response.interviewer_id for check in fieldwork.checks()} == {fieldwork.mei.id}


def test_nobody_is_given_their_own_interview(fieldwork: Fieldwork) -> None:
    draw_them(fieldwork)
    for person, other in ((fieldwork.lan, fieldwork.mei), (fieldwork.mei, fieldwork.lan)):
        while (check := claim_back_check(fieldwork.session, person)) is not None:
            assert check.response.interviewer_id == other.id
            record_back_check(fieldwork.session, check, checker=person, interviewed="not_reached")
    assert all(check.done_at for check in fieldwork.checks())


def test_an_own_interview_is_refused_even_in_hand(fieldwork: Fieldwork) -> None:
    draw_them(fieldwork)
    check = fieldwork.check_of(fieldwork.lan)
    check.checker_id = fieldwork.lan.id
    fieldwork.session.commit()
    for act in (
        lambda: record_back_check(fieldwork.session, check, checker=fieldwork.lan, interviewed="yes"),
        lambda: reveal_for_back_check(fieldwork.session, check, actor=fieldwork.lan, at=NOON),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "own-interview"


def test_a_checker_has_one_back_check_in_hand_and_a_back_check_one_checker(fieldwork: Fieldwork) -> None:
    draw_them(fieldwork)
    third = a_member(fieldwork.session, fieldwork.evaluation, Role.INTERVIEWER, "third")
    first = claim_back_check(fieldwork.session, third)
    assert claim_back_check(fieldwork.session, third) is first
    other = claim_back_check(fieldwork.session, fieldwork.mei)
    assert other is not first
    assert first is not None
    release_back_check(fieldwork.session, first, actor=third)
    assert first.checker_id is None


def test_neither_non_members_nor_recused_people_get_a_back_check(fieldwork: Fieldwork) -> None:
    draw_them(fieldwork)
    outsider = a_member(fieldwork.session, an_evaluation(fieldwork.session, "other-2023"), Role.INTERVIEWER, "out")
    recused = a_member(fieldwork.session, fieldwork.evaluation, Role.INTERVIEWER, "kin")
    fieldwork.session.add(Recusal(station_id=fieldwork.evaluation.station_id, user_id=recused.id, reason="亲属"))
    fieldwork.session.commit()
    assert claim_back_check(fieldwork.session, outsider) is None
    assert claim_back_check(fieldwork.session, recused) is None
    assert claim_back_check(fieldwork.session, fieldwork.lead) is None


def in_hand(fieldwork: Fieldwork) -> BackCheck:
    """A back-check of one of Lan's interviews, held by Mei."""
    draw_them(fieldwork)
    check = claim_back_check(fieldwork.session, fieldwork.mei)
    assert check is not None
    fieldwork.session.commit()
    return check


@pytest.mark.parametrize(
    ("interviewed", "answers", "result", "differing"),
    [
        ("yes", {}, "confirmed", set()),
        ("yes", SAME, "confirmed", set()),
        ("yes", SAME | {"B8": "4"}, "confirmed", {"B8"}),  # satisfied either way, in other words
        ("yes", SAME | {"B8": "1"}, "differs", {"B8"}),
        ("yes", SAME | {"S3": "2"}, "differs", {"S3"}),
        ("yes", SAME | {"A1": "unknown"}, "differs", {"A1"}),
        ("no", SAME, "not_interviewed", set()),
        ("not_reached", {}, "not_reached", set()),
    ],
)
def test_the_result_follows_from_the_answers(
    fieldwork: Fieldwork, interviewed: str, answers: dict[str, str], result: str, differing: set[str]
) -> None:
    check = in_hand(fieldwork)
    check.response.answers = check.response.answers | {"B8": "5", "A1": "1", "S3": "1"}
    record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed=interviewed, answers=answers)
    fieldwork.session.commit()
    assert check.result == result
    assert {question for question, same in check.agreements.items() if not same} == differing
    (event,) = events(fieldwork.session, "backcheck.done")
    assert event.details["result"] == result
    assert "B8" not in event.details


@pytest.mark.parametrize("answers", [{"B8": "99"}, {"A1": "1"}, {"B1": "5"}])
def test_answers_that_were_not_offered_are_refused(fieldwork: Fieldwork, answers: dict[str, str]) -> None:
    check = in_hand(fieldwork)
    with pytest.raises(Refused):
        record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed="yes", answers=answers)
    assert check.done_at is None


def test_a_result_is_stored_once_and_only_by_who_holds_it(fieldwork: Fieldwork) -> None:
    check = in_hand(fieldwork)
    third = a_member(fieldwork.session, fieldwork.evaluation, Role.INTERVIEWER, "third")
    with pytest.raises(Refused) as refused:
        record_back_check(fieldwork.session, check, checker=third, interviewed="yes")
    assert refused.value.code == "not-mine"
    record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed="yes")
    with pytest.raises(Refused) as refused:
        record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed="no")
    assert (refused.value.code, check.result) == ("done", "confirmed")


def test_only_a_back_check_that_reached_nobody_can_be_reopened(fieldwork: Fieldwork) -> None:
    check = in_hand(fieldwork)
    record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed="not_reached")
    reopen_back_check(fieldwork.session, check, actor=fieldwork.lead)
    assert (check.result, check.done_at, check.checker_id, check.answers) == (None, None, None, {})
    again = claim_back_check(fieldwork.session, fieldwork.mei)
    assert again is not None
    record_back_check(fieldwork.session, again, checker=fieldwork.mei, interviewed="yes")
    with pytest.raises(Refused):
        reopen_back_check(fieldwork.session, again, actor=fieldwork.lead)


def test_showing_the_contact_is_audited_and_allowed_only_in_calling_hours(fieldwork: Fieldwork) -> None:
    check = in_hand(fieldwork)
    with pytest.raises(Refused) as refused:
        reveal_for_back_check(fieldwork.session, check, actor=fieldwork.mei, at=NIGHT)
    assert refused.value.code == "hours"
    contact = reveal_for_back_check(fieldwork.session, check, actor=fieldwork.mei, at=NOON)
    assert contact.name.startswith("示例")
    (event,) = events(fieldwork.session, "contact.revealed")
    assert event.subject == check.response.case.uuid
    assert event.details == {"back_check": str(check.uuid)}


def test_an_erased_response_leaves_no_answers_and_is_not_back_checked(fieldwork: Fieldwork) -> None:
    check = in_hand(fieldwork)
    fieldwork.session.add(Paradata(response_id=check.response_id, milliseconds={"B8": 900}, witness="邻居"))
    record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed="yes", answers=SAME)
    withdraw_consent(fieldwork.session, check.response, reason="来电")
    fieldwork.session.commit()
    fieldwork.session.refresh(check)
    assert (check.answers, check.agreements) == ({}, {})
    assert fieldwork.session.scalars(select(Paradata)).all() == []
    page = quality_control(fieldwork.session, fieldwork.live)
    assert check.uuid not in {line.uuid for line in page.checks}
    assert all(row.agreement is None for row in page.agreements)


def test_a_back_check_in_hand_ends_when_its_response_is_erased(fieldwork: Fieldwork) -> None:
    check = in_hand(fieldwork)
    withdraw_consent(fieldwork.session, check.response, reason="来电")
    fieldwork.session.commit()
    with pytest.raises(Refused) as refused:
        record_back_check(fieldwork.session, check, checker=fieldwork.mei, interviewed="yes")
    assert refused.value.code == "withdrawn"
    assert claim_back_check(fieldwork.session, fieldwork.mei) is not check


def test_before_the_draw_there_is_nothing_to_check(session: Session) -> None:
    with pytest.raises(Refused) as refused:
        draw_back_checks(session, an_evaluation(session))
    assert refused.value.code == "no-draw"


def flagged(session: Session, live: Draw) -> dict[str, int]:
    page = quality_control(session, live)
    counts: dict[str, int] = {}
    for flag in (*page.others, *(flag for line in page.interviewers for flag in line.flags)):
        counts[flag.kind] = counts.get(flag.kind, 0) + 1
    return counts


def test_normal_interviews_are_not_flagged(fieldwork: Fieldwork) -> None:
    assert flagged(fieldwork.session, fieldwork.live) == {}


def test_each_rule_flags_what_the_stored_interviews_show(fieldwork: Fieldwork) -> None:
    """Fast, at night, without a call while calls are recorded, and with identical texts."""
    session = fieldwork.session
    first = session.scalars(select(Response).order_by(Response.id)).first()
    assert first is not None
    for response in session.scalars(select(Response)):
        session.add(
            PhoneCall(
                case_id=response.case_id,
                interviewer_id=response.interviewer_id,
                holder="person",
                place=0,
                dialler="tel",
                started_at=response.started_at - timedelta(seconds=10),
                ended_at=response.submitted_at,
            )
        )
    session.flush()
    assert flagged(session, fieldwork.live) == {}
    for number in (40, 41, 42):
        response = fieldwork.interview(number, fieldwork.lan, SATISFIED | {"D2": "社工很好，很耐心"}, minutes=1)
        session.add(Paradata(response_id=response.id, milliseconds={f"Q{i}": 800 for i in range(20)}))
    session.flush()
    counts = flagged(session, fieldwork.live)
    assert counts["too_fast"] == counts["no_call"] == counts["straight_lining"] == counts["reading_speed"] == 3
    assert counts["same_words"] == 1
    late = fieldwork.interview(43, fieldwork.mei)
    late.started_at, late.submitted_at = NIGHT, NIGHT + timedelta(minutes=5)
    session.flush()
    assert flagged(session, fieldwork.live)["impossible_hours"] == 1


def test_agreement_is_computed_over_everybody_who_answered_twice(fieldwork: Fieldwork) -> None:
    session = fieldwork.session
    session.add(DeskSetting(evaluation_id=fieldwork.evaluation.id, body={"back_check_percent": 100}))
    draw_them(fieldwork)
    for number in range(10):
        check = claim_back_check(session, fieldwork.mei)
        assert check is not None
        first = check.response.answers
        answers = {"B8": "1" if number == 0 else first["B8"], "A1": "known"} if number < 6 else {}
        record_back_check(session, check, checker=fieldwork.mei, interviewed="yes", answers=answers)
    session.commit()
    page = quality_control(session, fieldwork.live)
    agreements = {row.question: row.agreement for row in page.agreements}
    assert agreements["S3"] is None
    assert agreements["B8"] is not None
    assert (agreements["B8"].n, agreements["B8"].same) == (6, 5)
    assert agreements["A1"] is not None
    assert agreements["A1"].share == 1
    lan = next(line for line in page.interviewers if line.key == str(fieldwork.lan.id))
    assert (lan.interviews, lan.drawn, lan.done, lan.confirmed, lan.differs) == (20, 20, 10, 9, 1)


def an_evaluation_without_interviews(session: Session) -> Evaluation:
    evaluation = an_evaluation(session)
    a_draw(session, evaluation)
    return evaluation


def test_without_interviews_nothing_is_drawn(session: Session) -> None:
    evaluation = an_evaluation_without_interviews(session)
    assert draw_back_checks(session, evaluation) == 0
