"""Diallers: a link to the device's own telephone, and a service that never shows the real number."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import create_app
from app.dialling import DIALLERS, Dialler, NotDialled, TelLink, UnknownDialler
from app.models import AuditEvent, PhoneCall
from tests.app.privacy_number import PrivacyNumber
from tests.app.survey_builders import a_survey
from tests.builders import a_hold
from tests.clock import Clock
from tests.conftest import SECRETS
from tests.visitor import Visitor

REAL = "19900000000"


@pytest.mark.parametrize(
    ("number", "href"),
    [
        ("19900000001", "tel:19900000001"),
        ("020-80000001", "tel:02080000001"),
        ("+86 199 0000 0001", "tel:+8619900000001"),
    ],
)
def test_a_tel_link_dials_the_number_as_it_is(number: str, href: str) -> None:
    dialled = TelLink().prepare(number, uuid.uuid4())
    assert (dialled.href, dialled.shown, dialled.note) == (href, number, "")


def test_every_dialler_has_a_name_that_fits_its_column() -> None:
    for name, make in DIALLERS.items():
        assert make().name == name
        assert 0 < len(name) <= 20


def test_without_a_known_dialler_the_application_does_not_start() -> None:
    settings = config.Testing({**SECRETS, "DATABASE_URL": "sqlite://", "DIALLER": "nonsense"})
    with pytest.raises(UnknownDialler, match="nonsense"):
        create_app(settings)


@pytest.fixture
def service(app: Flask, clock: Clock) -> Iterator[PrivacyNumber]:
    """The application with a privacy-number service."""
    usual = app.extensions["dialler"]
    lending: Dialler = PrivacyNumber(clock)
    app.extensions["dialler"] = lending
    assert isinstance(lending, PrivacyNumber)
    yield lending
    app.extensions["dialler"] = usual


def test_with_a_privacy_service_the_real_number_is_never_shown(
    session: Session,
    visitor: Visitor,
    service: PrivacyNumber,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    survey = a_survey(session, people=1)
    case = survey.cases[0]
    a_hold(session, case, survey.interviewer)
    visitor.sign_in("lan")
    path = f"/desk/cases/{case.uuid}"
    with caplog.at_level(logging.DEBUG):
        page = visitor.get(path).form(action="/call").submit()
        assert "欧阳小明" in page.text  # the name is open, the number is not
        [link] = [link for link in page.links() if link.startswith("tel:")]
        assert service.rings(link.removeprefix("tel:")) == REAL
        assert link in visitor.get(path).links()  # the same number while it is good
        clock.goes_on(minutes=11)
        assert service.rings(link.removeprefix("tel:")) is None
        again = visitor.get(path)
        [other] = [link for link in again.links() if link.startswith("tel:")]
        assert other != link
        for shown_page in (page, again):
            assert REAL not in shown_page.html
    assert REAL not in caplog.text
    [call] = session.scalars(select(PhoneCall))
    assert call.dialler == "privacy"
    assert REAL not in str([event.details for event in session.scalars(select(AuditEvent))])


def test_a_service_that_does_not_answer_is_reported_and_no_number_is_shown(
    session: Session, visitor: Visitor, service: PrivacyNumber, clock: Clock
) -> None:
    survey = a_survey(session, people=1)
    a_hold(session, survey.cases[0], survey.interviewer)
    visitor.sign_in("lan")
    service.stock = []
    with pytest.raises(NotDialled):
        service.prepare(REAL, uuid.uuid4())
    page = visitor.get(f"/desk/cases/{survey.cases[0].uuid}").form(action="/call").submit()
    assert "拨号服务没有回应" in page.text
    assert REAL not in page.html
    assert not [link for link in page.links() if link.startswith("tel:")]
    assert page.form(action="/hang-up").submit().status == 200
