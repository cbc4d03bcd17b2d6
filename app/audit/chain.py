"""The hash chain over audit events: what each event's hash covers."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any


def event_hash(
    previous: str,
    at: datetime,
    actor_id: int | None,
    evaluation_id: int | None,
    action: str,
    subject: uuid.UUID | None,
    details: dict[str, Any],
) -> str:
    """SHA-256, in hex, over the previous event's hash and all fields of the event, as JSON with sorted keys."""
    content = [
        previous,
        at.isoformat(timespec="microseconds"),
        actor_id,
        evaluation_id,
        action,
        None if subject is None else str(subject),
        details,
    ]
    return _digest(content)


def words_digest(words: dict[str, Any]) -> str:
    """The digest by which the chain covers an event's words; the salt among them prevents guessing them from it."""
    return _digest(words)


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
