"""Publishing the delivered documents."""

from __future__ import annotations

import copy

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.commands import DELIVERED, add_document, publish_delivered
from app.documents.queries import PARSERS, languages_of, parsed_document
from app.models import AuditEvent, Document
from app.shared.errors import Refused
from surveys import library


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_every_delivered_document_is_published_once_under_its_digest(session: Session) -> None:
    stems = {
        (kind, stem): digest for kind, folder in DELIVERED.items() for stem, digest in library.digests(folder).items()
    }
    assert publish_delivered(session).published == len(stems)
    stored = {(d.kind, f"{d.document_id}-{d.version}"): d.digest for d in session.scalars(select(Document))}
    assert stored == stems
    events = count(session, AuditEvent)
    again = publish_delivered(session)
    assert (again.published, again.refused, count(session, AuditEvent)) == (0, (), events)


def test_a_version_in_use_for_another_text_is_left_alone_and_named(session: Session) -> None:
    body = library.body("questionnaires", "recipient", 1)
    session.add(Document(kind="questionnaire", document_id="recipient", version=1, digest="0" * 64, body=body))
    session.flush()
    delivery = publish_delivered(session)
    assert delivery.refused == ("recipient 1",)
    assert delivery.published > 3


@pytest.mark.parametrize("kind", PARSERS)
def test_nobody_takes_the_version_of_a_delivered_document(session: Session, kind: str) -> None:
    body = copy.deepcopy(library.bodies(DELIVERED[kind])[0])
    if kind == "integrity":
        body["rules"] = body["rules"][:1]
    else:
        body["title"]["zh"] = "改过的"
    with pytest.raises(Refused) as refused:
        add_document(session, kind, body)
    assert refused.value.code == "version-taken"


def test_cantonese_is_named_where_a_document_has_it(session: Session) -> None:
    publish_delivered(session)
    spoken = {d.kind for d in session.scalars(select(Document)) if "yue" in languages_of(d)}
    assert spoken == {"questionnaire"}
    for document in session.scalars(select(Document)):
        assert parsed_document(document).digest == document.digest
