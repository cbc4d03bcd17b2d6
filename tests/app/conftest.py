"""Fixtures of the shell: a clock that a test sets."""

from __future__ import annotations

import pytest

from tests.clock import Clock, a_morning, set_clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The application at ten in the morning of a day on which people are called."""
    found = Clock(a_morning())
    set_clock(monkeypatch, found)
    return found
