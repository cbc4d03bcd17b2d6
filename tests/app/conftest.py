"""Fixtures of the application: who opens pages, an application that counts requests, a clock for the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import config
from app import create_app
from app.extensions import db, limiter
from app.models import Evaluation, Role
from tests.app.survey_builders import Survey, a_survey
from tests.builders import a_member, an_evaluation
from tests.clock import Clock, a_morning, set_clock
from tests.conftest import SECRETS
from tests.visitor import Visitor


@pytest.fixture
def evaluation(session: Session) -> Evaluation:
    """An evaluation without a ledger."""
    return an_evaluation(session)


@pytest.fixture
def lead(session: Session, evaluation: Evaluation, visitor: Visitor) -> Visitor:
    """Who leads it, signed in."""
    a_member(session, evaluation, Role.LEAD, "lead")
    visitor.sign_in("lead")
    return visitor


@pytest.fixture
def survey(session: Session) -> Survey:
    """Three people drawn, whom one interviewer has tried before."""
    return a_survey(session)


@pytest.fixture
def lan(visitor: Visitor, survey: Survey) -> Visitor:
    """The interviewer whose cases they are, signed in."""
    visitor.sign_in("lan")
    return visitor


@pytest.fixture
def mei(another_visitor: Callable[[], Visitor], survey: Survey) -> Visitor:
    """Another interviewer of the same evaluation, who has tried nobody."""
    visitor = another_visitor()
    visitor.sign_in("mei")
    return visitor


@pytest.fixture
def counting(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes an application on the same database that counts requests, with these limits."""
    made: list[Flask] = []

    def make(**limits: str) -> Flask:
        settings = type("Counting", (config.Testing,), {"RATELIMIT_ENABLED": True, **limits})
        url = app.config["SQLALCHEMY_ENGINES"]["default"]
        made.append(create_app(settings({**SECRETS, "DATABASE_URL": url, "COOKIES_OVER_HTTP": "1"})))
        return made[-1]

    yield make
    limiter.enabled = False
    for one in made:
        with one.app_context():
            db.engine.dispose()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The application at ten in the morning of a day on which people are called."""
    morning = Clock(a_morning())
    set_clock(monkeypatch, morning)
    return morning
