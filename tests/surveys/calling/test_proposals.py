"""Proposed times of an appointment, the problems of a time, and appointments that are too close to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.calling.appointments import clashes, problem, proposed_times
from surveys.calling.hours import may_call
from surveys.calling.reading import read_calling_settings
from surveys.calling.settings import DEFAULT, CallingSettings

at = datetime.fromisoformat
FESTIVAL = read_calling_settings({"quiet": [{"from": "2026-11-02T15:00", "to": "2026-11-03", "reason": "村里办白事"}]})
NO_WEEKENDS = read_calling_settings({"rest_days": []})
moments = st.datetimes(min_value=at("2025-01-01"), max_value=at("2027-12-31"))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-02T10:00", ["今天下午 02 14:30", "明天上午 03 09:00", "周末（周六上午） 07 09:30"]),
        ("2026-11-02T15:10", ["今天下午 02 16:30", "明天上午 03 09:00", "周末（周六上午） 07 09:30"]),
        ("2026-11-02T16:50", ["今天晚上 02 18:30", "明天上午 03 09:00", "周末（周六上午） 07 09:30"]),
        ("2026-11-02T20:00", ["明天上午 03 09:00", "周末（周六上午） 07 09:30"]),
        # Friday: tomorrow is Saturday, so the weekend is Sunday.
        ("2026-11-06T16:50", ["今天晚上 06 18:30", "明天上午 07 09:30", "周末（周日上午） 08 09:30"]),
        ("2026-11-08T10:00", ["今天下午 08 14:30", "明天上午 09 09:00", "下周末（周六上午） 14 09:30"]),
        # The evening before Spring Festival; this Saturday and the one after the holidays are working days.
        ("2026-02-14T20:20", ["2月24日（周二）上午 24 09:00"]),
    ],
)
def test_the_label_follows_the_moment(moment: str, expected: list[str]) -> None:
    proposals = [f"{proposal.label.zh} {proposal.at:%d %H:%M}" for proposal in proposed_times(at(moment), DEFAULT)]
    assert proposals == expected


def test_a_quiet_time_moves_the_proposals_on() -> None:
    proposals = [(proposal.code, proposal.label.zh) for proposal in proposed_times(at("2026-11-02T13:45"), FESTIVAL)]
    assert proposals == [("tomorrow", "周三上午"), ("weekend", "周末（周六上午）")]


def test_without_weekends_there_is_no_proposal_for_one() -> None:
    assert [proposal.code for proposal in proposed_times(at("2026-11-06T10:00"), NO_WEEKENDS)] == ["today", "tomorrow"]


def test_english_labels_carry_no_chinese() -> None:
    proposals = [proposal.label.en for proposal in proposed_times(at("2026-11-02T16:50"), DEFAULT)]
    assert proposals == ["This evening", "Tomorrow morning", "Weekend (Saturday morning)"]


@given(moments, st.sampled_from([DEFAULT, FESTIVAL, NO_WEEKENDS]))
def test_proposals_are_few_ahead_distinct_and_inside_the_windows(moment: datetime, settings: CallingSettings) -> None:
    proposals = proposed_times(moment, settings)
    assert len(proposals) <= 3
    assert [proposal.at for proposal in proposals] == sorted({proposal.at for proposal in proposals})
    assert (
        len({proposal.label.zh for proposal in proposals})
        == len({proposal.code for proposal in proposals})
        == len(proposals)
    )
    for proposal in proposals:
        assert proposal.at >= moment + timedelta(hours=1)
        assert may_call(proposal.at, settings)
        assert problem(proposal.at, moment, settings) is None


def test_a_proposal_is_in_the_zone_of_the_moment_given() -> None:
    assert proposed_times(datetime(2026, 11, 2, 2, tzinfo=UTC), DEFAULT)[0].at == datetime(
        2026, 11, 2, 6, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-02T09:59", ("past", True)),
        ("2026-11-02T10:00", ("past", True)),
        ("2026-11-02T10:01", None),
        ("2026-11-02T12:30", ("outside_hours", False)),
        ("2026-11-03T10:00", ("quiet", True)),
        ("2027-01-01T10:00", ("outside_hours", False)),
        ("2027-01-01T10:01", ("too_far", True)),
    ],
)
def test_past_far_and_quiet_times_are_hard_problems_and_other_hours_are_not(
    when: str, expected: tuple[str, bool] | None
) -> None:
    time_problem = problem(at(when), at("2026-11-02T10:00"), FESTIVAL)
    assert (time_problem and (time_problem.code, time_problem.hard)) == expected


def test_two_appointments_a_quarter_of_an_hour_apart_do_not_clash() -> None:
    others = [(at("2026-11-02T10:15"), 1), (at("2026-11-02T10:14"), 2), (at("2026-11-02T09:46"), 3)]
    assert clashes(at("2026-11-02T10:00"), others, DEFAULT) == (others[2], others[1])
