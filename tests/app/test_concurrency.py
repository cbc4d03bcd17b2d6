"""Concurrent requests, of one person or of two: what is sent at the same time is done once, or refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.answer_keys.commands import enter_answer_key
from app.desk.commands.appointments import AgreedTime, call_now, move
from app.desk.commands.attempts import record_attempt, undo_attempt
from app.desk.commands.calls import start_call
from app.desk.commands.claiming import claim_next
from app.desk.commands.links import issue_link
from app.interview.commands.interviews import InterviewParadata, save_answers
from app.interview.commands.responses import submit_response
from app.models import (
    AnswerKey,
    Appointment,
    Attempt,
    AuditEvent,
    BackCheck,
    Case,
    Document,
    Draft,
    Evaluation,
    Invitation,
    PhoneCall,
    Recusal,
    Response,
    Schedule,
    Station,
    User,
)
from app.outcome_lists.commands import publish_next_version
from app.quality_control.commands.back_check_calls import start_back_check_call
from app.quality_control.commands.back_checks import claim_back_check
from app.recusals.commands import declare
from app.results.commands import withdraw_consent
from app.shared.errors import Refused
from surveys.library import body
from tests.app.survey_builders import Survey, a_survey
from tests.at_once import Act, at_once
from tests.builders import SATISFIED, a_hold, a_response, an_evaluation
from tests.clock import a_morning

ROUNDS = range(4)


@pytest.fixture
def survey(session: Session) -> Survey:
    """Ten cases, none in hand, all ready to be called."""
    made = a_survey(session, people=10)
    session.execute(update(Schedule).values(not_before=a_morning() - timedelta(days=1)))
    session.commit()
    return made


class Desk:
    """The ids of the survey's rows, for concurrent sessions to load."""

    def __init__(self, survey: Survey) -> None:
        self.lan, self.mei, self.lead = survey.interviewer.id, survey.other.id, survey.lead.id
        self.cases = [case.id for case in survey.cases]
        self.evaluation, self.station = survey.evaluation.id, survey.evaluation.station_id
        self.morning = a_morning()
        survey.session.close()

    def user(self, session: Session, name: str = "lan") -> User:
        return session.get_one(User, getattr(self, name))

    def case(self, session: Session, place: int = 0) -> Case:
        return session.get_one(Case, self.cases[place])


def tried(session: Session, desk: Desk, place: int, outcome: str, at: datetime, **more: Any) -> uuid.UUID:
    key = uuid.uuid4()
    record_attempt(
        session, desk.case(session, place), attempt_key=key, mode="phone", outcome=outcome,
        interviewer=desk.user(session), at=at, **more,
    )  # fmt: skip
    session.commit()
    return key


def in_hand(session: Session, user_id: int) -> list[int]:
    return list(session.scalars(select(Schedule.case_id).where(Schedule.held_by_id == user_id)))


def count(session: Session, *where: Any) -> int:
    return session.scalar(select(func.count()).where(*where)) or 0


def let_go(session: Session) -> None:
    session.execute(update(Schedule).values(held_by_id=None, held_since=None, held_until=None))
    session.commit()


def due(session: Session, desk: Desk, place: int) -> int:
    """An appointment that is due now."""
    tried(session, desk, place, "NC4", desk.morning - timedelta(hours=1), appointment=AgreedTime(desk.morning))
    return session.scalars(
        select(Appointment.id).where(Appointment.case_id == desk.cases[place], Appointment.ended_at.is_(None))
    ).one()


def keeping(desk: Desk, appointment: int) -> Act:
    def keep(own: Session) -> str:
        call_now(own, own.get_one(Appointment, appointment), actor=desk.user(own), at=desk.morning)
        return "done"

    return keep


def pressing(desk: Desk) -> Act:
    def press(own: Session) -> str:
        return "done" if claim_next(own, desk.user(own), desk.morning) else "nobody"

    return press


