"""Publishing documents: questionnaires, scoring schemes, lists of outcome codes, rules about interviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.database import lock_for_append
from app.documents.queries import PARSERS, document_named
from app.models import Document, User
from app.shared.errors import Refused
from surveys import library

PUBLISH_LOCK = 7_310_025
# The folder of surveys/documents that holds the delivered documents of a kind.
DELIVERED = {"questionnaire": "questionnaires", "scheme": "schemes", "outcomes": "outcomes", "integrity": "integrity"}


@dataclass(frozen=True)
class Delivery:
    """What publishing the delivered documents did: how many were new, and those refused, as "id version"."""

    published: int
    refused: tuple[str, ...]


def publish_delivered(session: Session) -> Delivery:
    """Publish every document delivered with the application that is not published yet; repeating it changes nothing.

    A delivered document whose id and version somebody used for another text is left out and named in the result.
    """
    before = session.scalar(select(func.count()).select_from(Document)) or 0
    refused = []
    for kind, folder in DELIVERED.items():
        for body in library.bodies(folder):
            try:
                add_document(session, kind, body)
            except Refused:
                refused.append(f"{body['id']} {body['version']}")
    session.flush()
    after = session.scalar(select(func.count()).select_from(Document)) or 0
    return Delivery(after - before, tuple(refused))


def add_document(session: Session, kind: str, body: dict[str, Any], *, actor: User | None = None) -> Document:
    """Publish a document of one of the kinds in PARSERS; raises InvalidDocument or InvalidScheme with all mistakes.

    Adding the same document twice is harmless; another text under a used id and version is refused.
    """
    parsed = PARSERS[kind](body)
    # Serialise publishing: the same text sent twice at once is published once.
    lock_for_append(session, PUBLISH_LOCK)
    existing = document_named(session, kind, parsed.id, parsed.version)
    if existing is not None and existing.digest == parsed.digest:
        return existing
    # Delivered documents may be in use without being published: their ids and versions are taken.
    delivered = library.digests(DELIVERED[kind]).get(f"{parsed.id}-{parsed.version}")
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
