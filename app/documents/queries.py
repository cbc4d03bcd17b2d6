"""Stored documents as objects of the pure libraries, parsed once per digest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Document, Evaluation
from app.shared.cache import BoundedCache
from surveys import integrity
from surveys import outcomes as outcome_lists
from surveys import questionnaire as questionnaires
from surveys.integrity import IntegrityRules
from surveys.outcomes import OutcomeList
from surveys.questionnaire import Questionnaire
from surveys.scoring import parsing as schemes
from surveys.scoring.scheme import Scheme

AnyParsed = Questionnaire | Scheme | OutcomeList | IntegrityRules
Parsed = TypeVar("Parsed", bound=AnyParsed)
PARSERS: Mapping[str, Callable[[object], AnyParsed]] = {
    "questionnaire": questionnaires.parse,
    "scheme": schemes.parse,
    "outcomes": outcome_lists.parse,
    "integrity": integrity.parse,
}
# Immutable under its digest, so a parsed document serves every later request of this process.
_documents: BoundedCache[str, Any] = BoundedCache(most=256)


class DocumentChanged(RuntimeError):
    """A stored document no longer has the digest it was published under."""


def questionnaire_of(evaluation: Evaluation) -> Questionnaire:
    """The questionnaire of an evaluation; raises DocumentChanged when the stored text was altered."""
    return questionnaire_in(evaluation.questionnaire)


def questionnaire_in(document: Document) -> Questionnaire:
    """A stored questionnaire; raises DocumentChanged when the stored text was altered."""
    return _parsed(document, questionnaires.parse)


def scheme_of(evaluation: Evaluation) -> Scheme:
    """The scoring scheme of an evaluation; raises DocumentChanged when the stored text was altered."""
    return _parsed(evaluation.scheme, schemes.parse)


def outcomes_of(evaluation: Evaluation) -> OutcomeList:
    """The outcome codes of an evaluation, the delivered list where none was chosen; raises DocumentChanged."""
    return outcome_lists.DEFAULT if evaluation.outcomes is None else outcome_list(evaluation.outcomes)


def outcome_list(document: Document) -> OutcomeList:
    """A stored list of outcome codes; raises DocumentChanged when the stored text was altered."""
    return _parsed(document, outcome_lists.parse)


def parsed_document(document: Document) -> AnyParsed:
    """A stored document of any kind; raises DocumentChanged when the stored text was altered."""
    return _parsed(document, PARSERS[document.kind])


def languages_of(document: Document) -> tuple[str, ...]:
    """The languages a document is written in: Chinese and English always, Cantonese ("yue") where any text has it."""
    return ("zh", "en", "yue") if _speaks_cantonese(document.body) else ("zh", "en")


def _speaks_cantonese(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value.get("yue")) or any(_speaks_cantonese(part) for part in value.values())
    return isinstance(value, list) and any(_speaks_cantonese(part) for part in value)


def _parsed(document: Document, parse: Callable[[object], Parsed]) -> Parsed:
    def read() -> Parsed:
        parsed = parse(document.body)
        if parsed.digest != document.digest:
            raise DocumentChanged(f"{document.kind} {document.document_id} {document.version}")
        return parsed

    parsed: Parsed = _documents.get(document.digest, read)
    return parsed


def documents_of_kind(session: Session, kind: str) -> Sequence[Document]:
    """Published documents of one kind, by id, the newest version first."""
    query = select(Document).where(Document.kind == kind).order_by(Document.document_id, Document.version.desc())
    return session.scalars(query).all()


def document_named(session: Session, kind: str, document_id: str, version: int) -> Document | None:
    """The published document of that kind, id and version, if there is one."""
    return session.scalar(
        select(Document).where(Document.kind == kind, Document.document_id == document_id, Document.version == version)
    )
