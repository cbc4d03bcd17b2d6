"""The fields of an appointment: which times are accepted, and where errors are reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.clock import local, now
from app.desk.forms.appointments import AppointmentForm
from surveys.calling.settings import DEFAULT, CallingSettings, Quiet

pytestmark = pytest.mark.usefixtures("sqlite_app")
TOMORROW = local(now()).date() + timedelta(days=1)


def filled(application: Flask, settings: CallingSettings = DEFAULT, **values: str) -> AppointmentForm:
    with application.test_request_context("/"):
        form = AppointmentForm(formdata=MultiDict(values), meta={"csrf": False})
        form.offer(settings)
        form.validate()
        return form


@pytest.fixture
def application(sqlite_app: Any) -> Flask:
    app: Flask = sqlite_app[0]
    return app


def test_a_proposed_time_is_accepted_as_offered(application: Flask) -> None:
    form = filled(application, agreed_when=f"{TOMORROW}T10:00", same_interviewer="y")
    agreed = form.agreed()
    assert form.errors == {}
    assert agreed is not None
    assert agreed.at == datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, 2, 0, tzinfo=UTC)
    assert agreed.same_interviewer


@pytest.mark.parametrize("clock", ["9:05", "09:05", "09：05"])
def test_a_date_and_a_time_are_read_as_local_time(application: Flask, clock: str) -> None:
    agreed = filled(application, agreed_when="other", agreed_day=TOMORROW.isoformat(), agreed_time=clock).agreed()
    assert agreed is not None
    assert local(agreed.at).strftime("%Y-%m-%d %H:%M") == f"{TOMORROW} 09:05"
    assert not agreed.same_interviewer


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "agreed_when"),
        ({"agreed_when": "other"}, "agreed_when"),
        ({"agreed_when": "soon"}, "agreed_when"),
        ({"agreed_when": f"{TOMORROW}T10:00", "agreed_time": "11:00"}, "agreed_when"),
        ({"agreed_when": "2020-01-01T10:00"}, "agreed_when"),
        ({"agreed_day": TOMORROW.isoformat()}, "agreed_time"),
        ({"agreed_time": "10:00"}, "agreed_day"),
        ({"agreed_day": "tomorrow", "agreed_time": "10:00"}, "agreed_day"),
        ({"agreed_day": "2026-02-30", "agreed_time": "10:00"}, "agreed_day"),
        ({"agreed_day": TOMORROW.isoformat(), "agreed_time": "25:00"}, "agreed_time"),
        ({"agreed_day": "2020-01-01", "agreed_time": "10:00"}, "agreed_day"),
        ({"agreed_day": "9999-12-31", "agreed_time": "10:00"}, "agreed_day"),
        ({"agreed_day": "0001-01-01", "agreed_time": "00:00"}, "agreed_day"),
    ],
)
def test_each_error_is_reported_at_its_field(application: Flask, values: dict[str, str], field: str) -> None:
    form = filled(application, **values)
    assert list(form.errors) == [field]


def test_the_time_may_be_left_empty_where_none_is_required(application: Flask) -> None:
    class Free(AppointmentForm):
        asks_for_a_time = False

    with application.test_request_context("/"):
        form = Free(formdata=MultiDict(), meta={"csrf": False})
        form.offer(DEFAULT)
        assert form.validate()
        assert form.agreed() is None


def test_quiet_times_are_refused_and_unusual_hours_only_warned_of(application: Flask) -> None:
    midnight = datetime.combine(TOMORROW, datetime.min.time())
    quiet = CallingSettings(quiet=(Quiet(midnight, midnight + timedelta(days=1), "社区活动"),))
    form = filled(application, quiet, agreed_when=f"{TOMORROW}T10:00")
    assert "社区活动" in form.agreed_when.errors[0]
    late = filled(application, agreed_day=TOMORROW.isoformat(), agreed_time="22:30")
    assert late.errors == {}
    with application.test_request_context("/"):
        assert "打电话" in late.soft_problem()
        assert filled(application, agreed_when="").soft_problem() == ""


def test_a_chosen_proposal_in_the_past_stays_among_the_choices(application: Flask) -> None:
    form = filled(application, agreed_when="2020-01-01T10:00")
    assert "2020-01-01T10:00" in [choice.value for choice in form.agreed_when.iter_choices()]
