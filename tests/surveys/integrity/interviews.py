"""Builders of the interviews that the rules check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from surveys.integrity import Interview

MORNING = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)


def an_interview(name: str = "1", interviewer: str = "chen", **changes: Any) -> Interview:
    """An unremarkable interview by telephone: 20 questions in 200 seconds, with a call of that length."""
    plain = Interview(
        id=name,
        interviewer=interviewer,
        mode="phone",
        started=MORNING,
        ended=MORNING + timedelta(seconds=200),
        questions=20,
        total_seconds=200,
        scale=(100, 100, 80, 100, 60, 100, 100, 80),
        had_call=True,
        call_seconds=230,
        satisfied=True,
    )
    return replace(plain, **changes)


def several(count: int, interviewer: str = "chen", start: int = 0, **changes: Any) -> list[Interview]:
    """Interviews alike but for their names."""
    return [an_interview(f"{interviewer}{start + i:04d}", interviewer, **changes) for i in range(count)]
