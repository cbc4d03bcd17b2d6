"""When people may be called: windows, weekends, public holidays, quiet times, and years not yet announced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.hours import day_kind, may_call, next_opening, quiet_at, why_not
from surveys.calling.reading import read_calling_settings
from surveys.calling.settings import DEFAULT, CallingSettings

at = datetime.fromisoformat
FESTIVAL = read_calling_settings({"quiet": [{"from": "2026-11-02T15:00", "to": "2026-11-03", "reason": "村里办白事"}]})
OVER_HOLIDAYS = read_calling_settings({"call_on_public_holidays": True})
NO_WEEKENDS = read_calling_settings({"rest_days": []})
moments = st.datetimes(min_value=at("2025-01-01"), max_value=at("2027-12-31"))
settings_used = st.sampled_from([DEFAULT, FESTIVAL, OVER_HOLIDAYS, NO_WEEKENDS])


@pytest.mark.parametrize(
    ("moment", "settings", "code"),
    [
        ("2026-11-02T08:59", DEFAULT, "before_hours"),
        ("2026-11-02T09:00", DEFAULT, None),
        ("2026-11-02T11:29", DEFAULT, None),
        ("2026-11-02T11:30", DEFAULT, "between_hours"),
        ("2026-11-02T18:30", DEFAULT, None),
        ("2026-11-02T20:30", DEFAULT, "after_hours"),
        ("2026-11-07T09:15", DEFAULT, "before_hours"),
        ("2026-11-07T19:59", DEFAULT, None),
        ("2026-11-07T10:00", NO_WEEKENDS, "rest_day"),
        ("2026-02-14T09:10", DEFAULT, None),  # a Saturday made a working day
        ("2026-02-17T10:00", DEFAULT, "public_holiday"),
        ("2026-02-17T10:00", OVER_HOLIDAYS, None),
        ("2026-02-17T09:10", OVER_HOLIDAYS, "before_hours"),
        ("2026-11-02T14:59", FESTIVAL, None),
        ("2026-11-02T15:00", FESTIVAL, "quiet"),
        ("2026-11-03T20:00", FESTIVAL, "quiet"),
        ("2026-11-04T09:00", FESTIVAL, None),
        ("2027-03-06T09:10", DEFAULT, "before_hours"),
        ("2027-10-01T10:00", DEFAULT, "public_holiday"),
    ],
)
def test_whether_a_moment_may_be_called_and_why_not(moment: str, settings: CallingSettings, code: str | None) -> None:
    reason = why_not(at(moment), settings)
    assert (reason.code if reason else None) == code
    assert (may_call(at(moment), settings) is None) == (code is not None)


@pytest.mark.parametrize(
    ("moment", "settings", "zh"),
    [
        ("2026-11-02T08:00", DEFAULT, "工作日只在 09:00–11:30、14:30–17:30、18:30–20:30 打电话。"),
        ("2026-10-01T10:00", DEFAULT, "国庆节放假，不打电话。"),
        ("2026-11-07T10:00", NO_WEEKENDS, "休息日不打电话。"),
        ("2026-11-02T16:00", FESTIVAL, "免打扰时间（11月2日至11月3日）：村里办白事。"),
    ],
)
def test_the_words_say_what_to_expect(moment: str, settings: CallingSettings, zh: str) -> None:
    reason = why_not(at(moment), settings)
    assert reason is not None
    assert reason.words.zh == zh


def test_a_window_ends_where_quiet_begins() -> None:
    window = may_call(at("2026-11-02T14:40"), FESTIVAL)
    assert window is not None
    assert (window.begins, window.ends) == (at("2026-11-02T14:30"), at("2026-11-02T15:00"))


@pytest.mark.parametrize(
    ("moment", "settings", "opening"),
    [
        ("2026-11-02T10:10", DEFAULT, "2026-11-02T10:10"),
        ("2026-11-02T12:00", DEFAULT, "2026-11-02T14:30"),
        ("2026-11-06T21:00", DEFAULT, "2026-11-07T09:30"),
        ("2026-11-06T21:00", NO_WEEKENDS, "2026-11-09T09:00"),
        ("2026-11-02T16:00", FESTIVAL, "2026-11-04T09:00"),
        ("2026-02-14T20:30", DEFAULT, "2026-02-24T09:00"),  # nine days of Spring Festival
    ],
)
def test_the_next_opening(moment: str, settings: CallingSettings, opening: str) -> None:
    assert next_opening(at(moment), settings) == at(opening)


def test_an_opening_further_than_sixty_days_is_none() -> None:
    closed = read_calling_settings({"quiet": [{"from": "2026-11-01", "to": "2027-02-01", "reason": "暂停"}]})
    assert next_opening(at("2026-11-02T09:00"), closed) is None
    assert next_opening(at("2026-12-10T09:00"), closed) == at("2027-02-02T09:00")


def test_a_year_not_yet_announced_is_provisional_and_never_fails() -> None:
    assert [day_kind(at(day).date()).kind for day in ("2027-02-05", "2027-02-06", "2027-05-01", "2045-10-02")] == [
        "working",
        "rest",
        "public_holiday",
        "public_holiday",
    ]
    window = may_call(at("2027-03-01T10:00"), DEFAULT)
    assert window is not None
    assert window.day.provisional
    announced = may_call(at("2026-11-02T10:00"), DEFAULT)
    assert announced is not None
    assert not announced.day.provisional


def test_a_moment_with_a_zone_is_read_on_the_clock_of_guangzhou() -> None:
    assert may_call(datetime(2026, 11, 2, 1, 0, tzinfo=UTC), DEFAULT)
    assert next_opening(datetime(2026, 11, 2, 4, 0, tzinfo=UTC), DEFAULT) == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


@given(moments, settings_used)
def test_may_call_why_not_and_next_opening_agree(moment: datetime, settings: CallingSettings) -> None:
    window, reason, opening = may_call(moment, settings), why_not(moment, settings), next_opening(moment, settings)
    assert (window is None) == (reason is not None)
    assert opening is not None
    assert may_call(opening, settings)
    assert (opening == moment) == (window is not None)
    if window:
        assert window.begins <= moment < window.ends
        assert quiet_at(moment, settings) is None
        assert moment.hour >= 9


@given(moments, settings_used)
def test_nothing_opens_before_the_next_opening(moment: datetime, settings: CallingSettings) -> None:
    opening = next_opening(moment, settings)
    assert opening is not None
    step = moment
    while step < opening:
        assert may_call(step, settings) is None
        step += timedelta(minutes=97)
