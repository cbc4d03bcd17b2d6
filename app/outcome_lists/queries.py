"""Reading outcome lists: the delivered one, and those published here."""

from __future__ import annotations

import copy
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Document
from surveys import library
from surveys.outcomes import DEFAULT


def latest_body(session: Session, document_id: str) -> dict[str, Any] | None:
    """The newest version of a list as JSON, a copy to be edited; None where there is no such list."""
    stored = session.scalar(
        select(Document)
        .where(Document.kind == "outcomes", Document.document_id == document_id)
        .order_by(Document.version.desc())
        .limit(1)
    )
    if stored is not None:
        return copy.deepcopy(stored.body)
    return copy.deepcopy(library.body("outcomes", DEFAULT.id, DEFAULT.version)) if document_id == DEFAULT.id else None
