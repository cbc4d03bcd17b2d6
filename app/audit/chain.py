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
    """SHA-256 over the hash before and everything the event says, in canonical JSON."""
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
    """What the chain holds of words that are kept beside it; their salt lets nobody guess them from it."""
    return _digest(words)


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
