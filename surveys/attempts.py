"""When a case that nobody could reach may be given up: the attempt rule, once.

At least three attempts, on at least two days and in at least two parts of the day
(the setting's default; the day parts are those of reference/domain.md, 5.2: before noon, afternoon, evening, weekend).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LEAST_ATTEMPTS = 3
LEAST_DAYS = 2
LEAST_DAY_PARTS = 2
NOON, EVENING, SATURDAY = 12, 18, 5


def day_part(moment: datetime) -> str:
    """Weekend, or morning, afternoon or evening of a working day; `moment` is in local time.

    >>> day_part(datetime(2026, 11, 2, 11, 59)), day_part(datetime(2026, 11, 2, 18, 0)), day_part(datetime(2026, 11, 7))
    ('morning', 'evening', 'weekend')
    """
    if moment.weekday() >= SATURDAY:
        return "weekend"
    return "morning" if moment.hour < NOON else "afternoon" if moment.hour < EVENING else "evening"


@dataclass(frozen=True)
class Lacking:
    """What is missing before a case may be given up: attempts, days, parts of the day."""

    attempts: int
    days: int
    day_parts: int

    def __bool__(self) -> bool:
        return bool(self.attempts or self.days or self.day_parts)


def lacking(tries: Sequence[datetime]) -> Lacking:
    """What these attempts, in local time, still lack; three calls within minutes are not three.

    >>> lacking([datetime(2026, 11, 2, 9), datetime(2026, 11, 2, 9, 5), datetime(2026, 11, 2, 9, 9)])
    Lacking(attempts=0, days=1, day_parts=1)
    """
    days = {moment.date() for moment in tries}
    parts = {day_part(moment) for moment in tries}
    return Lacking(
        attempts=max(LEAST_ATTEMPTS - len(tries), 0),
        days=max(LEAST_DAYS - len(days), 0),
        day_parts=max(LEAST_DAY_PARTS - len(parts), 0),
    )
