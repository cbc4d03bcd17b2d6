"""What was done, by whom, when: append-only, each event chained to the one before by its hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Digest, RowId

GENESIS = "0" * 64


class AuditEvent(Base):
    """One thing done. Details carry no personal data: codes, counts, digests and public ids only."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_evaluation", "evaluation_id", "id"),)

    id: Mapped[RowId]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]
    # UNIQUE: two events can never follow the same one, so the chain cannot fork.
    previous: Mapped[Digest] = mapped_column(unique=True)
    hash: Mapped[Digest] = mapped_column(unique=True)

    actor: Mapped[User | None] = relationship()
