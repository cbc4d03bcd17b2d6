"""Every command of the fieldwork refuses a void draw, and an actor who is recused from the station."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.clock import now
from app.desk.commands.appointments import AgreedTime, call_now, cancel, make_appointment, move
from app.desk.commands.attempts import give_up, record_attempt, undo_attempt
from app.desk.commands.calls import reveal_contact, start_call
from app.desk.commands.claiming import claim_case, renew_lease
from app.desk.commands.links import issue_link
from app.desk.commands.minors import open_minor_record
from app.desk.commands.mode_switch import to_phone, to_visit, to_web
from app.desk.commands.notes import write_note
from app.draw.commands.voiding import ask_to_void, confirm_void
from app.interview.commands.interviews import InterviewParadata, finish_interview, save_answers
from app.models import Appointment, Attempt, AuditEvent, BackCheck, Case, Recusal, Role
from app.quality_control.commands.back_check_calls import reveal_for_back_check, start_back_check_call
from app.quality_control.commands.back_checks import record_back_check
from app.recusals.commands import declare
from app.results.commands import exclude_response
from app.shared.errors import Refused
from app.supervision.commands.assignments import reassign
from tests.app.survey_builders import Survey, a_survey
from tests.builders import SATISFIED, a_hold, a_member, a_response
from tests.clock import a_morning

TICKED = InterviewParadata(ticks={"self": True, "family": False, "staff": False, "prompted": False})


@dataclass
class Work:
    """An interviewer with a case in hand (one attempt), an appointment and a back-check."""

    survey: Survey
    morning: datetime
    attempt: Attempt
    appointment: Appointment
    check: BackCheck

    @property
    def session(self) -> Session:
        return self.survey.session

    @property
    def case(self) -> Case:
        return self.survey.cases[0]


@pytest.fixture
def work(session: Session) -> Work:
    survey, morning = a_survey(session, people=4), a_morning()
    case, answered = survey.cases[0], survey.cases[-1]
    response = a_response(session, answered, interviewer=survey.other).response
    check = BackCheck(response_id=response.id, why="random", checker_id=survey.interviewer.id)
    session.add(check)
    attempt = record_attempt(
        session, case, attempt_key=uuid.uuid4(), mode="phone", outcome="NC4", interviewer=survey.interviewer,
        at=morning, appointment=AgreedTime(morning + timedelta(hours=1)),
    )  # fmt: skip
    session.commit()
    a_hold(session, case, survey.interviewer)
    appointment = session.scalars(select(Appointment).where(Appointment.ended_at.is_(None))).one()
    return Work(survey, morning, attempt, appointment, check)


def interview(command: Callable[..., object]) -> Callable[[Work], object]:
    named = "actor" if command is save_answers else "interviewer"
    return lambda w: command(
        w.session, w.case, mode="phone", answers=SATISFIED, paradata=TICKED, submission_key=uuid.uuid4(),
        **{named: w.survey.interviewer},
    )  # fmt: skip


ACTS: dict[str, Callable[[Work], object]] = {
    "keep": lambda w: renew_lease(w.session, w.case, actor=w.survey.interviewer),
    "take": lambda w: claim_case(w.session, w.case, actor=w.survey.interviewer),
    "call": lambda w: start_call(
        w.session, w.case, place=0, dialler="tel", actor=w.survey.interviewer, at=w.morning
    ),
    "look": lambda w: reveal_contact(w.session, w.case, actor=w.survey.interviewer),
    "outcome": lambda w: record_attempt(
        w.session, w.case, attempt_key=uuid.uuid4(), mode="phone", outcome="NC1", interviewer=w.survey.interviewer,
        at=w.morning,
    ),
    "undo": lambda w: undo_attempt(w.session, w.attempt, actor=w.survey.interviewer, at=w.morning),
    "give up": lambda w: give_up(w.session, w.case, actor=w.survey.interviewer),
    "link": lambda w: issue_link(w.session, w.case, actor=w.survey.interviewer),
    "agree": lambda w: make_appointment(
        w.session, w.case, AgreedTime(w.morning + timedelta(days=1)), actor=w.survey.interviewer, at=w.morning
    ),
    "move": lambda w: move(
        w.session, w.appointment, AgreedTime(w.morning + timedelta(days=1)), actor=w.survey.interviewer, at=w.morning
    ),
    "cancel": lambda w: cancel(w.session, w.appointment, actor=w.survey.interviewer),
    "keep appointment": lambda w: call_now(
        w.session, w.appointment, actor=w.survey.interviewer, at=w.morning + timedelta(hours=1)
    ),
    "save": interview(save_answers),
    "finish": interview(finish_interview),
    "visit": lambda w: to_visit(w.session, w.case, actor=w.survey.interviewer),
    "web": lambda w: to_web(w.session, w.case, actor=w.survey.interviewer),
    "phone": lambda w: to_phone(w.session, w.case, actor=w.survey.interviewer),
    "look for a check": lambda w: reveal_for_back_check(
        w.session, w.check, actor=w.survey.interviewer, at=w.morning
    ),
    "call for a check": lambda w: start_back_check_call(
        w.session, w.check, place=0, dialler="tel", actor=w.survey.interviewer, at=w.morning
    ),
    "check": lambda w: record_back_check(w.session, w.check, checker=w.survey.interviewer, interviewed="not_reached"),
}  # fmt: skip
ONLY_RECUSED: dict[str, Callable[[Work], object]] = {
    "note": lambda w: write_note(w.session, w.case, "note", "下午再打", w.survey.interviewer),
    "open": lambda w: open_minor_record(w.session, w.case, reason="按抽样联系", actor=w.survey.interviewer),
}
ONLY_VOIDED: dict[str, Callable[[Work], object]] = {
    "exclude": lambda w: exclude_response(w.session, w.check.response, reason="核对"),
    "reassign": lambda w: reassign(w.session, w.case, w.survey.other, actor=w.survey.lead),
    # Last, for it is stored at once.
    "submit by link": lambda w: a_response(
        w.session, w.case, SATISFIED | {f"A{n}": "5" for n in range(1, 6)}, mode="web"
    ),
}


def state(session: Session) -> list[object]:
    """The content of every table these commands write to."""
    tables = (
        "cases",
        "attempt",
        "appointment",
        "invitation",
        "draft",
        "response",
        "desk_note",
        "schedule",
        "phone_call",
    )
    return [session.execute(text(f"SELECT * FROM {name} ORDER BY 1")).all() for name in tables]


def refusal(work: Work, act: Callable[[Work], object]) -> str:
    before, events = state(work.session), len(work.session.scalars(select(AuditEvent.id)).all())
    work.session.commit()
    with pytest.raises(Refused) as caught:
        act(work)
    work.session.rollback()
    assert state(work.session) == before
    assert len(work.session.scalars(select(AuditEvent.id)).all()) == events
    return caught.value.code


@pytest.mark.parametrize("name", [*ACTS, *ONLY_VOIDED])
def test_commands_refuse_work_on_a_void_draw(work: Work, name: str) -> None:
    ceremony = work.case.draw.ceremony
    assert ceremony is not None
    second = a_member(work.session, work.survey.evaluation, Role.MONITOR)
    confirm_void(work.session, ask_to_void(work.session, ceremony, "演练", actor=work.survey.lead), actor=second)
    work.session.commit()
    assert refusal(work, (ACTS | ONLY_VOIDED)[name]) == "voided"


@pytest.mark.parametrize("name", [*ACTS, *ONLY_RECUSED])
def test_a_recused_interviewer_is_refused_even_with_the_case_in_hand(work: Work, name: str) -> None:
    station = work.survey.evaluation.station_id
    work.session.add(Recusal(station_id=station, user_id=work.survey.interviewer.id, reason="亲属", declared_at=now()))
    work.session.commit()
    assert refusal(work, (ACTS | ONLY_RECUSED)[name]) == "recused"


@pytest.mark.parametrize("name", ["move", "cancel", "keep appointment", "note", "undo"])
def test_a_recused_interviewer_cannot_complete_work_begun_before(work: Work, name: str) -> None:
    declare(
        work.session, work.survey.evaluation.station, work.survey.interviewer, "亲属", actor=work.survey.interviewer
    )
    work.session.commit()
    assert refusal(work, (ACTS | ONLY_RECUSED)[name]) == "recused"


def test_without_a_void_draw_or_recusal_each_command_succeeds_or_refuses_for_another_reason(work: Work) -> None:
    """Guards the tests above against passing because everything is always refused."""
    codes = {}
    for name, act in (ACTS | ONLY_RECUSED | ONLY_VOIDED).items():
        codes[name] = "done"
        try:
            act(work)
        except Refused as refused:
            codes[name] = refused.code
        work.session.rollback()
    otherwise = {name: code for name, code in codes.items() if code != "done"}
    assert otherwise == {"give up": "attempts", "phone": "same"}
