"""Who took which data away."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.commands import record
from app.models import Evaluation, User


def record_export(
    session: Session, evaluation: Evaluation, *, form: str, sha256: str, actor: User | None = None
) -> None:
    """Write down that a file was made, and its SHA-256, so that a copy found later can be told."""
    record(
        session,
        "export.made",
        actor=actor,
        evaluation=evaluation,
        details={"format": form, "sha256": sha256},
    )
