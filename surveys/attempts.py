"""When a case that nobody could reach may be given up: the attempt rule, once.

At least three attempts, on at least two days and in at least two parts of the day
(the setting's default; the day parts are those of reference/domain.md, 5.2: before noon, afternoon, evening).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

LEAST_ATTEMPTS = 3
LEAST_DAYS = 2
LEAST_DAY_PARTS = 2
_NOON, _EVENING = 12, 18


def day_part(moment: datetime) -> str:
    """Morning, afternoon or evening by the clock of the place; `moment` is in local time.

    >>> day_part(datetime(2026, 11, 2, 11, 59)), day_part(datetime(2026, 11, 2, 18, 0))
    ('morning', 'evening')
    """
    return "morning" if moment.hour < _NOON else "afternoon" if moment.hour < _EVENING else "evening"


@dataclass(frozen=True)
class Lacking:
    """What is missing before a case may be given up: attempts, days, parts of the day."""

    attempts: int
    days: int
    day_parts: int

    def __bool__(self) -> bool:
        return bool(self.attempts or self.days or self.day_parts)

    def in_words(self) -> str:
        """One sentence in Chinese; empty when nothing is lacking."""
        missing = [
            text
            for number, text in (
                (self.attempts, f"再联系 {self.attempts} 次"),
                (self.days, f"换 {self.days} 个日子"),
                (self.day_parts, f"换 {self.day_parts} 个时段（上午、下午、晚上）"),
            )
            if number
        ]
        return "还不能结案：要" + "，".join(missing) + "。" if missing else ""


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
