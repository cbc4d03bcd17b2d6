"""The reason shown when there is no case to call agrees with what claiming finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.cases.queries import skills_of
from app.clock import local
from app.desk.commands.claiming import claim_next
from app.desk.queries.day import why_no_case
from app.desk.queries.open_desks import desks_of
from app.models import InterviewerSkill, Schedule
from surveys.calling.hours import next_opening
from surveys.calling.settings import DEFAULT
from tests.app.survey_builders import Survey, a_survey
from tests.clock import a_morning


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session, people=1)


@pytest.fixture
def ten() -> datetime:
    """Ten in the morning of a coming day with calling hours."""
    return a_morning()


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("values", "skill", "code", "until"),
    [
        ({}, "", None, None),
        ({"not_before": HOUR}, "", "delay", HOUR),
        ({"not_before": 2 * HOUR}, "", "delay", 4.5 * HOUR),  # at noon nobody is called: half past two
        ({"way": "web"}, "", None, None),
        ({"way": "visit"}, "", "nothing", None),
        ({"way": "supervisor"}, "", "nothing", None),
        ({"way": "closed"}, "", "nothing", None),
        ({"needs": "hak"}, "", "nothing", None),
        ({"needs": "hak"}, "hak", None, None),
        ({"avoid_id": "me"}, "", "nothing", None),
        ({"avoid_id": "other"}, "", None, None),
        ({"assigned_to_id": "other"}, "", "nothing", None),
        ({"assigned_to_id": "me"}, "", None, None),
        ({"appointment_at": HOUR}, "", "delay", HOUR),
        ({"appointment_at": 4 * MINUTE}, "", None, None),
        ({"appointment_at": -MINUTE, "not_before": 9 * HOUR}, "", None, None),
        ({"appointment_at": -MINUTE, "appointment_for_id": "me"}, "", None, None),
        ({"held_by_id": "other", "held_since": -HOUR, "held_until": HOUR}, "", "nothing", None),
        ({"held_by_id": "other", "held_since": -HOUR, "held_until": -MINUTE}, "", None, None),
    ],
)
def test_the_desk_says_there_is_no_case_exactly_when_none_can_be_claimed(
    session: Session,
    survey: Survey,
    ten: datetime,
    values: dict[str, object],
    skill: str,
    code: str | None,
    until: timedelta | None,
) -> None:
    me = survey.interviewer
    people = {"me": me.id, "other": survey.other.id}
    row = {
        name: ten + value if isinstance(value, timedelta) else people.get(str(value), value)
        for name, value in values.items()
    }
    if row:
        session.execute(update(Schedule).values(**row))
    if skill:
        session.add(InterviewerSkill(user_id=me.id, skill=skill))
    session.commit()
    no_case = why_no_case(session, me, desks_of(session, me), skills_of(session, me), ten)
    assert (no_case.code if no_case else None) == code
    if no_case and until is not None:
        assert no_case.until == ten + until
    assert (claim_next(session, me, ten) is None) == (no_case is not None)


@pytest.mark.parametrize("hour", [5, 12, 22])
def test_outside_the_hours_the_reason_and_the_next_opening_are_given(
    session: Session, survey: Survey, ten: datetime, hour: int
) -> None:
    at = local(ten).replace(hour=hour).astimezone(UTC)
    me = survey.interviewer
    no_case = why_no_case(session, me, desks_of(session, me), skills_of(session, me), at)
    assert no_case is not None
    assert (no_case.code, no_case.until) == ("hours", next_opening(local(at), DEFAULT))
    assert [reason.code for _, reason in no_case.reasons] == [
        {5: "before_hours", 12: "between_hours", 22: "after_hours"}[hour]
    ]
    assert claim_next(session, me, at) is None
