"""The cost of the interviewer's pages does not grow with the open cases: counted in SQLite's steps, not seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.cases.queries import skills_of
from app.desk.commands.claiming import claim_next, put_back
from app.desk.queries.appointments import next_due, todays_appointments
from app.desk.queries.day import in_hand, my_day, why_no_case
from app.desk.queries.open_desks import desks_of
from app.desk.queries.visits import visits_of
from app.extensions import db
from app.models import Evaluation, Role, Schedule, User
from tests.builders import a_draw, a_member, an_evaluation
from tests.clock import a_morning

FEW, MANY = 120, 2_400
MORNING = a_morning()


@pytest.fixture
def app(sqlite_app: tuple[Flask, Callable[[], None]]) -> Iterator[Flask]:
    """SQLite only: it can count its steps, and its planner has no statistics about rare rows."""
    application, reset = sqlite_app
    reset()
    with application.app_context():
        yield application
        db.session.rollback()


def _claim(session: Session, user: User) -> None:
    claim = claim_next(session, user, MORNING)
    assert claim is not None
    put_back(session, claim.case, actor=user)


def _first_page(session: Session, user: User) -> None:
    desks = desks_of(session, user)
    assert in_hand(session, user, desks) is None
    assert why_no_case(session, user, desks, skills_of(session, user), MORNING) is None
    assert my_day(session, user, MORNING).attempts == ()


def _visits(session: Session, user: User) -> None:
    assert sum(len(village.visits) for village in visits_of(session, user)) == 3


def _appointments(session: Session, user: User) -> None:
    assert todays_appointments(session, user, MORNING) == ()
    assert next_due(session, user, MORNING) is None


def _steps(session: Session, evaluation: Evaluation, user: User, people: int, act: Callable[..., None]) -> int:
    """The number of SQLite's virtual machine steps, in hundreds."""
    a_draw(session, evaluation, of=people, size=people)
    session.execute(sa.update(Schedule).values(not_before=MORNING - timedelta(days=1)))
    visited = sa.select(Schedule.case_id).order_by(Schedule.ticket).limit(3)
    session.execute(
        sa.update(Schedule).where(Schedule.case_id.in_(visited)).values(way="visit", assigned_to_id=user.id)
    )
    session.commit()
    act(session, user)  # what is read once for the life of a connection
    session.commit()
    passed = 0

    def step() -> None:
        nonlocal passed
        passed += 1

    driver = session.connection().connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(step, 100)
    act(session, user)
    session.flush()
    driver.set_progress_handler(None, 0)
    session.commit()
    return passed


@pytest.mark.parametrize("act", [_claim, _first_page, _visits, _appointments])
def test_the_desk_takes_no_more_steps_with_twenty_times_the_cases(
    app: Flask, session: Session, sqlite_app: tuple[Flask, Callable[[], None]], act: Callable[..., None]
) -> None:
    steps = []
    for people in (FEW, MANY):
        evaluation = an_evaluation(session)
        user = a_member(session, evaluation, Role.INTERVIEWER)
        steps.append(_steps(session, evaluation, user, people, act))
        session.close()
        sqlite_app[1]()
    assert steps[1] <= 1.5 * steps[0] + 5, steps
