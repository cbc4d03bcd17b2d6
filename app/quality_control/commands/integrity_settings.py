"""Changing which rules look at an evaluation's interviews, and from which thresholds on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.models import Evaluation, IntegritySetting, User
from app.quality_control.queries.integrity import integrity_settings_of
from app.shared.guards import refuse_when_recused, refuse_when_settled
from surveys.integrity.settings import read_integrity_settings


def set_rules(session: Session, evaluation: Evaluation, body: dict[str, Any], *, actor: User | None = None) -> None:
    """Set the rules of an evaluation; raises InvalidDocument with every complaint. What stays the same is no change.

    Back-checks already drawn stay drawn, whatever the rules say now.
    """
    session.execute(select(Evaluation.id).where(Evaluation.id == evaluation.id).with_for_update())
    refuse_when_settled(session, evaluation)
    refuse_when_recused(session, evaluation, actor)
    settings = read_integrity_settings(body)
    changed = integrity_settings_of(session, evaluation).differences(settings)
    if not changed:
        return
    row = session.get(IntegritySetting, evaluation.id, populate_existing=True)
    row = row or IntegritySetting(evaluation_id=evaluation.id)
    row.body, row.changed_at, row.changed_by_id = settings.to_json(), now(), actor.id if actor else None
    session.add(row)
    session.flush()
    record(session, "integrity.settings_changed", actor=actor, evaluation=evaluation, details=changed)
