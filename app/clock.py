"""The one place that reads the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from surveys.calling.local_time import GUANGZHOU


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as a clock in Guangzhou shows it."""
    return moment.astimezone(GUANGZHOU)


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Guangzhou."""
    return datetime.combine(day, time.min, GUANGZHOU)
