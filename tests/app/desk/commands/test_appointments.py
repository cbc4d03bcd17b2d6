"""Appointments: one open at a time, within bounds, who may change and call them, and what an interviewer sees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.cases.commands import reschedule
from app.clock import local
from app.desk.commands.appointments import AgreedTime, call_now, cancel, end_open_appointment, make_appointment, move
from app.desk.queries.appointments import appointments_of_day, count_near, next_due, todays_appointments
from app.models import Appointment, AuditEvent, Case, DeskSetting, InterviewerSkill, Recusal, Schedule
from app.shared.errors import Refused
from surveys.calling.settings import DEFAULT
from tests.app.survey_builders import Survey, a_survey
from tests.builders import a_hold

# Thursday, 10:00 in Guangzhou.
NOW = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, people=5)


def agreed(survey: Survey, place: int = 0, at: datetime = LATER, *, same: bool = False) -> Appointment:
    made = make_appointment(survey.session, survey.cases[place], AgreedTime(at, same), actor=survey.interviewer, at=NOW)
    survey.session.commit()
    return made


def row(survey: Survey, case: Case) -> Schedule:
    return survey.session.get_one(Schedule, case.id, populate_existing=True)


def actions(survey: Survey) -> list[str]:
    return list(survey.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def refusal(act: object) -> str:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_an_appointment_is_scheduled_and_the_case_stays_held(survey: Survey) -> None:
    case = survey.cases[0]
    a_hold(survey.session, case, survey.interviewer)
    made = agreed(survey, same=True)
    assert row(survey, case).appointment_at == LATER
    assert row(survey, case).appointment_for_id == survey.interviewer.id == made.interviewer_id
    assert row(survey, case).held_by_id == survey.interviewer.id
    event = survey.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.subject, event.details) == ("appointment.made", case.uuid, {})


def test_a_second_appointment_replaces_the_first_and_two_open_ones_are_impossible(survey: Survey) -> None:
    first = agreed(survey)
    second = agreed(survey, at=LATER + timedelta(days=1))
    assert (first.ending, second.ended_at) == ("moved", None)
    assert row(survey, survey.cases[0]).appointment_at == LATER + timedelta(days=1)
    survey.session.add(Appointment(case_id=survey.cases[0].id, at=LATER))
    with pytest.raises(IntegrityError):
        survey.session.flush()
    survey.session.rollback()


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW, "past"),
        (NOW - timedelta(days=1), "past"),
        (NOW + timedelta(days=61), "too_far"),
        (datetime(2026, 11, 11, 4, 0, tzinfo=UTC), "quiet"),
    ],
)
def test_the_past_the_far_future_and_quiet_times_are_refused(survey: Survey, at: datetime, code: str) -> None:
    quiet = [{"from": "2026-11-11", "to": "2026-11-12", "reason": "社区活动"}]
    survey.session.add(DeskSetting(evaluation_id=survey.evaluation.id, body={"quiet": quiet}))
    survey.session.commit()
    refused_with = refusal(
        lambda: make_appointment(survey.session, survey.cases[0], AgreedTime(at), actor=survey.interviewer, at=NOW)
    )
    assert refused_with in (code, "appointment")


def test_a_time_outside_the_hours_is_accepted(survey: Survey) -> None:
    at = datetime(2026, 11, 5, 14, 0, tzinfo=UTC)  # 22:00
    assert agreed(survey, at=at).at == at


def test_only_its_maker_the_requested_interviewer_and_the_holder_may_change_an_appointment(survey: Survey) -> None:
    made = agreed(survey)
    assert refusal(lambda: cancel(survey.session, made, actor=survey.other)) == "not-mine"
    assert refusal(lambda: move(survey.session, made, AgreedTime(LATER), actor=survey.other, at=NOW)) == "not-mine"
    survey.session.rollback()
    a_hold(survey.session, survey.cases[0], survey.other)
    moved = move(survey.session, made, AgreedTime(LATER + timedelta(hours=1), True), actor=survey.other, at=NOW)
    assert (made.ending, moved.made_by_id, moved.interviewer_id) == ("moved", survey.other.id, survey.other.id)
    assert refusal(lambda: move(survey.session, made, AgreedTime(LATER), actor=survey.other, at=NOW)) == "ended"


def test_a_cancelled_appointment_leaves_the_schedule(survey: Survey) -> None:
    made = agreed(survey)
    cancel(survey.session, made, actor=survey.interviewer)
    assert made.ending == "cancelled"
    assert row(survey, survey.cases[0]).appointment_at is None
    assert actions(survey)[-1] == "appointment.cancelled"
    assert refusal(lambda: cancel(survey.session, made, actor=survey.interviewer)) == "ended"


def test_no_appointment_after_a_final_outcome_or_when_settled(survey: Survey) -> None:
    made = agreed(survey)
    survey.cases[1].outcome_final = True
    survey.session.flush()
    new = AgreedTime(LATER)
    assert (
        refusal(lambda: make_appointment(survey.session, survey.cases[1], new, actor=survey.interviewer, at=NOW))
        == "final"
    )
    survey.session.rollback()
    survey.settle()
    assert refusal(lambda: move(survey.session, made, new, actor=survey.interviewer, at=NOW)) == "settled"
    assert refusal(lambda: cancel(survey.session, made, actor=survey.interviewer)) == "settled"


def test_a_case_is_claimed_from_the_calendar_only_when_it_is_due(survey: Survey) -> None:
    made = agreed(survey, same=True)
    early, due, late = LATER - timedelta(minutes=6), LATER - timedelta(minutes=5), LATER + timedelta(minutes=15)
    take = call_now
    assert refusal(lambda: take(survey.session, made, actor=survey.interviewer, at=early)) == "not-due"
    assert refusal(lambda: take(survey.session, made, actor=survey.other, at=due)) == "not-due"
    assert take(survey.session, made, actor=survey.interviewer, at=due) == survey.cases[0]
    take(survey.session, made, actor=survey.interviewer, at=LATER)
    assert row(survey, survey.cases[0]).held_by_id == survey.interviewer.id
    assert refusal(lambda: take(survey.session, made, actor=survey.other, at=late)) == "taken"
    survey.session.rollback()
    take(survey.session, made, actor=survey.other, at=late)
    assert row(survey, survey.cases[0]).held_by_id == survey.other.id
    assert actions(survey)[-1] == "case.claimed"


def test_the_calendar_shows_own_and_unassigned_appointments_without_names(survey: Survey) -> None:
    agreed(survey, 0, same=True)
    agreed(survey, 1, LATER + timedelta(minutes=10))
    agreed(survey, 2, LATER + timedelta(days=1))
    day = local(LATER).date()
    mine = appointments_of_day(survey.session, survey.interviewer, day, NOW)
    theirs = appointments_of_day(survey.session, survey.other, day, NOW)
    assert [(entry.wish, entry.may_change, entry.near, entry.due) for entry in mine] == [
        ("me", True, 1, False),
        ("", True, 1, False),
    ]
    assert [(entry.wish, entry.may_change, entry.near) for entry in theirs] == [("", False, 0)]
    assert {name for entry in mine for name in vars(entry)} == {
        "uuid", "at", "code", "village", "evaluation", "way", "wish", "due", "overdue", "may_change", "near",
    }  # fmt: skip
    assert appointments_of_day(survey.session, survey.lead, day, NOW) == ()


def test_todays_list_begins_with_due_and_keeps_missed_appointments(survey: Survey) -> None:
    agreed(survey, 0, NOW + timedelta(minutes=30))
    agreed(survey, 1, NOW + timedelta(hours=8))
    agreed(survey, 2, NOW + timedelta(days=1, minutes=2))
    tomorrow = NOW + timedelta(days=1)
    entries = todays_appointments(survey.session, survey.interviewer, tomorrow)
    assert [(entry.due, entry.overdue) for entry in entries] == [(True, True), (True, True), (True, False)]
    assert [entry.at for entry in todays_appointments(survey.session, survey.interviewer, NOW)] == [
        NOW + timedelta(minutes=30),
        NOW + timedelta(hours=8),
    ]


def test_the_reminder_counts_the_appointments_this_interviewer_could_call(survey: Survey) -> None:
    agreed(survey, 0, same=True)
    agreed(survey, 1, LATER + timedelta(minutes=5))
    session, before = survey.session, LATER - timedelta(minutes=10)

    def reminder(who: object, at: datetime) -> tuple[int, datetime] | None:
        upcoming = next_due(session, who, at)  # type: ignore[arg-type]
        return None if upcoming is None else (upcoming.count, upcoming.at)

    assert reminder(survey.interviewer, before - timedelta(minutes=1)) is None
    assert reminder(survey.interviewer, before) == (1, LATER)
    assert reminder(survey.interviewer, LATER) == (2, LATER)
    first = row(survey, survey.cases[0])
    first.held_by_id, first.held_since, first.held_until = survey.interviewer.id, before, LATER + timedelta(hours=1)
    session.commit()
    assert reminder(survey.interviewer, LATER) == (1, LATER + timedelta(minutes=5))
    first.held_by_id = first.held_since = first.held_until = None
    session.commit()
    assert reminder(survey.other, LATER) == (1, LATER + timedelta(minutes=5))
    assert reminder(survey.other, LATER + timedelta(minutes=15)) == (2, LATER)
    assert reminder(survey.lead, LATER) is None

    second = row(survey, survey.cases[1])
    second.needs = "yue"
    session.commit()
    assert reminder(survey.other, LATER) is None
    session.add(InterviewerSkill(user_id=survey.other.id, skill="yue"))
    session.commit()
    assert reminder(survey.other, LATER) == (1, LATER + timedelta(minutes=5))
    session.add(Recusal(station_id=survey.evaluation.station_id, user_id=survey.other.id, reason="亲属"))
    session.commit()
    assert reminder(survey.other, LATER) is None
    survey.settle()
    assert reminder(survey.interviewer, LATER) is None


def test_appointments_too_close_to_each_other_are_counted(survey: Survey) -> None:
    agreed(survey, 0, same=True)
    moments = [LATER + timedelta(minutes=n) for n in (-15, -14, 0, 14, 15)]
    counts = count_near(survey.session, survey.interviewer, moments, DEFAULT)
    assert [counts[at] for at in moments] == [0, 1, 1, 1, 0]
    assert count_near(survey.session, survey.interviewer, moments, DEFAULT, besides=survey.cases[0])[LATER] == 0
    assert count_near(survey.session, survey.other, [LATER], DEFAULT) == {LATER: 0}
    assert count_near(survey.session, survey.other, [], DEFAULT) == {}


def test_a_kept_appointment_is_ended(survey: Survey) -> None:
    made = agreed(survey)
    end_open_appointment(survey.session, survey.cases[0], "kept", LATER)
    reschedule(survey.session, survey.cases[0])
    assert (made.ending, made.ended_at) == ("kept", LATER)
    assert todays_appointments(survey.session, survey.interviewer, LATER) == ()
