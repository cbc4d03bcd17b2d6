"""Reading and verifying the chain of audit events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.audit.chain import event_hash, words_digest
from app.models import AuditEvent, Erasure, Evaluation
from app.models.audit import GENESIS, SALT, WORDS


@dataclass(frozen=True)
class ChainCheck:
    """The result of verifying the chain: events checked, hash of the last good one, id of the first bad one or None."""

    events: int
    head: str
    broken_at: int | None

    @property
    def is_intact(self) -> bool:
        """Whether no event was altered, removed or inserted."""
        return self.broken_at is None


def verify_chain(session: Session) -> ChainCheck:
    """Recompute every hash in order, in constant memory; words may be missing only where an evaluation was erased."""
    previous, events = GENESIS, 0
    erased = set(session.scalars(select(Erasure.evaluation_id)))
    rows = session.execute(
        select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.actor_id,
            AuditEvent.evaluation_id,
            AuditEvent.action,
            AuditEvent.subject,
            AuditEvent.details,
            AuditEvent.words,
            AuditEvent.previous,
            AuditEvent.hash,
        )
        .order_by(AuditEvent.id)
        .execution_options(yield_per=2_000)
    )
    for row in rows:
        events += 1
        expected = event_hash(previous, row.at, row.actor_id, row.evaluation_id, row.action, row.subject, row.details)
        digest = words_digest(row.words) if row.words is not None else None
        same = digest == row.details.get(WORDS) or (digest is None and row.evaluation_id in erased)
        if row.previous != previous or row.hash != expected or not same:
            rows.close()
            return ChainCheck(events, previous, row.id)
        previous = row.hash
    return ChainCheck(events, previous, None)


def details_of(event: AuditEvent) -> dict[str, Any]:
    """The details with the words in place of their digest; None in its place where they were erased."""
    details = {name: value for name, value in event.details.items() if name != WORDS}
    if event.words is not None:
        return details | {name: value for name, value in event.words.items() if name != SALT}
    return details | ({WORDS: None} if WORDS in event.details else {})


def latest_events(session: Session, evaluation: Evaluation, limit: int = 200) -> list[AuditEvent]:
    """The newest events of an evaluation."""
    return list(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.evaluation_id == evaluation.id)
            .options(joinedload(AuditEvent.actor))
            .order_by(AuditEvent.id.desc())
            .limit(limit)
        )
    )
