"""The audit entry of an export."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.commands import record
from app.models import Evaluation, User


def record_export(
    session: Session, evaluation: Evaluation, *, form: str, sha256: str, actor: User | None = None
) -> None:
    """Record in the audit log that a file was made, with its SHA-256, so that a copy can be identified later."""
    record(
        session,
        "export.made",
        actor=actor,
        evaluation=evaluation,
        details={"format": form, "sha256": sha256},
    )
