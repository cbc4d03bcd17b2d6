"""Reading the answer key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import AnswerKey, Case, Draw, Evaluation, Response


def answer_key_of(session: Session, evaluation: Evaluation) -> dict[str, str]:
    """By fact, what counts as knowing it; facts without an entry are left out."""
    rows = session.scalars(select(AnswerKey).where(AnswerKey.evaluation_id == evaluation.id))
    return {row.fact: row.text for row in rows}


def answer_key_entered_at(session: Session, evaluation: Evaluation) -> datetime | None:
    """When it was last changed."""
    return session.scalar(select(func.max(AnswerKey.entered_at)).where(AnswerKey.evaluation_id == evaluation.id))


def interviews_begun(session: Session, evaluation: Evaluation) -> bool:
    """Whether an interviewer has stored an interview of the draw in force."""
    response_id = session.scalar(
        select(Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .where(Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None), Response.mode != "web")
        .limit(1)
    )
    return response_id is not None
