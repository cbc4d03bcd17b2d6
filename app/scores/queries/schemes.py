"""Published scoring schemes, and the preview of a scheme on an evaluation's current data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.queries import scheme_of
from app.models import AuditEvent, Document, Evaluation
from app.scores.queries.grade_uncertainty import GradeUncertainty, grade_uncertainty_of
from app.scores.queries.scores import ScoreOutcome, entries_of, score_of
from surveys.scoring import Comparison, Scheme, compare

ADOPTED = "scheme.adopted"


@dataclass(frozen=True)
class SchemePreview:
    """The sheet a scheme gives now, its uncertainty, its changes to the present sheet, and entries it cannot use."""

    outcome: ScoreOutcome
    uncertainty: GradeUncertainty
    changes: Comparison
    set_aside: tuple[str, ...]


def scheme_preview(session: Session, evaluation: Evaluation, scheme: Scheme) -> SchemePreview:
    """Score the current data by a scheme; nothing is stored. Raises sampling.certificate.Mismatch."""
    outcome = score_of(session, evaluation, scheme)
    present = score_of(session, evaluation)
    names = {item.code: item.name for party in scheme_of(evaluation).parties for item in party.items}
    areas = {area.code: area.name for area in evaluation.station.areas}
    return SchemePreview(
        outcome,
        grade_uncertainty_of(outcome, scheme),
        compare(present.sheet.to_dict(), outcome.sheet.to_dict()),
        tuple(
            " · ".join(filter(None, (names.get(item, item), areas.get(area, area))))
            for item, area in entries_of(session, evaluation, scheme).set_aside
        ),
    )


def published_schemes(session: Session) -> Sequence[Document]:
    """Every scheme, the newest version of each first."""
    return session.scalars(
        select(Document).where(Document.kind == "scheme").order_by(Document.document_id, Document.version.desc())
    ).all()


def scheme_document(session: Session, document_id: str, version: int) -> Document | None:
    """One published scheme."""
    return session.scalar(
        select(Document).where(
            Document.kind == "scheme", Document.document_id == document_id, Document.version == version
        )
    )


def next_version(session: Session, document_id: str) -> int:
    """The version the next scheme of that id is published under."""
    newest = session.scalar(
        select(func.max(Document.version)).where(Document.kind == "scheme", Document.document_id == document_id)
    )
    return (newest or 0) + 1


def scheme_with_same_content(session: Session, body: dict[str, Any]) -> Document | None:
    """The newest published scheme of that id whose content is the same apart from the version number."""
    same_documents = (
        document
        for document in published_schemes(session)
        if document.document_id == body["id"] and document.body | {"version": 0} == body | {"version": 0}
    )
    return next(same_documents, None)


def adoption_of(session: Session, evaluation: Evaluation) -> AuditEvent | None:
    """The audit event of the change to the present scheme; None where the evaluation began with it."""
    return session.scalar(
        select(AuditEvent)
        .where(AuditEvent.evaluation_id == evaluation.id, AuditEvent.action == ADOPTED)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
