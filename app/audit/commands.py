"""Appending to the chain of audit events."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.chain import event_hash, words_digest
from app.clock import now
from app.database import lock_for_append
from app.models import AuditEvent, Evaluation, User
from app.models.audit import CHAIN_LOCK, GENESIS, SALT, WORDS


def record(
    session: Session,
    action: str,
    *,
    actor: User | None = None,
    evaluation: Evaluation | None = None,
    subject: uuid.UUID | None = None,
    details: dict[str, Any] | None = None,
    words: dict[str, str] | None = None,
) -> AuditEvent:
    """Append one event. Call it last in a command: on PostgreSQL the chain stays locked until the commit.

    `words`: by name, what somebody typed about a person, which can be erased later.
    """
    session.flush()
    lock_for_append(session, CHAIN_LOCK)
    at, details = now(), details or {}
    salted_words = None if words is None else {SALT: secrets.token_hex(16), **words}
    if salted_words is not None:
        details = {**details, WORDS: words_digest(salted_words)}
    previous = head(session)
    actor_id = actor.id if actor else None
    evaluation_id = evaluation.id if evaluation else None
    digest = event_hash(previous, at, actor_id, evaluation_id, action, subject, details)
    event = AuditEvent(
        at=at,
        actor_id=actor_id,
        evaluation_id=evaluation_id,
        action=action,
        subject=subject,
        details=details,
        words=salted_words,
        previous=previous,
        hash=digest,
    )
    session.add(event)
    session.flush()
    return event


def head(session: Session) -> str:
    """The hash of the newest event, or the genesis value."""
    return session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)) or GENESIS
