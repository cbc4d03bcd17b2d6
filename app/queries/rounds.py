"""The rounds of one station."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Draw, Evaluation


def previous_draw(session: Session, evaluation: Evaluation) -> Draw | None:
    """The live draw of the same station's evaluation before this one."""
    return session.scalar(
        select(Draw)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(
            Evaluation.station_id == evaluation.station_id,
            Evaluation.id != evaluation.id,
            Evaluation.held_on < evaluation.held_on,
            Draw.voided_at.is_(None),
        )
        .order_by(Evaluation.held_on.desc(), Draw.id.desc())
        .limit(1)
    )
