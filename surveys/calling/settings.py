"""What an evaluation may set about calling people, within the limits that protect the people called.

The body is a JSON object with the names of `CallingSettings`; a name left out keeps its default.
Moments in it are local, without a zone: "2026-02-16T12:00"; windows are pairs of "HH:MM".
Defaults: docs/domain.md, section 6.2 (windows, calls a day and a week), section 6.3 (attempts) and section 6.5
(back-checks).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from datetime import time as ClockTime
from typing import Any

# The least that can be set as required before a case without contact is given up.
LEAST_ATTEMPTS = 3
LEAST_DAYS = 2
LEAST_DAY_PARTS = 2


@dataclass(frozen=True)
class Slot:
    """A stretch of a day in which people may be called: from its beginning until just before its end."""

    begins: ClockTime
    ends: ClockTime


@dataclass(frozen=True)
class Quiet:
    """A stretch in which nobody is called, appointments included; local moments, `ends` itself is free again."""

    begins: datetime
    ends: datetime
    reason: str


def _slots(*pairs: tuple[int, int, int, int]) -> tuple[Slot, ...]:
    return tuple(Slot(ClockTime(a, b), ClockTime(c, d)) for a, b, c, d in pairs)


@dataclass(frozen=True)
class CallingSettings:
    """How a station's people are called; units are in the names.

    `most_calls_a_day` and `most_calls_a_week` count calls to one person, not calls of an interviewer.
    """

    working_days: tuple[Slot, ...] = _slots((9, 0, 11, 30), (14, 30, 17, 30), (18, 30, 20, 30))
    rest_days: tuple[Slot, ...] = _slots((9, 30, 11, 30), (14, 30, 20, 0))
    call_on_public_holidays: bool = False
    quiet: tuple[Quiet, ...] = ()
    most_attempts: int = 5
    least_attempts: int = LEAST_ATTEMPTS
    least_days: int = LEAST_DAYS
    least_day_parts: int = LEAST_DAY_PARTS
    most_calls_a_day: int = 3
    most_calls_a_week: int = 5
    lease_minutes: int = 20
    undo_seconds: int = 10
    back_check_percent: int = 10
    web_wait_days: int = 3
    clash_minutes: int = 15

    def to_json(self) -> dict[str, Any]:
        """The body that `surveys.calling.reading.read_calling_settings` reads back to equal settings."""
        body = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("working_days", "rest_days"):
            body[name] = [[f"{slot.begins:%H:%M}", f"{slot.ends:%H:%M}"] for slot in body[name]]
        body["quiet"] = [_written(quiet) for quiet in self.quiet]
        return body


def _written(quiet: Quiet) -> dict[str, str]:
    """Whole days as dates, the last one included, as people say them; otherwise moments."""
    if quiet.begins.time() == quiet.ends.time() == ClockTime(0, 0):
        last = quiet.ends.date() - timedelta(days=1)
        return {"from": quiet.begins.date().isoformat(), "to": last.isoformat(), "reason": quiet.reason}
    begins, ends = (moment.isoformat(timespec="minutes") for moment in (quiet.begins, quiet.ends))
    return {"from": begins, "to": ends, "reason": quiet.reason}


DEFAULT = CallingSettings()
