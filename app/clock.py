"""The one place that reads the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from surveys.calling.local_time import GUANGZHOU


def system_time() -> datetime:
    """What the machine's clock says; a test puts its own clock here, and every caller of now() follows."""
    return datetime.now(UTC)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return system_time()


def local(moment: datetime) -> datetime:
    """The same moment as a clock in Guangzhou shows it."""
    return moment.astimezone(GUANGZHOU)


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Guangzhou."""
    return datetime.combine(day, time.min, GUANGZHOU)