def test_one_person_claims_one_of_two_due_appointments(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    made = [due(session, desk, place) for place in (0, 1)]
    session.close()
    for _ in ROUNDS:
        results = at_once(app, *(keeping(desk, appointment) for appointment in made))
        assert sorted(results) == ["done", "holding"]
        assert len(in_hand(session, desk.lan)) == 1
        let_go(session)


def test_claiming_an_appointment_and_the_next_case_at_once_gives_one_case(
    app: Flask, session: Session, survey: Survey
) -> None:
    desk = Desk(survey)
    made = due(session, desk, 0)
    session.close()
    for _ in ROUNDS:
        results = at_once(app, keeping(desk, made), pressing(desk), pressing(desk))
        assert results[0] in ("done", "holding")
        assert results[1:] == ["done", "done"]
        assert len(in_hand(session, desk.lan)) == 1
        let_go(session)


def test_undo_and_claiming_the_next_case_at_once_give_one_case(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    for place in ROUNDS:
        key = tried(session, desk, place, "NC1", desk.morning)
        session.close()

        def undo(own: Session, key: uuid.UUID = key) -> str:
            attempt = own.scalars(select(Attempt).where(Attempt.attempt_key == key)).one()
            undo_attempt(own, attempt, actor=desk.user(own), at=desk.morning)
            return "done"

        results = at_once(app, undo, pressing(desk))
        assert results in (["done", "done"], ["holding", "done"])
        assert len(in_hand(session, desk.lan)) == 1
        let_go(session)


def test_a_call_begun_twice_at_once_is_one_call(app: Flask, session: Session, survey: Survey) -> None:
    a_hold(session, survey.cases[0], survey.interviewer)
    desk = Desk(survey)

    def call(own: Session) -> uuid.UUID:
        case, user = desk.case(own), desk.user(own)
        return start_call(own, case, place=0, dialler="tel", actor=user, at=desk.morning).uuid

    first, second, third = at_once(app, call, call, call)
    assert first == second == third
    assert count(session, PhoneCall.case_id == desk.cases[0]) == 1
    assert count(session, AuditEvent.action == "contact.revealed") == 1


def test_a_call_and_an_outcome_at_once_do_not_wait_for_each_other(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    for place in range(8):
        a_hold(session, desk.case(session, place), desk.user(session))
        session.close()

        def call(own: Session, place: int = place) -> str:
            start_call(own, desk.case(own, place), place=0, dialler="tel", actor=desk.user(own), at=desk.morning)
            return "done"

        def press(own: Session, place: int = place) -> str:
            record_attempt(
                own, desk.case(own, place), attempt_key=uuid.uuid4(), mode="phone", outcome="NC1",
                interviewer=desk.user(own), at=desk.morning, in_hand=True,
            )  # fmt: skip
            return "done"

        assert at_once(app, call, press) in (["done", "done"], ["not-mine", "done"])
        assert count(session, PhoneCall.ended_at.is_(None)) == 0


def test_a_call_for_a_back_check_and_an_erasure_at_once_do_not_wait_for_each_other(
    app: Flask, session: Session, survey: Survey
) -> None:
    for case in survey.cases:
        response = a_response(session, case, interviewer=survey.other).response
        session.add(BackCheck(response_id=response.id, why="random", checker_id=survey.interviewer.id))
    session.commit()
    checks = session.scalars(select(BackCheck.id)).all()
    desk = Desk(survey)
    for check_id in checks:

        def call(own: Session, check_id: int = check_id) -> str:
            check, user = own.get_one(BackCheck, check_id), desk.user(own)
            start_back_check_call(own, check, place=0, dialler="tel", actor=user, at=desk.morning)
            return "done"

        def erase(own: Session, check_id: int = check_id) -> str:
            withdraw_consent(own, own.get_one(BackCheck, check_id).response, reason="本人来电")
            return "done"

        results = at_once(app, call, erase)
        assert (results[0] in ("done", "withdrawn", "refused"), results[1]) == (True, "done")


def test_an_appointment_moved_twice_at_once_is_moved_once(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    made = due(session, desk, 0)
    session.close()

    def moving(hours: int) -> Act:
        def act(own: Session) -> str:
            agreed = AgreedTime(desk.morning + timedelta(hours=hours))
            move(own, own.get_one(Appointment, made), agreed, actor=desk.user(own), at=desk.morning)
            return "done"

        return act

    assert sorted(at_once(app, moving(1), moving(2))) == ["done", "ended"]
    assert count(session, Appointment.ended_at.is_(None)) == 1


def test_of_links_created_at_once_one_is_valid(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    tokens = at_once(app, *[lambda own: issue_link(own, desk.case(own))] * 3)
    assert len(set(tokens)) == 3
    assert count(session, Invitation.revoked_at.is_(None)) == 1


def saving(desk: Desk, key: uuid.UUID, place: int = 0, who: str = "lan") -> Act:
    def save(own: Session) -> str:
        saved = save_answers(
            own, desk.case(own, place), mode="visit", answers={"C1": "1"}, paradata=InterviewParadata(),
            submission_key=key, actor=desk.user(own, who),
        )  # fmt: skip
        return str(saved.draft.submission_key)

    return save


def to_be_visited(session: Session, desk: Desk, **who: int) -> None:
    for place, user_id in enumerate(who.values()):
        row = session.get_one(Schedule, desk.cases[place])
        row.way, row.chosen_way, row.assigned_to_id = "visit", "visit", user_id
    session.commit()


def test_an_interview_begun_twice_at_once_is_one(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    to_be_visited(session, desk, lan=desk.lan)
    results = at_once(app, saving(desk, uuid.uuid4()), saving(desk, uuid.uuid4()))
    assert len(set(results)) == 1
    assert count(session, Draft.case_id.is_not(None)) == 1


def test_a_page_of_one_case_saves_no_answers_of_another(app: Flask, session: Session, survey: Survey) -> None:
    desk, key = Desk(survey), uuid.uuid4()
    to_be_visited(session, desk, lan=desk.lan, mei=desk.mei)
    results = at_once(app, saving(desk, key), saving(desk, key, 1, "mei"))
    assert sorted(results) == sorted([str(key), "other-case"])
    assert count(session, Draft.case_id.is_not(None)) == 1


def submitting(desk: Desk, key: uuid.UUID, place: int) -> Act:
    def submit(own: Session) -> str:
        submit_response(
            own, desk.case(own, place), mode="phone", answers=SATISFIED, submission_key=key,
            started_at=datetime(2023, 11, 2, tzinfo=UTC),
        )  # fmt: skip
        return "done"

    return submit


def test_one_page_handed_in_for_two_cases_at_once_is_stored_for_one(
    app: Flask, session: Session, survey: Survey
) -> None:
    desk, key = Desk(survey), uuid.uuid4()
    assert sorted(at_once(app, submitting(desk, key, 0), submitting(desk, key, 1))) == ["done", "other-case"]
    assert count(session, Response.id.is_not(None)) == 1
    assert count(session, Attempt.id.is_not(None)) == 1


def test_the_page_of_an_outcome_is_not_handed_in_as_an_interview(session: Session, survey: Survey) -> None:
    desk = Desk(survey)
    key = tried(session, desk, 0, "NC1", desk.morning)
    with pytest.raises(Refused) as caught:
        a_response(session, desk.case(session), key=key)
    assert caught.value.code == "key-used"
    session.rollback()


def test_claiming_a_back_check_twice_at_once_gives_one(app: Flask, session: Session, survey: Survey) -> None:
    for case in survey.cases[:4]:
        response = a_response(session, case, interviewer=survey.other).response
        session.add(BackCheck(response_id=response.id, why="random"))
    session.commit()
    desk = Desk(survey)

    def take(own: Session) -> int:
        check = claim_back_check(own, desk.user(own))
        assert check is not None
        return check.id

    assert len(set(at_once(app, take, take, take))) == 1
    assert count(session, BackCheck.checker_id == desk.lan) == 1


def twice(app: Flask, act: Callable[[Session], object]) -> list[Any]:
    return at_once(app, act, act)


def test_an_interest_declared_twice_at_once_is_declared_once(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)

    def say(own: Session) -> int:
        user = desk.user(own)
        return declare(own, own.get_one(Station, desk.station), user, "亲属", actor=user).id

    assert len(set(twice(app, say))) == 1
    assert count(session, Recusal.id.is_not(None)) == 1


def test_an_answer_key_entered_twice_at_once_is_stored_once(app: Flask, session: Session, survey: Survey) -> None:
    desk = Desk(survey)

    def enter(own: Session) -> list[str]:
        evaluation = own.get_one(Evaluation, desk.evaluation)
        return enter_answer_key(own, evaluation, {"address": "幸福路 1 号"}, actor=desk.user(own, "lead"))

    assert sorted(twice(app, enter)) == [[], ["address"]]
    assert count(session, AnswerKey.evaluation_id == desk.evaluation) == 1


def test_of_two_next_versions_of_a_list_one_is_published(app: Flask, session: Session) -> None:
    an_evaluation(session)
    base = body("outcomes", "guangzhou", 1)
    session.close()

    def publishing(name: str) -> Act:
        return lambda own: publish_next_version(own, base | {"title": {"zh": name, "en": name}}, base_version=1).version

    results = at_once(app, publishing("甲"), publishing("乙"))
    assert sorted(results, key=str) == [2, "version-taken"]
    assert count(session, Document.kind == "outcomes") == 1


def test_an_outcome_sent_twice_at_once_is_one_attempt(app: Flask, session: Session, survey: Survey) -> None:
    a_hold(session, survey.cases[0], survey.interviewer)
    desk, key = Desk(survey), uuid.uuid4()

    def press(own: Session) -> int:
        attempt = record_attempt(
            own, desk.case(own), attempt_key=key, mode="phone", outcome="NC1", interviewer=desk.user(own),
            at=desk.morning, in_hand=True,
        )  # fmt: skip
        return attempt.id

    assert len(set(twice(app, press))) == 1
    assert count(session, Attempt.id.is_not(None)) == 1
