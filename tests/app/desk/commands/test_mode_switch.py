"""Switching the mode of contact: who may, until when, and what it changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.commands import reschedule
from app.cases.queries import open_call
from app.clock import now
from app.desk.commands.appointments import AgreedTime, make_appointment
from app.desk.commands.calls import start_call
from app.desk.commands.claiming import claim_next
from app.desk.commands.mode_switch import to_phone, to_visit, to_web
from app.desk.queries.visits import visits_of
from app.models import AuditEvent, Case, Contact, Invitation, Schedule
from app.shared.errors import Refused
from surveys.calling.settings import DEFAULT
from tests.app.survey_builders import Survey, a_survey
from tests.builders import SATISFIED, a_hold, a_response
from tests.clock import a_morning


@pytest.fixture
def survey(session: Session) -> Survey:
    """A survey whose first case is held by the interviewer."""
    made = a_survey(session)
    a_hold(session, made.cases[0], made.interviewer)
    return made


def row(survey: Survey, case: Case) -> Schedule:
    return survey.session.get_one(Schedule, case.id, populate_existing=True)


def refusal(survey: Survey, command: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        command(survey.session, *arguments, **named)
    survey.session.rollback()
    return caught.value.code


def test_a_visit_is_assigned_to_who_requested_it_and_ends_the_hold(survey: Survey) -> None:
    case = survey.cases[0]
    to_visit(survey.session, case, actor=survey.interviewer)
    schedule = row(survey, case)
    assert (schedule.way, schedule.assigned_to_id, schedule.held_by_id) == ("visit", survey.interviewer.id, None)
    event = survey.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.details) == ("way.changed", {"way": "visit"})
    [village] = visits_of(survey.session, survey.interviewer)
    assert [visit.case_uuid for visit in village.visits] == [case.uuid]
    assert visits_of(survey.session, survey.other) == ()


def test_a_new_link_revokes_earlier_ones_and_delays_the_next_call(survey: Survey) -> None:
    case = survey.cases[0]
    survey.link(case)
    make_appointment(survey.session, case, AgreedTime(now() + timedelta(hours=3)), actor=survey.interviewer)
    token = to_web(survey.session, case, actor=survey.interviewer)
    survey.session.commit()
    assert len(token) == 16
    links = survey.session.scalars(select(Invitation).where(Invitation.case_id == case.id)).all()
    assert [link.revoked_at is None for link in links] == [False, True]
    schedule = row(survey, case)
    assert (schedule.way, schedule.held_by_id, schedule.appointment_at) == ("web", None, None)
    waiting = timedelta(days=DEFAULT.web_wait_days)
    assert abs(schedule.not_before - now() - waiting) < timedelta(minutes=1)


def test_a_case_switched_back_to_telephone_may_be_claimed_by_anybody(survey: Survey) -> None:
    case = survey.cases[0]
    to_visit(survey.session, case, actor=survey.interviewer)
    to_phone(survey.session, case, actor=survey.interviewer)
    schedule = row(survey, case)
    assert (schedule.way, schedule.assigned_to_id) == ("phone", None)
    assert [
        e.details for e in survey.session.scalars(select(AuditEvent).where(AuditEvent.action == "way.changed"))
    ] == [
        {"way": "visit"},
        {"way": "phone"},
    ]


def test_a_case_without_a_number_cannot_be_switched_back_to_telephone(survey: Survey) -> None:
    case = survey.cases[0]
    contact = survey.session.scalars(select(Contact).where(Contact.recipient_id == case.recipient_id)).one()
    contact.phones, contact.guardian_phones = [], []
    reschedule(survey.session, case, release=False)
    survey.session.commit()
    assert row(survey, case).way == "visit"
    assert refusal(survey, to_phone, case, actor=survey.interviewer) == "no-number"


@pytest.mark.parametrize("command", [to_visit, to_web, to_phone])
def test_only_the_interviewer_who_has_the_case_switches_its_mode(survey: Survey, command: Any) -> None:
    assert refusal(survey, command, survey.cases[0], actor=survey.other) == "not-mine"
    assert refusal(survey, command, survey.cases[1], actor=survey.interviewer) == "not-mine"


@pytest.mark.parametrize("command", [to_visit, to_web, to_phone])
def test_no_switch_after_a_final_outcome_or_when_settled(survey: Survey, command: Any) -> None:
    case = survey.cases[0]
    case.outcome_final = True
    survey.session.commit()
    assert refusal(survey, command, case, actor=survey.interviewer) == "final"
    survey.settle()
    assert refusal(survey, command, case, actor=survey.interviewer) == "settled"


def test_switching_to_the_present_mode_is_refused(survey: Survey) -> None:
    case = survey.cases[0]
    assert refusal(survey, to_phone, case, actor=survey.interviewer) == "same"
    to_visit(survey.session, case, actor=survey.interviewer)
    survey.session.commit()
    assert refusal(survey, to_visit, case, actor=survey.interviewer) == "same"


def test_a_switch_during_a_call_keeps_the_case_held(survey: Survey) -> None:
    case = survey.cases[0]
    start_call(survey.session, case, place=0, dialler="tel", actor=survey.interviewer, at=a_morning())
    to_web(survey.session, case, actor=survey.interviewer)
    assert row(survey, case).held_by_id == survey.interviewer.id
    assert open_call(survey.session, case) is not None


def test_the_first_valid_completed_interview_counts_whatever_its_mode(survey: Survey) -> None:
    case = survey.cases[0]
    to_web(survey.session, case, actor=survey.interviewer)
    survey.session.commit()
    by_link = a_response(survey.session, case, SATISFIED | {f"A{n}": "5" for n in range(1, 5)}, mode="web")
    by_phone = a_response(survey.session, case, mode="phone", interviewer=survey.interviewer)
    assert (by_link.response.counted, by_phone.response.counted) == (True, False)
    assert row(survey, case).way == "closed"


def test_a_case_to_visit_is_not_claimed_for_calling(survey: Survey) -> None:
    for case in survey.cases:
        a_hold(survey.session, case, survey.interviewer)
        to_visit(survey.session, case, actor=survey.interviewer)
        survey.session.commit()
    at = now().replace(hour=2, minute=0)
    assert claim_next(survey.session, survey.other, at) is None
