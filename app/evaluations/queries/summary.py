"""An evaluation as one JSON value: how it was set up, who is on the frame in counts, what is undecided."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.evaluations.queries.administration import members_of
from app.evaluations.queries.drafts import areas_of
from app.ledger.queries.findings import undecided_findings
from app.ledger.queries.frames import categories_of, frame_of, villages_of
from app.models import Document, Evaluation
from surveys.setup import AreaSetup, DocumentChoice, EvaluationSetup, MemberSetup, StationSetup


def summary_of(session: Session, evaluation: Evaluation) -> dict[str, Any]:
    """Set-up, frame and undecided findings; nobody is named but the accounts of the members."""
    return {
        "slug": evaluation.slug,
        "setup": setup_of(session, evaluation).to_json(),
        "withdrawn_at": evaluation.withdrawn_at.isoformat() if evaluation.withdrawn_at else None,
        "replaces": evaluation.replaces.slug if evaluation.replaces else None,
        "frame": _frame(session, evaluation),
        "undecided_findings": dict(undecided_findings(session, evaluation)),
    }


def setup_of(session: Session, evaluation: Evaluation) -> EvaluationSetup:
    """The description an evaluation could be opened with again."""
    return EvaluationSetup(
        title=evaluation.title,
        stage=evaluation.stage,
        reading=evaluation.reading,
        period_start=evaluation.period_start,
        period_end=evaluation.period_end,
        held_on=evaluation.held_on,
        keep_until=evaluation.keep_until,
        evaluator=evaluation.evaluator,
        commissioner=evaluation.commissioner,
        purchaser=evaluation.purchaser,
        hotline=evaluation.hotline or "",
        station=_station(session, evaluation),
        questionnaire=_choice(evaluation.questionnaire),
        scheme=_choice(evaluation.scheme),
        outcomes=_choice(evaluation.outcomes) if evaluation.outcomes else None,
        members=tuple(MemberSetup(m.user.username, m.role) for m in members_of(session, evaluation)),
    )


def _station(session: Session, evaluation: Evaluation) -> StationSetup:
    station = evaluation.station
    return StationSetup(
        name=station.name,
        operator=station.operator,
        street=station.street,
        district=station.district,
        hotline=station.hotline or "",
        areas=tuple(AreaSetup(name, tuple(villages)) for name, villages in areas_of(session, station)),
    )


def _choice(document: Document) -> DocumentChoice:
    return DocumentChoice(document.document_id, document.version)


def _frame(session: Session, evaluation: Evaluation) -> dict[str, Any] | None:
    """People on the frame in all, by village and by category (a person in several counts in each); None without one."""
    frame = frame_of(session, evaluation)
    if frame is None:
        return None
    return {
        "sealed_at": frame.sealed_at.isoformat() if frame.sealed_at else None,
        "fingerprint": frame.fingerprint,
        "people": frame.people_count,
        "priority": frame.priority_count,
        "by_village": {row.name: row.people for row in villages_of(session, evaluation, frame)},
        "by_category": {row.code: row.people for row in categories_of(session, frame)},
    }
