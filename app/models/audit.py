"""Audit events: append-only, each chained to the one before by its hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Digest, RowId

GENESIS = "0" * 64
# Among the details: the digest of the words kept beside them; among the words: their salt.
WORDS, SALT = "words", "salt"
# On PostgreSQL the advisory lock of whoever appends; the triggers of the tallies take it too.
CHAIN_LOCK = 7_310_023


class AuditEvent(Base):
    """One action, with its actor and time; details hold codes, counts, digests and public ids, no personal data.

    Texts about a person are in `words`, outside the chain, with a random salt; the chain covers their digest. So any
    change of them is detected, and they can be erased after the retention period without breaking the chain.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_evaluation", "evaluation_id", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
    )

    id: Mapped[RowId]
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # UNIQUE: two events can never follow the same one, so the chain cannot fork.
    previous: Mapped[Digest] = mapped_column(unique=True)
    hash: Mapped[Digest] = mapped_column(unique=True)

    actor: Mapped[User | None] = relationship()
