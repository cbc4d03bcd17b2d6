"""The overview of an evaluation: counts of every stage."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.draw.queries.draws import live_ceremony
from app.ledger.queries.frames import frame_of
from app.ledger.queries.readings import _requirement
from app.models import Case, Ceremony, Draw, Evaluation, Frame, LedgerUpload, Response, Settlement
from app.shared.queries import live_draw
from sampling.rule import Reading


@dataclass(frozen=True)
class Overview:
    """Ledgers in use, the frame, the plan in force, the draw, how many cases are closed, how many interviews are
    valid of those required, the settlement."""

    ledgers: int
    frame: Frame | None
    ceremony: Ceremony | None
    draw: Draw | None
    tried: int
    closed: int
    valid: int
    required: int | None
    settlement: Settlement | None

    @property
    def sealed(self) -> bool:
        """Whether the frame is sealed."""
        return self.frame is not None and self.frame.sealed_at is not None


def overview_of(session: Session, evaluation: Evaluation) -> Overview:
    """The overview of an evaluation, read in a few counting queries."""
    ledgers = session.scalar(
        select(func.count())
        .select_from(LedgerUpload)
        .where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
    )
    draw = live_draw(session, evaluation)
    tried = closed = valid = 0
    if draw is not None:
        tried, closed = session.execute(
            select(func.count(Case.outcome), func.count().filter(Case.outcome_final)).where(Case.draw_id == draw.id)
        ).one()
        valid = (
            session.scalar(
                select(func.count())
                .select_from(Response)
                .join(Case, and_(Response.case_id == Case.id, Response.counted))
                .where(Case.draw_id == draw.id, Response.satisfaction_valid)
            )
            or 0
        )
    frame = frame_of(session, evaluation)
    need = _requirement(frame, Reading(evaluation.reading)) if frame else None
    return Overview(
        ledgers=ledgers or 0,
        frame=frame,
        ceremony=live_ceremony(session, evaluation),
        draw=draw,
        tried=tried,
        closed=closed,
        valid=valid,
        required=need.required if need else None,
        settlement=session.scalar(select(Settlement).where(Settlement.evaluation_id == evaluation.id)),
    )
