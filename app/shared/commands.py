"""Commands that several subjects share: saving the settings of an evaluation."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.clock import now
from app.models import DeskSetting, Evaluation, IntegritySetting, User

Setting = TypeVar("Setting", DeskSetting, IntegritySetting)


def save_settings(
    session: Session,
    kind: type[Setting],
    evaluation: Evaluation,
    body: dict[str, Any],
    *,
    actor: User | None,
) -> None:
    """Overwrite the settings of an evaluation, with time and actor; the caller records the change in the audit log."""
    row = session.get(kind, evaluation.id, populate_existing=True) or kind(evaluation_id=evaluation.id)
    row.body, row.changed_at, row.changed_by_id = body, now(), actor.id if actor else None
    session.add(row)
    session.flush()
