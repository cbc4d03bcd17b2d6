"""Fixtures of the shell: a clock for the pages of the desk."""

from __future__ import annotations

import pytest

from tests.clock import Clock, a_morning


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The pages of the desk at ten in the morning of a day on which people are called."""
    found = Clock(a_morning())
    for module in ("cases", "calls", "outcomes", "page", "ways"):
        monkeypatch.setattr(f"app.blueprints.desk.{module}.now", found)
    monkeypatch.setattr("app.desk.forms.appointments.now", found)
    return found
