"""Changing the integrity rules of an evaluation: which are used, and their thresholds."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.audit.commands import record
from app.database import lock_row
from app.models import Evaluation, IntegritySetting, User
from app.quality_control.queries.integrity import integrity_settings_of
from app.shared.commands import save_settings
from app.shared.guards import refuse_when_recused, refuse_when_settled
from surveys.integrity.settings import read_integrity_settings


def set_rules(session: Session, evaluation: Evaluation, body: dict[str, Any], *, actor: User | None = None) -> None:
    """Save the integrity rules of an evaluation; raises InvalidDocument with every problem. Equal: no change.

    Back-checks already drawn are kept.
    """
    lock_row(session, Evaluation.id, evaluation.id)
    refuse_when_settled(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    settings = read_integrity_settings(body)
    changed = integrity_settings_of(session, evaluation).differences(settings)
    if not changed:
        return
    save_settings(session, IntegritySetting, evaluation, settings.to_json(), actor=actor)
    record(session, "integrity.settings_changed", actor=actor, evaluation=evaluation, details=changed)
