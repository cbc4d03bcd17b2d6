"""Where an evaluation stands: one look at every stage."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Draw, Evaluation, Frame, LedgerUpload, Membership, Response, Settlement
from app.queries.evidence import frame_of, live_draw
from sampling.rule import Reading, Requirement, SizeRefused, requirement


@dataclass(frozen=True)
class Overview:
    """Ledgers in use, the frame, the draw, how many cases are closed, how many interviews are valid, the settlement."""

    ledgers: int
    frame: Frame | None
    draw: Draw | None
    tried: int
    closed: int
    valid: int
    settlement: Settlement | None

    @property
    def sealed(self) -> bool:
        """Whether the frame is sealed."""
        return self.frame is not None and self.frame.sealed_at is not None


def evaluations_of(session: Session, user_id: int) -> list[Evaluation]:
    """The evaluations a person takes part in, the newest first."""
    return list(
        session.scalars(
            select(Evaluation)
            .where(Evaluation.id.in_(select(Membership.evaluation_id).where(Membership.user_id == user_id)))
            .options(joinedload(Evaluation.station))
            .order_by(Evaluation.held_on.desc(), Evaluation.id.desc())
        )
    )


def overview_of(session: Session, evaluation: Evaluation) -> Overview:
    """One row of counts for each stage."""
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
    return Overview(
        ledgers=ledgers or 0,
        frame=frame_of(session, evaluation),
        draw=draw,
        tried=tried,
        closed=closed,
        valid=valid,
        settlement=session.scalar(select(Settlement).where(Settlement.evaluation_id == evaluation.id)),
    )


def requirements_of(frame: Frame) -> list[Requirement]:
    """What the rule asks under both readings; a reading that finds nobody is left out."""
    found: list[Requirement] = []
    for reading in Reading:
        with suppress(SizeRefused):
            found.append(requirement(frame.priority_count, frame.people_count, reading))
    return found
