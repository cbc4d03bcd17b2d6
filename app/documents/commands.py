"""Publishing documents: questionnaires, scoring schemes, lists of outcome codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.database import lock_for_append
from app.models import (
    Document,
    User,
)
from app.shared.errors import Refused
from surveys import library, outcomes
from surveys import questionnaire as questionnaires
from surveys.outcomes import OutcomeList
from surveys.questionnaire import Questionnaire
from surveys.scoring import parsing as schemes
from surveys.scoring.scheme import Scheme

PUBLISH_LOCK = 7_310_025
PARSERS: Mapping[str, Callable[[object], Questionnaire | Scheme | OutcomeList]] = {
    "questionnaire": questionnaires.parse,
    "scheme": schemes.parse,
    "outcomes": outcomes.parse,
}


def add_document(session: Session, kind: str, body: dict[str, Any], *, actor: User | None = None) -> Document:
    """Publish a questionnaire, scheme or list of outcomes; raises InvalidDocument or InvalidScheme with all mistakes.

    Adding the same document twice is harmless; another text under a used id and version is refused.
    """
    parsed = PARSERS[kind](body)
    # Serialise publishing: the same text sent twice at once is published once.
    lock_for_append(session, PUBLISH_LOCK)
    existing = session.scalar(
        select(Document).where(
            Document.kind == kind, Document.document_id == parsed.id, Document.version == parsed.version
        )
    )
    if existing is not None and existing.digest == parsed.digest:
        return existing
    # A delivered list of outcomes is in use without being published: its id and version are taken.
    delivered = library.digests("outcomes").get(f"{parsed.id}-{parsed.version}") if kind == "outcomes" else None
    if existing is not None or (delivered is not None and delivered != parsed.digest):
        raise Refused(
            _(
                "「%(id)s」第 %(version)s 版已经发布，内容不同。请改用新的版本号。",
                id=parsed.id,
                version=parsed.version,
            ),
            "version-taken",
        )
    document = Document(kind=kind, document_id=parsed.id, version=parsed.version, digest=parsed.digest, body=body)
    session.add(document)
    record(
        session,
        "document.published",
        actor=actor,
        details={"kind": kind, "id": parsed.id, "version": parsed.version, "digest": parsed.digest},
    )
    return document
