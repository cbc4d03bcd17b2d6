"""Appointments: three proposed times, what is wrong with a time, and which appointments are too close to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sampling.text import Text
from surveys.calling.attempts import SATURDAY, day_part
from surveys.calling.hours import FURTHEST_DAYS, day_kind, openings, quiet_at, why_not
from surveys.calling.local_time import WEEKDAYS, day_in_words, in_zone_of, to_local
from surveys.calling.settings import CallingSettings

PARTS = {
    "morning": Text("上午", "morning"),
    "afternoon": Text("下午", "afternoon"),
    "evening": Text("晚上", "evening"),
}
# A proposal is at least an hour away, on the half hour, and leaves time to talk before the window closes.
NOTICE, GRID, TALKING_TIME = timedelta(hours=1), timedelta(minutes=30), timedelta(minutes=15)
WEEKEND_WITHIN_DAYS = 14


@dataclass(frozen=True)
class ProposedTime:
    """A proposed time: `code` today, tomorrow or weekend, its label, and the moment, in the caller's zone."""

    code: str
    label: Text
    at: datetime


@dataclass(frozen=True)
class TimeProblem:
    """What is wrong with a time: past, too_far, quiet (all `hard`) or outside_hours (the person may insist on it)."""

    code: str
    hard: bool
    words: Text


def part_of_clock(local: datetime) -> str:
    """Morning, afternoon or evening, whatever the day of the week."""
    return day_part(local if local.weekday() < SATURDAY else local - timedelta(days=2))


def _times(day: date, earliest: datetime, settings: CallingSettings) -> list[datetime]:
    """The half hours of a day that can be proposed, local."""
    times = []
    for window in openings(day, settings):
        midnight = datetime.combine(day, datetime.min.time())
        at = midnight - (midnight - window.begins) // GRID * GRID
        while at + TALKING_TIME <= window.ends:
            if at >= max(earliest, window.begins):
                times.append(at)
            at += GRID
    return times


def _first(times: list[datetime], parts: Iterable[str]) -> datetime | None:
    """The first time in the first of these parts that has one."""
    return next((at for part in parts for at in times if part_of_clock(at) == part), None)


def proposed_times(moment: datetime, settings: CallingSettings) -> tuple[ProposedTime, ...]:
    """At most three proposals, in order: later today, the next morning, the weekend. Each inside a window.

    >>> [(p.label.zh, f"{p.at:%H:%M}") for p in proposed_times(datetime(2026, 11, 2, 10), CallingSettings())]
    [('今天下午', '14:30'), ('明天上午', '09:00'), ('周末（周六上午）', '09:30')]
    """
    local = to_local(moment)
    earliest = local + NOTICE
    times_by_code: dict[str, datetime] = {}
    if at := _first(_times(local.date(), earliest, settings), ("afternoon", "evening", "morning")):
        times_by_code["today"] = at
    later = [local.date() + timedelta(days=days) for days in range(1, FURTHEST_DAYS + 1)]
    next_days = (_first(_times(day, earliest, settings), PARTS) for day in later)
    if at := next(filter(None, next_days), None):
        times_by_code["tomorrow"] = at
    used = {at.date() for at in times_by_code.values()}
    weekends = [d for d in later[:WEEKEND_WITHIN_DAYS] if d.weekday() >= SATURDAY and day_kind(d).kind != "working"]
    weekend_times = (_first(_times(day, earliest, settings), PARTS) for day in weekends if day not in used)
    if at := next(filter(None, weekend_times), None):
        times_by_code["weekend"] = at
    proposals = [_proposed_time(code, at, local.date(), moment) for code, at in times_by_code.items()]
    return tuple(sorted(proposals, key=lambda proposal: proposal.at))


def _proposed_time(code: str, at: datetime, first_day: date, zone_of: datetime) -> ProposedTime:
    part = PARTS[part_of_clock(at)]
    days = (at.date() - first_day).days
    weekday = WEEKDAYS[at.weekday()]
    weeks = (at.date() - timedelta(days=at.weekday()) - first_day + timedelta(days=first_day.weekday())).days // 7
    if code == "weekend" and weeks <= 1:
        name = (Text("周末", "Weekend"), Text("下周末", "Next weekend"))[weeks]
        label = name + Text(f"（{weekday.zh}{part.zh}）", f" ({weekday.en} {part.en})")
    elif days <= 1:
        label = (Text("今天", "This "), Text("明天", "Tomorrow "))[days] + part
    elif weeks == 0:
        label = Text(f"{weekday.zh}{part.zh}", f"{weekday.en} {part.en}")
    else:
        day = day_in_words(at.date())
        label = Text(f"{day.zh}（{weekday.zh}）{part.zh}", f"{weekday.en}, {day.en}, {part.en}")
    return ProposedTime(code, label, in_zone_of(zone_of, at))


def clashes(
    at: datetime, others: Iterable[tuple[datetime, int]], settings: CallingSettings
) -> tuple[tuple[datetime, int], ...]:
    """The appointments (moment, interviewer) less than `clash_minutes` from `at`, earliest first."""
    near = timedelta(minutes=settings.clash_minutes)
    return tuple(sorted(other for other in others if abs(to_local(other[0]) - to_local(at)) < near))


def problem(at: datetime, moment: datetime, settings: CallingSettings) -> TimeProblem | None:
    """What is wrong with agreeing, at `moment`, to call at `at`; a soft problem may be kept if the person insists."""
    local, present = to_local(at), to_local(moment)
    if local <= present:
        return TimeProblem("past", True, Text("这个时间已经过去。", "This time is in the past."))
    if local > present + timedelta(days=FURTHEST_DAYS):
        message = Text(f"最多可以预约 {FURTHEST_DAYS} 天以内。", f"At most {FURTHEST_DAYS} days ahead.")
        return TimeProblem("too_far", True, message)
    reason = why_not(local, settings)
    if reason is None:
        return None
    if quiet_at(local, settings):
        return TimeProblem("quiet", True, reason.words)
    keep = Text("如果是对方要求的，可以保留。", " Keep it if the person asks for it.")
    return TimeProblem("outside_hours", False, reason.words + keep)
