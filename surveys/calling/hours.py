"""When people may be called: windows of working days and rest days, public holidays, quiet times.

Public holidays and make-up working days: the package chinesecalendar, from the yearly notice of the State Council.
Beyond its last year the answer is provisional: the day of the week, less the holidays that have a fixed date
(全国年节及纪念日放假办法, Art. 2, as in force since 2025). The notice for a year usually appears in November before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import chinese_calendar

from sampling.text import NOTHING_SAID, Text, joined
from surveys.calling.attempts import SATURDAY
from surveys.calling.local_time import day_in_words, in_zone_of, to_local
from surveys.calling.settings import CallingSettings, Quiet, Slot

FURTHEST_DAYS = 60
HOLIDAYS = {holiday.value: Text(holiday.chinese, holiday.value) for holiday in chinese_calendar.Holiday}
NEW_YEAR, LABOUR, NATIONAL = (
    Text("元旦", "New Year's Day"),
    Text("劳动节", "Labour Day"),
    Text("国庆节", "National Day"),
)
FIXED_HOLIDAYS = {(1, 1): NEW_YEAR, (5, 1): LABOUR, (5, 2): LABOUR} | {(10, n): NATIONAL for n in (1, 2, 3)}


@dataclass(frozen=True)
class Day:
    """What kind of day it is: "working", "rest" or "public_holiday", the latter with its name.

    `provisional`: the State Council's arrangement for that year is not known to this program.
    """

    kind: str
    holiday: Text = NOTHING_SAID
    provisional: bool = False


@dataclass(frozen=True)
class Window:
    """A stretch in which calling is allowed: `begins` <= moment < `ends`, in the zone of the caller's moment."""

    begins: datetime
    ends: datetime
    day: Day


@dataclass(frozen=True)
class WhyNot:
    """Why nobody is called at a moment.

    Codes: quiet, public_holiday, rest_day, working_day, before_hours, between_hours, after_hours.
    """

    code: str
    words: Text
    provisional: bool = False


def day_kind(day: date) -> Day:
    """Whether people work on that day in China.

    >>> day_kind(date(2026, 2, 14)).kind, day_kind(date(2026, 2, 17)).holiday.zh
    ('working', '春节')
    >>> day_kind(date(2027, 2, 6)).kind, day_kind(date(2027, 2, 6)).provisional
    ('rest', True)
    """
    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        fixed = FIXED_HOLIDAYS.get((day.month, day.day), NOTHING_SAID)
        kind = "public_holiday" if fixed else "rest" if day.weekday() >= SATURDAY else "working"
        return Day(kind, fixed, provisional=True)
    if free and name:
        return Day("public_holiday", HOLIDAYS.get(name, Text(name, name)))
    return Day("rest" if free else "working")


def _slots(day: Day, settings: CallingSettings) -> tuple[Slot, ...]:
    if day.kind == "public_holiday" and not settings.call_on_public_holidays:
        return ()
    return settings.working_days if day.kind == "working" else settings.rest_days


def quiet_at(moment: datetime, settings: CallingSettings) -> Quiet | None:
    """The quiet time a moment falls into; not even appointments are called then."""
    local = to_local(moment)
    return next((quiet for quiet in settings.quiet if quiet.begins <= local < quiet.ends), None)


def _without(begins: datetime, ends: datetime, quiet: tuple[Quiet, ...]) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a stretch between quiet times."""
    for stretch in sorted(quiet, key=lambda q: q.begins):
        if stretch.begins < ends and stretch.ends > begins:
            if begins < stretch.begins:
                yield begins, stretch.begins
            begins = stretch.ends
    if begins < ends:
        yield begins, ends


def openings(day: date, settings: CallingSettings) -> tuple[Window, ...]:
    """The stretches of one day in which people may be called, in order; local moments without a zone."""
    kind = day_kind(day)
    return tuple(
        Window(begins, ends, kind)
        for slot in _slots(kind, settings)
        for begins, ends in _without(
            datetime.combine(day, slot.begins), datetime.combine(day, slot.ends), settings.quiet
        )
    )


def may_call(moment: datetime, settings: CallingSettings) -> Window | None:
    """The window that allows calling at this moment, or None."""
    local = to_local(moment)
    for window in openings(local.date(), settings):
        if window.begins <= local < window.ends:
            return Window(in_zone_of(moment, window.begins), in_zone_of(moment, window.ends), window.day)
    return None


def next_opening(moment: datetime, settings: CallingSettings) -> datetime | None:
    """When calling is next allowed: the moment itself inside a window; None when not within 60 days."""
    local = to_local(moment)
    for days in range(FURTHEST_DAYS + 1):
        for window in openings(local.date() + timedelta(days=days), settings):
            if local < window.ends:
                return moment if window.begins <= local else in_zone_of(moment, window.begins)
    return None


def why_not(moment: datetime, settings: CallingSettings) -> WhyNot | None:
    """Why calling is not allowed at this moment, or None when it is."""
    if may_call(moment, settings):
        return None
    local = to_local(moment)
    day = day_kind(local.date())
    if quiet := quiet_at(local, settings):
        return WhyNot("quiet", _quiet_words(quiet), day.provisional)
    slots = _slots(day, settings)
    if not slots:
        return WhyNot(*_closed_all_day(day), day.provisional)
    if local.time() < slots[0].begins:
        code = "before_hours"
    else:
        code = "after_hours" if local.time() >= slots[-1].ends else "between_hours"
    return WhyNot(code, _hours_words(slots, day), day.provisional)


def _quiet_words(quiet: Quiet) -> Text:
    first, last = quiet.begins.date(), (quiet.ends - timedelta(microseconds=1)).date()
    days = day_in_words(first)
    if first != last:
        days += Text("至", " to ") + day_in_words(last)
    return Text(f"免打扰时间（{days.zh}）：{quiet.reason}。", f"Quiet time ({days.en}): {quiet.reason}.")


def _closed_all_day(day: Day) -> tuple[str, Text]:
    if day.kind == "public_holiday":
        return "public_holiday", Text(f"{day.holiday.zh}放假，不打电话。", "No calls on public holidays.")
    if day.kind == "rest":
        return "rest_day", Text("休息日不打电话。", "No calls on days of rest.")
    return "working_day", Text("工作日不打电话。", "No calls on working days.")


def _hours_words(slots: tuple[Slot, ...], day: Day) -> Text:
    hours = [f"{slot.begins:%H:%M}–{slot.ends:%H:%M}" for slot in slots]
    working = day.kind == "working"
    days = Text("工作日", "On working days") if working else Text("休息日", "On days of rest")
    shown = joined(hours)
    return days + Text(f"只在 {shown.zh} 打电话。", f" calls are made {shown.en} only.")
