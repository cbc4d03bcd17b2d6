"""Storing a response: once per key, one counted per case, whatever the mode."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.queries import verify_chain
from app.desk.commands.attempts import record_attempt
from app.desk.commands.links import issue_link
from app.extensions import db
from app.interview.commands.responses import AnswersRefused, submit_response
from app.models import Attempt, AuditEvent, Case, Draw, Invitation, Response
from app.scores.commands.scores import settle_score
from app.shared.errors import Refused
from tests.builders import (
    NEVER_SERVED,
    SATISFIED,
    a_draw,
    a_finished_evaluation,
    a_response,
    an_evaluation,
    cases_of,
)


@pytest.fixture
def cases(session: Session) -> list[Case]:
    return cases_of(session, a_draw(session, an_evaluation(session)))


def test_a_submission_sent_again_is_stored_once(session: Session, cases: list[Case]) -> None:
    key = uuid.uuid4()
    first, again = a_response(session, cases[0], key=key), a_response(session, cases[0], key=key)
    assert (first.repeated, again.repeated) == (False, True)
    assert first.response.id == again.response.id
    assert session.scalar(select(func.count()).select_from(Response)) == 1
    with pytest.raises(Refused, match="另一个个案"):
        a_response(session, cases[1], key=key)


def test_the_first_valid_response_counts_whatever_its_mode(session: Session, cases: list[Case]) -> None:
    partial = a_response(session, cases[0], SATISFIED | {"B8": "9"})
    assert (partial.response.valid, partial.response.invalid_reason) == (False, "overall-missing")
    assert (cases[0].outcome, cases[0].outcome_final) == ("P1", False)
    second = a_response(session, cases[0], {k: v for k, v in SATISFIED.items() if k[0] != "A"}, mode="web")
    third = a_response(session, cases[0], SATISFIED | {"B1": "1", "B8": "1"}, mode="visit")
    assert [r.response.counted for r in (partial, second, third)] == [False, True, False]
    assert cases[0].outcome == "I1"


@pytest.mark.parametrize(
    ("answers", "outcome", "final", "valid"),
    [
        (SATISFIED, "I1", True, True),
        (SATISFIED | {"S1": "2", "S2": "2", "S2R": "2"}, "I2", True, True),
        (NEVER_SERVED, "X1", True, True),
        ({"C1": "3"}, "R1", True, False),
        (SATISFIED | {f"B{i}": "7" for i in range(1, 5)}, "P1", False, False),
    ],
)
def test_the_answers_decide_the_outcome(
    session: Session, cases: list[Case], answers: dict[str, str], outcome: str, final: bool, valid: bool
) -> None:
    stored = a_response(session, cases[0], answers).response
    assert (cases[0].outcome, cases[0].outcome_final, stored.valid) == (outcome, final, valid)
    assert stored.never_served == (outcome == "X1")


def test_every_invalid_answer_is_reported_and_nothing_is_stored(session: Session, cases: list[Case]) -> None:
    wrong = SATISFIED | {"B1": "6", "B9": 101, "S6": "", "Z9": "1"}
    with pytest.raises(AnswersRefused) as refused:
        a_response(session, cases[0], wrong)
    session.rollback()
    assert {problem.question for problem in refused.value.problems} == {"B1", "B9", "S6", "Z9"}
    assert session.scalar(select(func.count()).select_from(Response)) == 0
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_a_settled_evaluation_accepts_no_answers(session: Session) -> None:
    evaluation = a_finished_evaluation(session)
    settle_score(session, evaluation)
    session.commit()
    case = session.scalars(select(Case).limit(1)).one()
    for act in (
        lambda: a_response(session, case),
        lambda: issue_link(session, case),
        lambda: record_attempt(session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", interviewer=None),
    ):
        with pytest.raises(Refused, match="定案"):
            act()


def test_an_attempt_sent_again_is_stored_once_and_a_final_outcome_closes(session: Session, cases: list[Case]) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        record_attempt(session, cases[0], attempt_key=key, mode="phone", outcome="NC1", interviewer=None)
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1
    record_attempt(session, cases[0], attempt_key=uuid.uuid4(), mode="phone", outcome="R1", interviewer=None)
    with pytest.raises(Refused, match="最终结果"):
        record_attempt(session, cases[0], attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", interviewer=None)
    for outcome in ("I1", "nonsense", ""):
        with pytest.raises(Refused, match="手工"):
            record_attempt(session, cases[1], attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=None)


def test_a_link_is_stored_as_a_hash_and_a_new_one_revokes_the_old(session: Session, cases: list[Case]) -> None:
    tokens = [issue_link(session, cases[0]) for _ in range(2)]
    session.commit()
    assert all(len(token) == 16 for token in tokens)
    invitations = session.scalars(select(Invitation).order_by(Invitation.id)).all()
    assert [invitation.revoked_at is None for invitation in invitations] == [False, True]
    assert all(token.encode() not in bytes(i.token_hash) for token in tokens for i in invitations)


def test_concurrent_submissions_are_each_stored_once_and_one_per_case_counts(app: Flask, session: Session) -> None:
    cases = cases_of(session, a_draw(session, an_evaluation(session)))[:4]
    ids, keys = [case.id for case in cases], [uuid.uuid4() for _ in range(8)]
    session.commit()
    failures: list[BaseException] = []

    def submit(number: int) -> None:
        try:
            with app.app_context():
                for key in keys[number % 4 :: 4]:
                    case = db.session.get_one(Case, ids[number % 4])
                    submit_response(
                        db.session,
                        case,
                        mode="phone",
                        answers=SATISFIED,
                        submission_key=key,
                        started_at=datetime(2023, 11, 2, tzinfo=UTC),
                    )
                    db.session.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert session.scalar(select(func.count()).select_from(Response)) == 8
    assert session.scalar(select(func.count()).select_from(Response).where(Response.counted)) == 4
    check = verify_chain(session)
    assert check.is_intact
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == check.events


def test_the_draw_of_another_evaluation_is_untouched(session: Session, cases: list[Case]) -> None:
    other = a_draw(session, an_evaluation(session, "other-2023"))
    a_response(session, cases[0])
    assert session.get_one(Draw, other.id).certificate_digest == other.certificate_digest
    assert all(case.outcome is None for case in cases_of(session, other))
