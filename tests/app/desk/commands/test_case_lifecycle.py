"""A case from several sides: refusals stay, second responses are stored uncounted, only the holder acts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.commands import reschedule
from app.cases.queries import open_call
from app.desk.commands.attempts import give_up, record_attempt
from app.desk.commands.calls import start_call
from app.desk.commands.claiming import claim_case, claim_next, put_back
from app.desk.commands.mode_switch import to_visit
from app.interview.commands.interviews import InterviewParadata, finish_interview, save_answers
from app.interview.commands.responses import AnswersRefused, Submission
from app.models import Attempt, Case, Draft, Invitation, PhoneCall, Schedule, User
from app.results.commands import exclude_response, restore_response, withdraw_consent
from app.shared.errors import Refused
from tests.app.survey_builders import Survey, a_survey
from tests.builders import NEVER_SERVED, SATISFIED, a_hold, a_response
from tests.clock import a_morning

TICKED = InterviewParadata(ticks={"self": True, "family": False, "staff": False, "prompted": False})
BY_LINK = SATISFIED | {f"A{n}": "5" for n in range(1, 6)}
REFUSING = {"C1": "3"}
PARTIAL = SATISFIED | {f"B{n}": "7" for n in range(1, 5)}


@pytest.fixture
def survey(session: Session) -> Survey:
    """A survey whose first case is held by the interviewer."""
    made = a_survey(session)
    a_hold(session, made.cases[0], made.interviewer)
    return made


def row(survey: Survey, case: Case) -> Schedule:
    return survey.session.get_one(Schedule, case.id, populate_existing=True)


def begin(survey: Survey, case: Case, mode: str = "phone") -> None:
    save_answers(
        survey.session, case, mode=mode, answers={"C1": "1"}, paradata=TICKED, submission_key=uuid.uuid4(),
        actor=survey.interviewer,
    )  # fmt: skip
    survey.session.commit()


def finish(survey: Survey, case: Case, answers: dict[str, str] = SATISFIED, mode: str = "phone") -> Submission:
    stored = finish_interview(
        survey.session, case, mode=mode, answers=answers, paradata=TICKED, submission_key=uuid.uuid4(),
        interviewer=survey.interviewer,
    )  # fmt: skip
    survey.session.commit()
    return stored


def test_a_refusal_in_an_interview_revokes_the_link_and_later_answers_are_refused(survey: Survey) -> None:
    case = survey.cases[0]
    survey.link(case)
    finish(survey, case, REFUSING)
    assert (case.outcome, case.outcome_final) == ("R1", True)
    assert survey.session.scalars(select(Invitation.id).where(Invitation.revoked_at.is_(None))).all() == []
    with pytest.raises(Refused) as caught:
        a_response(survey.session, case, BY_LINK, mode="web")
    assert caught.value.code == "refused"
    survey.session.rollback()


def test_a_refusal_by_link_ends_the_interview_under_way(survey: Survey) -> None:
    case = survey.cases[0]
    start_call(survey.session, case, place=0, dialler="tel", actor=survey.interviewer, at=a_morning())
    begin(survey, case)
    a_response(survey.session, case, REFUSING, mode="web")
    assert row(survey, case).held_by_id is None
    assert open_call(survey.session, case) is None
    with pytest.raises(Refused):
        finish(survey, case)
    survey.session.rollback()


def test_an_interview_finished_after_an_answer_by_link_is_stored_and_not_counted(survey: Survey) -> None:
    case = survey.cases[0]
    start_call(survey.session, case, place=0, dialler="tel", actor=survey.interviewer, at=a_morning())
    begin(survey, case)
    assert a_response(survey.session, case, BY_LINK, mode="web").response.counted
    assert survey.session.scalar(select(Draft.case_id)) is None
    stored = finish(survey, case).response
    assert (stored.counted, stored.valid, stored.interviewer_id) == (False, True, survey.interviewer.id)
    assert (case.outcome, row(survey, case).way, row(survey, case).held_by_id) == ("I1", "closed", None)
    assert open_call(survey.session, case) is None


def test_a_case_answered_by_link_during_the_call_can_be_put_back(survey: Survey) -> None:
    case = survey.cases[0]
    start_call(survey.session, case, place=0, dialler="tel", actor=survey.interviewer, at=a_morning())
    survey.session.commit()
    a_response(survey.session, case, BY_LINK, mode="web")
    put_back(survey.session, case, actor=survey.interviewer)
    survey.session.commit()
    assert (row(survey, case).held_by_id, open_call(survey.session, case)) == (None, None)


def test_a_visit_finished_after_an_answer_by_link_is_stored_too(survey: Survey) -> None:
    case = survey.cases[0]
    to_visit(survey.session, case, actor=survey.interviewer)
    begin(survey, case, "visit")
    a_response(survey.session, case, BY_LINK, mode="web")
    assert not finish(survey, case, mode="visit").response.counted


def test_withdrawing_consent_removes_every_response_of_the_case(survey: Survey) -> None:
    case = survey.cases[0]
    by_link = a_response(survey.session, case, BY_LINK, mode="web").response
    by_phone = a_response(survey.session, case, interviewer=survey.interviewer).response
    withdraw_consent(survey.session, by_link, reason="本人来电")
    survey.session.commit()
    assert [(response.counted, response.answers) for response in (by_link, by_phone)] == [(False, {}), (False, {})]
    assert (case.outcome, case.outcome_final) == ("R1", True)


def test_excluding_a_response_that_never_counted_does_not_reopen_the_case(survey: Survey) -> None:
    case = survey.cases[0]
    partial = a_response(survey.session, case, PARTIAL).response
    assert not partial.counted
    record_attempt(
        survey.session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NE1", interviewer=None, note="已去世"
    )
    survey.session.commit()
    for command in (exclude_response, restore_response):
        command(survey.session, partial, reason="核对")
        survey.session.commit()
        assert (case.outcome, case.outcome_final, row(survey, case).way) == ("NE1", True, "closed")


def test_excluding_and_restoring_a_never_served_response_reopens_and_closes_the_case(survey: Survey) -> None:
    case = survey.cases[0]
    response = a_response(survey.session, case, NEVER_SERVED).response
    exclude_response(survey.session, response, reason="核对")
    assert (case.outcome, case.outcome_final) == ("P1", False)
    restore_response(survey.session, response, reason="核对")
    assert (case.outcome, case.outcome_final) == ("X1", True)


def test_only_the_interviewer_who_holds_the_case_records_an_outcome(survey: Survey) -> None:
    case = survey.cases[0]

    def press(who: User) -> None:
        record_attempt(
            survey.session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", interviewer=who, in_hand=True
        )
        survey.session.commit()

    with pytest.raises(Refused):
        press(survey.other)
    survey.session.rollback()
    press(survey.interviewer)
    with pytest.raises(Refused) as caught:
        press(survey.interviewer)
    assert caught.value.code == "not-mine"
    survey.session.rollback()
    assert len(survey.session.scalars(select(Attempt.id)).all()) == 1
    with pytest.raises(Refused):
        give_up(survey.session, case, actor=survey.interviewer, in_hand=True)
    survey.session.rollback()


def test_a_call_left_open_ends_when_another_interviewer_claims_the_case(survey: Survey) -> None:
    case = survey.cases[0]
    start_call(survey.session, case, place=0, dialler="tel", actor=survey.interviewer, at=a_morning())
    survey.session.commit()
    later = a_morning() + timedelta(hours=1)
    claim_case(survey.session, case, actor=survey.other, at=later)
    assert open_call(survey.session, case) is None
    put_back(survey.session, case, actor=survey.other)
    survey.session.commit()
    assert survey.session.scalar(select(PhoneCall.ended_at)) is not None


def test_closing_a_case_by_an_outcome_deletes_its_draft(survey: Survey) -> None:
    case = survey.cases[0]
    begin(survey, case)
    record_attempt(
        survey.session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NE1", interviewer=None, note="已去世"
    )
    survey.session.commit()
    assert survey.session.scalar(select(Draft.case_id)) is None


def test_a_child_answers_by_link_through_the_guardian_only(session: Session) -> None:
    survey = a_survey(session, birth_year=datetime.now(UTC).year - 10)
    case = survey.cases[0]
    with pytest.raises(AnswersRefused):
        a_response(session, case, BY_LINK, mode="web")
    session.rollback()
    guardian = BY_LINK | {"S1": "2", "S2": "3", "S2R": "1"}
    assert a_response(session, case, guardian, mode="web").response.proxy


def test_a_held_case_that_was_closed_is_released_by_the_next_claim(survey: Survey) -> None:
    case = survey.cases[0]
    begin(survey, case)
    a_response(survey.session, case, BY_LINK, mode="web")
    reschedule(survey.session, case, release=False)
    claim_next(survey.session, survey.session.get_one(User, survey.interviewer.id))
    survey.session.commit()
    assert row(survey, case).held_by_id is None
