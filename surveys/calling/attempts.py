"""When a case without contact may be given up, and how often one person may be called.

By default at least three attempts, on at least two days and in at least two parts of the day
(before noon, afternoon, evening, weekend; docs/domain.md, section 6.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as ClockTime

from surveys.calling.local_time import in_zone_of, to_local
from surveys.calling.settings import CallingSettings

NOON, EVENING, SATURDAY = 12, 18, 5
# In the order of their bits: 1, 2, 4, 8.
DAY_PARTS = ("morning", "afternoon", "evening", "weekend")


def day_part(moment: datetime) -> str:
    """Weekend, or morning, afternoon or evening of a day from Monday to Friday.

    >>> day_part(datetime(2026, 11, 2, 11, 59)), day_part(datetime(2026, 11, 2, 18, 0)), day_part(datetime(2026, 11, 7))
    ('morning', 'evening', 'weekend')
    """
    local = to_local(moment)
    if local.weekday() >= SATURDAY:
        return "weekend"
    return "morning" if local.hour < NOON else "afternoon" if local.hour < EVENING else "evening"


def bit(part: str) -> int:
    """The bit of a day part in a mask of those tried: morning 1, afternoon 2, evening 4, weekend 8.

    >>> bit("evening")
    4
    """
    return 1 << DAY_PARTS.index(part)


def parts(mask: int) -> tuple[str, ...]:
    """The day parts in a mask, in the order of their bits.

    >>> parts(9)
    ('morning', 'weekend')
    """
    return tuple(part for part in DAY_PARTS if mask & bit(part))


def mask_of(tries: Sequence[datetime]) -> int:
    """The mask of the day parts in which these attempts fell.

    >>> mask_of([datetime(2026, 11, 2, 9), datetime(2026, 11, 3, 10), datetime(2026, 11, 7, 10)])
    9
    """
    mask = 0
    for moment in tries:
        mask |= bit(day_part(moment))
    return mask


def parts_of(settings: CallingSettings) -> tuple[str, ...]:
    """The day parts in which these settings allow calls."""
    covered = {
        part
        for slot in settings.working_days
        for part, begins, ends in (("morning", 0, NOON), ("afternoon", NOON, EVENING), ("evening", EVENING, 24))
        if slot.begins.hour < ends and slot.ends > ClockTime(begins)
    }
    if settings.rest_days:
        covered.add("weekend")
    return tuple(part for part in DAY_PARTS if part in covered)


@dataclass(frozen=True)
class Lacking:
    """What is missing before a case may be given up: attempts, days, parts of the day."""

    attempts: int
    days: int
    day_parts: int

    def __bool__(self) -> bool:
        return bool(self.attempts or self.days or self.day_parts)


def lacking(tries: Sequence[datetime], settings: CallingSettings) -> Lacking:
    """What these attempts still lack; several calls within minutes do not fill the days and parts of the day.

    >>> lacking([datetime(2026, 11, 2, 9), datetime(2026, 11, 2, 9, 5), datetime(2026, 11, 2, 9, 9)], CallingSettings())
    Lacking(attempts=0, days=1, day_parts=1)
    """
    days = {to_local(moment).date() for moment in tries}
    tried = {day_part(moment) for moment in tries}
    return Lacking(
        attempts=max(settings.least_attempts - len(tries), 0),
        days=max(settings.least_days - len(days), 0),
        day_parts=max(settings.least_day_parts - len(tried), 0),
    )


def earliest_within_call_limits(tries: Sequence[datetime], moment: datetime, settings: CallingSettings) -> datetime:
    """The first moment, not before `moment`, at which one more call keeps within the limits of calls a day and a week.

    A week is any seven days in a row. Within the limits that is `moment` itself, else the midnight of a later day.

    >>> calls = [datetime(2026, 11, 2, hour) for hour in (9, 10, 11)]
    >>> earliest_within_call_limits(calls, datetime(2026, 11, 2, 15), CallingSettings())
    datetime.datetime(2026, 11, 3, 0, 0)
    """
    days = [to_local(at).date() for at in tries]
    local = to_local(moment)
    day = local.date()
    while days.count(day) >= settings.most_calls_a_day or (
        sum(day - timedelta(days=7) < called_on <= day for called_on in days) >= settings.most_calls_a_week
    ):
        day += timedelta(days=1)
    return moment if day == local.date() else in_zone_of(moment, datetime.combine(day, ClockTime(0, 0)))
