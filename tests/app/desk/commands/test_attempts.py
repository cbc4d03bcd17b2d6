"""Recording an outcome has all its consequences at once, can be undone for seconds; a clear refusal is final."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.cases.queries import open_call
from app.desk.commands.appointments import AgreedTime, cancel, make_appointment
from app.desk.commands.attempts import give_up, record_attempt, undo_attempt
from app.desk.commands.calls import end_call, reveal_contact, start_call
from app.desk.commands.claiming import put_back
from app.desk.commands.links import issue_link
from app.desk.commands.minors import open_minor_record
from app.models import (
    Appointment,
    Attempt,
    AuditEvent,
    Case,
    Contact,
    DeskNote,
    Draft,
    Evaluation,
    Invitation,
    PhoneCall,
    Role,
    Schedule,
    User,
)
from app.results.commands import exclude_response, restore_response, withdraw_consent
from app.shared.errors import Refused
from surveys.calling.local_time import GUANGZHOU
from tests.builders import a_draw, a_hold, a_member, a_response, an_evaluation, cases_of

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=GUANGZHOU)


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    return an_evaluation(session)


@pytest.fixture
def interviewer(session: Session, evaluation: Evaluation) -> User:
    return a_member(session, evaluation, Role.INTERVIEWER)


@pytest.fixture
def case(session: Session, evaluation: Evaluation, interviewer: User) -> Case:
    held_case = cases_of(session, a_draw(session, evaluation))[0]
    held_case.recipient.contact.phones = ["19900000001", "19900000002"]
    a_hold(session, held_case, interviewer)
    return held_case


def press(session: Session, case: Case, who: User | None, outcome: str, at: datetime = NOW, **more: Any) -> Attempt:
    attempt = record_attempt(
        session, case, attempt_key=uuid.uuid4(), mode="phone", outcome=outcome, interviewer=who, at=at, **more
    )
    session.commit()
    return attempt


def row_of(session: Session, case: Case) -> Schedule:
    return session.get_one(Schedule, case.id, populate_existing=True)


def test_a_call_reveals_the_contact_until_its_outcome_is_recorded(
    session: Session, case: Case, interviewer: User
) -> None:
    call = start_call(session, case, place=0, dialler="tel", actor=interviewer, at=NOW)
    session.commit()
    assert open_call(session, case) is call
    with pytest.raises(Refused, match="还没有登记结果"):
        put_back(session, case, actor=interviewer)
    attempt = press(session, case, interviewer, "U1", NOW + timedelta(seconds=40))
    assert (call.ended_at, call.attempt_id) == (attempt.at, attempt.id)
    assert row_of(session, case).number_place == 1
    assert row_of(session, case).held_by_id is None
    assert case.interviewer_id == interviewer.id
    reveals = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "contact.revealed")).all()
    assert [event.details for event in reveals] == [{}]


def test_after_the_last_bad_number_its_interviewer_visits_and_undoing_reverts_that(
    session: Session, case: Case, interviewer: User
) -> None:
    press(session, case, interviewer, "U1")
    a_hold(session, case, interviewer)
    later = NOW + timedelta(minutes=1)
    last = press(session, case, interviewer, "U2", later)
    assert (row_of(session, case).way, row_of(session, case).assigned_to_id) == ("visit", interviewer.id)
    undo_attempt(session, last, actor=interviewer, at=later)
    session.commit()
    assert (row_of(session, case).way, row_of(session, case).assigned_to_id) == ("phone", None)


def test_dialling_another_number_ends_the_call_before_and_a_missing_number_is_refused(
    session: Session, case: Case, interviewer: User
) -> None:
    start_call(session, case, place=0, dialler="tel", actor=interviewer, at=NOW)
    start_call(session, case, place=1, dialler="tel", actor=interviewer, at=NOW + timedelta(minutes=1))
    session.commit()
    assert session.scalar(sa.select(sa.func.count()).select_from(PhoneCall).where(PhoneCall.ended_at.is_(None))) == 1
    with pytest.raises(Refused, match="没有这个号码"):
        start_call(session, case, place=2, dialler="tel", actor=interviewer, at=NOW)
    assert row_of(session, case).number_place == 1


def test_nobody_calls_or_reveals_a_case_they_do_not_hold(session: Session, evaluation: Evaluation, case: Case) -> None:
    stranger = a_member(session, evaluation, Role.INTERVIEWER)
    for act in (
        lambda: start_call(session, case, place=0, dialler="tel", actor=stranger, at=NOW),
        lambda: reveal_contact(session, case, actor=stranger),
    ):
        with pytest.raises(Refused, match="不在您手上"):
            act()


def test_a_minors_record_opens_only_with_a_reason_and_a_childs_numbers_are_the_guardians(
    session: Session, case: Case, interviewer: User
) -> None:
    # A sealed frame keeps its people; a year of birth is set behind its back.
    _set_birth_year(session, case, 2020)
    contact = session.get_one(Contact, case.recipient_id)
    contact.guardian_phones = ["19900000003"]
    session.commit()
    with pytest.raises(Refused, match="未成年人"):
        start_call(session, case, place=0, dialler="tel", actor=interviewer, at=NOW)
    with pytest.raises(Refused, match="写明为什么"):
        open_minor_record(session, case, reason=" ", actor=interviewer)
    open_minor_record(session, case, reason="按抽样联系监护人", actor=interviewer)
    call = start_call(session, case, place=0, dialler="tel", actor=interviewer, at=NOW)
    session.commit()
    assert call.holder == "guardian"
    with pytest.raises(Refused, match="没有这个号码"):
        start_call(session, case, place=1, dialler="tel", actor=interviewer, at=NOW)
    with pytest.raises(DatabaseError, match="minor_opening_kept"):
        session.execute(sa.text("UPDATE minor_opening SET reason = 'x'"))
    session.rollback()


def _set_birth_year(session: Session, case: Case, year: int) -> None:
    on = " ON recipient" if session.get_bind().dialect.name == "postgresql" else ""
    connection = session.connection()
    if on:
        connection.exec_driver_sql("ALTER TABLE recipient DISABLE TRIGGER USER")
    else:
        disable_trigger = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'recipient_sealed_change_update'"
        ).scalar_one()
        connection.exec_driver_sql("DROP TRIGGER recipient_sealed_change_update")
    connection.execute(sa.text("UPDATE recipient SET birth_year = :y"), {"y": year})
    connection.exec_driver_sql("ALTER TABLE recipient ENABLE TRIGGER USER" if on else disable_trigger)
    session.expire_all()


@pytest.mark.parametrize(
    ("outcome", "more", "match"),
    [
        ("I1", {}, "不能手工登记"),
        ("P1", {}, "不能手工登记"),
        ("NE3", {}, "写一句说明"),
        ("NE3", {"note": "长" * 201}, "最多 200"),
        ("O2", {}, "要会什么"),
        ("NC4", {}, "约好的时间"),
        ("ZZ", {}, "不能手工登记"),
    ],
)
def test_an_outcome_without_what_it_requires_is_refused_and_changes_nothing(
    session: Session, case: Case, interviewer: User, outcome: str, more: dict[str, Any], match: str
) -> None:
    with pytest.raises(Refused, match=match):
        press(session, case, interviewer, outcome, **more)
    session.rollback()
    assert row_of(session, case).held_by_id == interviewer.id
    assert session.scalar(sa.select(Attempt.id)) is None


def test_an_interview_broken_off_is_partial_and_can_be_resumed(session: Session, case: Case, interviewer: User) -> None:
    session.add(Draft(case_id=case.id, mode="phone", submission_key=uuid.uuid4(), answers={"C1": "1"}))
    session.commit()
    press(session, case, interviewer, "P1", appointment=AgreedTime(NOW + timedelta(hours=5)))
    assert case.outcome == "P1"
    assert session.get(Draft, case.id) is not None
    assert row_of(session, case).appointment_at == NOW + timedelta(hours=5)


def test_the_same_outcome_sent_twice_is_one_attempt(session: Session, case: Case, interviewer: User) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        record_attempt(session, case, attempt_key=key, mode="phone", outcome="NC1", interviewer=interviewer, at=NOW)
        session.commit()
    assert row_of(session, case).attempts == 1


def test_an_outcome_can_be_undone_for_seconds_and_the_case_is_held_again(
    session: Session, case: Case, interviewer: User
) -> None:
    make_appointment(session, case, AgreedTime(NOW), actor=interviewer, at=NOW - timedelta(hours=1))
    start_call(session, case, place=0, dialler="tel", actor=interviewer, at=NOW)
    attempt = press(session, case, interviewer, "NC4", appointment=AgreedTime(NOW + timedelta(days=1)))
    assert row_of(session, case).appointment_at == NOW + timedelta(days=1)
    undo_attempt(session, attempt, actor=interviewer, at=NOW + timedelta(seconds=9))
    session.commit()
    row = row_of(session, case)
    assert (row.attempts, row.held_by_id, row.appointment_at) == (0, interviewer.id, NOW)
    assert case.outcome is None
    assert session.scalar(sa.select(Attempt.id)) is None
    actions = session.scalars(sa.select(AuditEvent.action)).all()
    assert {"attempt.recorded", "attempt.undone"} <= set(actions)


def test_a_late_final_or_foreign_outcome_cannot_be_undone(
    session: Session, evaluation: Evaluation, case: Case, interviewer: User
) -> None:
    other = a_member(session, evaluation, Role.INTERVIEWER)
    attempt = press(session, case, interviewer, "NC1")
    with pytest.raises(Refused, match="可以撤销的时间"):
        undo_attempt(session, attempt, actor=interviewer, at=NOW + timedelta(seconds=30))
    with pytest.raises(Refused, match="不能撤销"):
        undo_attempt(session, attempt, actor=other, at=NOW)
    a_hold(session, case, interviewer)
    final = press(session, case, interviewer, "NE1", NOW + timedelta(days=1))
    with pytest.raises(Refused, match="不能撤销"):
        undo_attempt(session, final, actor=interviewer, at=NOW + timedelta(days=1))
    with pytest.raises(Refused, match="不能撤销"):
        undo_attempt(session, attempt, actor=interviewer, at=NOW)


def test_a_second_soft_refusal_closes_the_case(session: Session, evaluation: Evaluation, case: Case) -> None:
    first, second = (a_member(session, evaluation, Role.INTERVIEWER) for _ in range(2))
    press(session, case, first, "R2")
    assert (case.outcome_final, row_of(session, case).avoid_id) == (False, first.id)
    press(session, case, second, "R3", NOW + timedelta(days=2))
    assert (case.outcome, case.outcome_final, row_of(session, case).way) == ("R3", True, "closed")


def test_the_limit_closes_a_case_only_when_the_attempt_rule_is_met(
    session: Session, evaluation: Evaluation, case: Case, interviewer: User
) -> None:
    other = cases_of(session, case.draw)[1]
    for day in range(5):
        # All in mornings: five tries, but one part of the day.
        press(session, case, interviewer, "NC1", NOW + timedelta(days=day if day < 5 else 7))
        press(session, other, interviewer, "NC1", NOW + timedelta(days=day, hours=6 * (day % 2)))
    assert (other.outcome_final, row_of(session, other).way) == (True, "closed")
    assert (case.outcome_final, row_of(session, case).way) == (False, "supervisor")
    with pytest.raises(Refused, match="时段"):
        give_up(session, case, actor=interviewer)


def test_a_clear_refusal_ends_every_means_of_contact(session: Session, case: Case, interviewer: User) -> None:
    issue_link(session, case)
    make_appointment(session, case, AgreedTime(NOW + timedelta(days=1)), actor=interviewer, at=NOW)
    session.add(Draft(case_id=case.id, mode="phone", submission_key=uuid.uuid4(), answers={"C1": "1"}))
    session.commit()
    press(session, case, interviewer, "R1")
    assert session.scalar(sa.select(sa.func.count()).where(Invitation.revoked_at.is_(None))) == 0
    assert session.scalar(sa.select(Appointment.id).where(Appointment.ended_at.is_(None))) is None
    assert session.get(Draft, case.id) is None
    for act in (
        lambda: press(session, case, interviewer, "NC1"),
        lambda: issue_link(session, case),
        lambda: make_appointment(session, case, AgreedTime(NOW + timedelta(days=1)), actor=interviewer),
    ):
        with pytest.raises(Refused):
            act()
        session.rollback()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE cases SET outcome_final = false", "case_refused_for_good"),
        ("UPDATE cases SET outcome = 'NC1'", "case_refused_for_good"),
        (
            "INSERT INTO appointment (uuid, case_id, at, made_at) VALUES (:uuid, :case, :at, :at)",
            "appointment_of_refused_case",
        ),
        (
            "INSERT INTO invitation (case_id, token_hash, created_at) VALUES (:case, :hash, :at)",
            "invitation_of_refused_case",
        ),
        (
            "INSERT INTO phone_call (uuid, case_id, interviewer_id, holder, place, dialler, started_at)"
            " VALUES (:uuid, :case, :user, 'person', 0, 'tel', :at)",
            "phone_call_of_refused_case",
        ),
    ],
)
def test_the_database_enforces_a_clear_refusal(
    session: Session, case: Case, interviewer: User, statement: str, rule: str
) -> None:
    press(session, case, interviewer, "R1")
    values = {"uuid": uuid.uuid4().hex, "case": case.id, "user": interviewer.id, "at": NOW, "hash": b"0" * 32}
    parameters = {name: value for name, value in values.items() if f":{name}" in statement}
    where = f" WHERE id = {case.id}" if statement.startswith("UPDATE") else ""
    with pytest.raises(DatabaseError, match=rule):
        session.execute(sa.text(statement + where), parameters)
    session.rollback()


def test_withdrawing_consent_closes_the_case_for_good_and_deletes_notes(
    session: Session, case: Case, interviewer: User
) -> None:
    press(session, case, interviewer, "NC1", note="下午再打")
    response = a_response(session, case, interviewer=interviewer).response
    session.add(DeskNote(case_id=case.id, kind="note", text="她说的话"))
    session.commit()
    withdraw_consent(session, response, reason="本人要求")
    session.commit()
    assert session.scalar(sa.select(DeskNote.id)) is None
    assert session.scalars(sa.select(Attempt.note)).all() == [None, None]
    assert row_of(session, case).way == "closed"
    assert (case.outcome, case.outcome_final) == ("R1", True)


def test_excluding_a_response_sends_its_case_to_the_supervisor_and_restoring_closes_it(
    session: Session, case: Case, interviewer: User
) -> None:
    response = a_response(session, case, interviewer=interviewer).response
    assert row_of(session, case).way == "closed"
    exclude_response(session, response, reason="回访对不上")
    session.commit()
    # Nobody is rung up again about an interview that was taken out before somebody decided so.
    assert row_of(session, case).way == "supervisor"
    restore_response(session, response, reason="核实过了")
    session.commit()
    assert row_of(session, case).way == "closed"


def test_an_appointment_is_moved_and_cancelled(session: Session, case: Case, interviewer: User) -> None:
    for hours in (5, 29):
        make_appointment(session, case, AgreedTime(NOW + timedelta(hours=hours), True), actor=interviewer, at=NOW)
        session.commit()
    assert sorted(session.scalars(sa.select(Appointment.ending)).all(), key=str) == [None, "moved"]
    assert row_of(session, case).appointment_for_id == interviewer.id
    open_one = session.scalars(sa.select(Appointment).where(Appointment.ended_at.is_(None))).one()
    cancel(session, open_one, actor=interviewer)
    session.commit()
    assert row_of(session, case).appointment_at is None
    with pytest.raises(Refused):
        cancel(session, open_one, actor=interviewer)
    for at in (NOW - timedelta(hours=1), NOW + timedelta(days=90)):
        with pytest.raises(Refused):
            make_appointment(session, case, AgreedTime(at), actor=interviewer, at=NOW)


def test_a_call_ended_before_its_outcome_is_linked_to_the_attempt(
    session: Session, case: Case, interviewer: User
) -> None:
    call = start_call(session, case, place=0, dialler="tel", actor=interviewer, at=NOW)
    end_call(session, case, at=NOW + timedelta(seconds=20))
    attempt = press(session, case, interviewer, "NC1", NOW + timedelta(seconds=30))
    assert (call.ended_at, call.attempt_id) == (NOW + timedelta(seconds=20), attempt.id)
