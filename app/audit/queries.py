"""Reading and verifying the chain of audit events."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.audit.chain import event_hash, words_digest
from app.clock import midnight
from app.models import AuditEvent, Erasure, Evaluation, User
from app.models.audit import GENESIS, SALT, WORDS

PER_PAGE = 50


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


@dataclass(frozen=True)
class EventFilter:
    """Which events to show: of these subjects (the first part of an action's name), by this person, on this day."""

    subjects: tuple[str, ...] = ()
    actor: uuid.UUID | None = None
    day: date | None = None


@dataclass(frozen=True)
class EventPage:
    """A page of events, the newest first; its number from 1, how many pages, how many events in all."""

    events: tuple[AuditEvent, ...]
    number: int
    pages: int
    total: int


def events_of(session: Session, evaluation: Evaluation, wanted: EventFilter, number: int = 1) -> EventPage:
    """A page of the events of an evaluation that the filter admits; a number past the last page gives the last."""
    conditions = list(_conditions(evaluation, wanted))
    total = session.scalar(select(func.count(AuditEvent.id)).where(*conditions)) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(number, 1), pages)
    events = session.scalars(
        select(AuditEvent)
        .where(*conditions)
        .options(joinedload(AuditEvent.actor))
        .order_by(AuditEvent.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return EventPage(tuple(events), number, pages, total)


def _conditions(evaluation: Evaluation, wanted: EventFilter) -> Iterator[ColumnElement[bool]]:
    yield AuditEvent.evaluation_id == evaluation.id
    if wanted.subjects:
        yield or_(*(AuditEvent.action.startswith(f"{subject}.", autoescape=True) for subject in wanted.subjects))
    if wanted.actor:
        yield AuditEvent.actor_id == select(User.id).where(User.uuid == wanted.actor).scalar_subquery()
    if wanted.day:
        yield AuditEvent.at >= midnight(wanted.day)
        yield AuditEvent.at < midnight(wanted.day + timedelta(days=1))


def actors_of(session: Session, evaluation: Evaluation) -> Sequence[User]:
    """Everybody who did something that was recorded, by name."""
    acted = select(AuditEvent.actor_id).where(AuditEvent.evaluation_id == evaluation.id)
    return session.scalars(select(User).where(User.id.in_(acted)).order_by(User.display_name, User.id)).all()
