"""When a case may be given up, and how often one person may be called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.attempts import (
    DAY_PARTS,
    Lacking,
    bit,
    day_part,
    earliest_within_call_limits,
    lacking,
    mask_of,
    parts,
    parts_of,
)
from surveys.calling.reading import read_calling_settings
from surveys.calling.settings import DEFAULT

at = datetime.fromisoformat
moments = st.datetimes(min_value=at("2026-10-01"), max_value=at("2026-11-30"))


@pytest.mark.parametrize(
    ("tries", "missing"),
    [
        ([], (3, 2, 2)),
        (["2026-11-02T09:00"], (2, 1, 1)),
        (["2026-11-02T09:00", "2026-11-02T15:00", "2026-11-02T19:00"], (0, 1, 0)),
        (["2026-11-02T09:00", "2026-11-03T09:00", "2026-11-04T09:00"], (0, 0, 1)),
        (["2026-11-02T09:00", "2026-11-03T09:00", "2026-11-07T09:00"], (0, 0, 0)),
    ],
)
def test_three_attempts_on_two_days_in_two_parts_of_the_day(tries: list[str], missing: tuple[int, int, int]) -> None:
    missing_attempts = lacking([at(moment) for moment in tries], DEFAULT)
    assert missing_attempts == Lacking(*missing)
    assert bool(missing_attempts) == any(missing)


def test_stricter_settings_ask_for_more() -> None:
    tries = [at("2026-11-02T09:00"), at("2026-11-03T15:00"), at("2026-11-07T10:00")]
    assert lacking(tries, replace(DEFAULT, least_attempts=4, least_days=4, least_day_parts=4)) == Lacking(1, 1, 1)


def test_the_day_is_the_day_in_guangzhou() -> None:
    late = datetime(2026, 11, 6, 23, 30, tzinfo=UTC)
    assert day_part(late) == "weekend"
    assert lacking([late, datetime(2026, 11, 6, 10, tzinfo=UTC)], DEFAULT).days == 0


@given(st.integers(0, 15))
def test_a_mask_and_its_parts_say_the_same(mask: int) -> None:
    assert sum(bit(part) for part in parts(mask)) == mask
    assert [bit(part) for part in DAY_PARTS] == [1, 2, 4, 8]


@given(st.lists(moments, max_size=6))
def test_the_mask_of_attempts_holds_their_day_parts(tries: list[datetime]) -> None:
    assert set(parts(mask_of(tries))) == {day_part(moment) for moment in tries}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, DAY_PARTS),
        ({"rest_days": []}, ("morning", "afternoon", "evening")),
        ({"working_days": [["09:00", "12:00"]]}, ("morning", "weekend")),
        ({"working_days": [["11:00", "18:00"]], "rest_days": []}, ("morning", "afternoon")),
        ({"working_days": [["11:59", "18:01"]], "rest_days": []}, ("morning", "afternoon", "evening")),
    ],
)
def test_windows_decide_which_day_parts_exist(body: object, expected: tuple[str, ...]) -> None:
    assert parts_of(read_calling_settings(body)) == expected


def test_a_fourth_call_in_a_day_waits_for_the_next_and_a_sixth_in_a_week_for_the_eighth_day() -> None:
    monday = [at(f"2026-11-02T{hour}:00") for hour in ("09", "11", "15")]
    assert earliest_within_call_limits(monday[:2], at("2026-11-02T15:00"), DEFAULT) == at("2026-11-02T15:00")
    assert earliest_within_call_limits(monday, at("2026-11-02T16:00"), DEFAULT) == at("2026-11-03T00:00")
    five = [*monday, at("2026-11-03T09:00"), at("2026-11-03T15:00")]
    assert earliest_within_call_limits(five, at("2026-11-03T16:00"), DEFAULT) == at("2026-11-09T00:00")


def test_the_result_is_in_the_zone_of_the_moment_given() -> None:
    tries = [datetime(2026, 11, 2, hour, tzinfo=UTC) for hour in (1, 3, 7)]
    assert earliest_within_call_limits(tries, datetime(2026, 11, 2, 8, tzinfo=UTC), DEFAULT) == datetime(
        2026, 11, 2, 16, tzinfo=UTC
    )


@given(st.lists(moments, max_size=25), moments)
def test_no_call_that_is_allowed_breaks_a_limit(tries: list[datetime], moment: datetime) -> None:
    earlier = [moment_tried for moment_tried in tries if moment_tried <= moment]
    free = earliest_within_call_limits(earlier, moment, DEFAULT)
    assert free >= moment
    days = [moment_tried.date() for moment_tried in [*earlier, free]]
    assert days.count(free.date()) <= DEFAULT.most_calls_a_day
    week = [day for day in days if free.date() - timedelta(days=7) < day <= free.date()]
    assert len(week) <= DEFAULT.most_calls_a_week
