"""Changing the desk settings of an evaluation: calling hours, quiet times, limits."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule_waiting
from app.cases.queries import settings_of
from app.database import lock_row
from app.models import DeskSetting, Evaluation, User
from app.shared.commands import save_settings
from app.shared.guards import refuse_when_closed
from surveys.calling.reading import read_calling_settings


def set_settings(session: Session, evaluation: Evaluation, body: dict[str, Any], *, actor: User | None = None) -> int:
    """Save the desk settings of an evaluation; raises InvalidDocument with every problem. Equal settings: no change.

    Cases that wait are scheduled by the new settings at once (its cost: app.cases.commands.reschedule_waiting);
    returns how many of them that changed.
    """
    lock_row(session, Evaluation.id, evaluation.id)
    refuse_when_closed(session, evaluation)
    settings = read_calling_settings(body)
    before, after = settings_of(session, evaluation).to_json(), settings.to_json()
    changed = {name: f"{_plain(before[name])} → {_plain(after[name])}" for name in after if before[name] != after[name]}
    if not changed:
        return 0
    save_settings(session, DeskSetting, evaluation, after, actor=actor)
    rescheduled = reschedule_waiting(session, evaluation)
    details = {**changed, "rescheduled": rescheduled}
    record(session, "desk.settings_changed", actor=actor, evaluation=evaluation, details=details)
    return rescheduled


def _plain(value: Any) -> str:
    """A setting as one line of text: 09:00-11:30, 14:30-17:30."""
    if not isinstance(value, list):
        return str(value).lower() if isinstance(value, bool) else str(value)
    parts = [
        "-".join(entry) if isinstance(entry, list) else f"{entry['from']}-{entry['to']} {entry['reason']}"
        for entry in value
    ]
    return ", ".join(parts) or "0"
