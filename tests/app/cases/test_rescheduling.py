"""New settings and outcome lists reschedule the waiting cases, in the transaction that stores them."""

from __future__ import annotations

import copy
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.cases.commands import reschedule
from app.desk.commands.attempts import record_attempt
from app.desk.commands.mode_switch import to_web
from app.documents.commands import add_document
from app.models import AuditEvent, Case, Document, Evaluation, Schedule
from app.outcome_lists.commands import choose_outcomes
from app.supervision.commands.desk_settings import set_settings
from surveys import library
from tests.app.survey_builders import Survey, a_survey
from tests.builders import a_hold

# Nine in the morning in Guangzhou on a working Thursday.
NINE = datetime(2023, 11, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, people=8)


def tried(session: Session, case: Case, outcome: str, at: datetime = NINE) -> None:
    key = uuid.uuid4()
    record_attempt(session, case, attempt_key=key, mode="phone", outcome=outcome, interviewer=None, at=at)
    session.commit()


def row_of(session: Session, case: Case) -> Schedule:
    return session.get_one(Schedule, case.id, populate_existing=True)


def slower(session: Session, version: int = 2, **delays: int) -> Document:
    body = copy.deepcopy(library.body("outcomes", "guangzhou", 1)) | {"version": version}
    for outcome in body["outcomes"]:
        if outcome["code"] in delays:
            outcome["delay"] = delays[outcome["code"]]
    return add_document(session, "outcomes", body)


def last_event(session: Session, action: str) -> dict[str, Any]:
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc())
    ).first()
    assert event is not None
    return event.details


def test_a_new_outcome_list_moves_the_next_attempt_of_waiting_cases_only(session: Session, survey: Survey) -> None:
    waiting, busy, closed, untried = survey.cases[:4]
    tried(session, waiting, "NC1")
    tried(session, busy, "NC2")
    tried(session, closed, "O3")
    before = {case.id: row_of(session, case).not_before for case in (busy, closed, untried)}
    assert choose_outcomes(session, survey.evaluation, slower(session, NC1=600), actor=survey.lead) == 1
    session.commit()
    assert row_of(session, waiting).not_before == NINE + 10 * HOUR
    assert {case.id: row_of(session, case).not_before for case in (busy, closed, untried)} == before
    assert last_event(session, "outcomes.chosen")["rescheduled"] == 1
    assert choose_outcomes(session, survey.evaluation, None, actor=survey.lead) == 1
    assert row_of(session, waiting).not_before == NINE + 3 * HOUR


def test_new_limits_move_cases_between_the_queue_and_the_supervisor(session: Session, survey: Survey) -> None:
    case = survey.cases[0]
    for n in range(4):
        tried(session, case, "NC2", NINE + timedelta(minutes=11 * n))
    assert row_of(session, case).way == "phone"
    assert set_settings(session, survey.evaluation, {"most_attempts": 4}, actor=survey.lead) == 1
    assert row_of(session, case).way == "supervisor"
    assert set_settings(session, survey.evaluation, {"most_attempts": 9}, actor=survey.lead) == 1
    assert row_of(session, case).way == "phone"
    assert last_event(session, "desk.settings_changed") == {"most_attempts": "4 → 9", "rescheduled": 1}
    # Nothing of it is about this case.
    assert set_settings(session, survey.evaluation, {"most_attempts": 9, "back_check_percent": 20}) == 0


def test_fewer_calls_a_day_delay_the_next_attempt(session: Session, survey: Survey) -> None:
    case = survey.cases[0]
    for n in range(2):
        tried(session, case, "NC2", NINE + timedelta(minutes=11 * n))
    assert row_of(session, case).not_before == NINE + timedelta(minutes=21)
    set_settings(session, survey.evaluation, {"most_calls_a_day": 2}, actor=survey.lead)
    assert row_of(session, case).not_before == datetime(2023, 11, 2, 16, 0, tzinfo=UTC)  # midnight in Guangzhou


def test_an_unused_link_waits_as_long_as_the_new_setting_says(session: Session, survey: Survey) -> None:
    case = survey.cases[0]
    a_hold(session, case, survey.interviewer)
    to_web(session, case, actor=survey.interviewer)
    before = row_of(session, case).not_before
    assert set_settings(session, survey.evaluation, {"web_wait_days": 5}, actor=survey.lead) == 1
    assert row_of(session, case).not_before == before + timedelta(days=2)


def test_rescheduling_keeps_holds_and_appointments(session: Session, survey: Survey) -> None:
    held, agreed = survey.cases[:2]
    for case in (held, agreed):
        tried(session, case, "NC1")
    a_hold(session, held, survey.interviewer)
    row_of(session, agreed).appointment_at = NINE + 30 * HOUR
    session.commit()
    choose_outcomes(session, survey.evaluation, slower(session, NC1=600), actor=survey.lead)
    row = row_of(session, held)
    assert (row.held_by_id, row.not_before) == (survey.interviewer.id, NINE + 10 * HOUR)
    assert row_of(session, agreed).appointment_at == NINE + 30 * HOUR


def test_a_case_cleared_by_the_supervisor_is_not_stopped_again(session: Session, survey: Survey) -> None:
    case = survey.cases[0]
    tried(session, case, "NC1")
    row_of(session, case).cleared_at = NINE + HOUR
    session.commit()
    set_settings(session, survey.evaluation, {"most_attempts": 3}, actor=survey.lead)
    assert row_of(session, case).way == "phone"


def test_rescheduling_all_at_once_gives_the_same_rows_as_one_by_one(session: Session, survey: Survey) -> None:
    cases = survey.cases
    for case, code in zip(cases, ("NC1", "NC2", "NC3", "U1", "U4", "R2", "O3", "NC1"), strict=True):
        extra = {"needs": "hak"} if code == "O2" else {}
        key = uuid.uuid4()
        record_attempt(
            session, case, attempt_key=key, mode="phone", outcome=code, interviewer=survey.interviewer, at=NINE, **extra
        )
    session.commit()
    choose_outcomes(session, survey.evaluation, slower(session, NC1=600, NC2=30, NC3=1, R2=60, U4=5))
    session.commit()

    def schedule_rows() -> list[tuple[Any, ...]]:
        rows = session.scalars(select(Schedule).order_by(Schedule.case_id).execution_options(populate_existing=True))
        columns = [column.key for column in Schedule.__table__.columns]
        return [tuple(getattr(row, column) for column in columns) for row in rows]

    at_once = schedule_rows()
    for case in cases:
        reschedule(session, case)
    assert schedule_rows() == at_once


def test_the_number_of_statements_does_not_grow_with_the_cases(session: Session, survey: Survey) -> None:
    def statements(evaluation: Evaluation, document: Document | None) -> int:
        session.commit()
        statements_run: list[str] = []
        listen = lambda *arguments: statements_run.append(arguments[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        choose_outcomes(session, evaluation, document)
        session.commit()
        event.remove(session.get_bind(), "before_cursor_execute", listen)
        return sum(
            ("schedule" in statement and statement.startswith("SELECT")) or "contact" in statement
            for statement in statements_run
        )

    documents = [slower(session, 2, NC1=600), slower(session, 3, NC1=700)]
    tried(session, survey.cases[0], "NC1")
    for_one_case = statements(survey.evaluation, documents[0])
    for case in survey.cases[1:]:
        tried(session, case, "NC1")
    session.expire_all()
    assert statements(survey.evaluation, documents[1]) == for_one_case
