"""A clock that a test sets and moves on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.clock import local, now
from surveys.calling.hours import next_opening
from surveys.calling.settings import DEFAULT


class Clock:
    """What a page takes for now."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def goes_on(self, **length: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**length)


def set_clock(monkeypatch: pytest.MonkeyPatch, told: Callable[[], datetime]) -> None:
    """Let the whole application take its time from here until the test ends."""
    monkeypatch.setattr(clock, "system_time", told)


def a_morning() -> datetime:
    """Ten o'clock of a coming day on which people are called, whenever the test runs."""
    ten = (local(now()) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    opens = next_opening(ten, DEFAULT)
    assert opens is not None
    return opens.astimezone(UTC)
