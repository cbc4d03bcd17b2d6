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


def recognisable(*evaluations: Evaluation) -> bool:
    """Whether people of these rounds can be found again in each other: not where their data are erased."""
    return all(one.erasure is None for one in evaluations)


def round_forgotten(session: Session, evaluation: Evaluation) -> Evaluation | None:
    """The evaluation before this one, where it cannot be told any more who was on its list and who was drawn."""
    previous = previous_draw(session, evaluation)
    return None if previous is None or recognisable(previous.evaluation) else previous.evaluation
