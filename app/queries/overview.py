"""Where an evaluation stands: one look at every stage."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Case, Ceremony, Draw, Evaluation, Frame, LedgerUpload, Membership, Response, Role, Settlement
from app.queries.evidence import frame_of, live_ceremony, live_draw
from sampling.rule import NobodyToAsk, Reading, Requirement, requirement


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


def evaluations_of(session: Session, user_id: int, role: Role | None = None) -> list[Evaluation]:
    """The evaluations a person takes part in (in that role, where one is named), the newest first."""
    own = select(Membership.evaluation_id).where(Membership.user_id == user_id)
    return list(
        session.scalars(
            select(Evaluation)
            .where(Evaluation.id.in_(own if role is None else own.where(Membership.role == role.value)))
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


@dataclass(frozen=True)
class ReadingRow:
    """What the rule asks under one reading; no requirement where the reading finds nobody."""

    reading: Reading
    requirement: Requirement | None

    def shortfall(self, valid: int) -> int | None:
        """How many valid interviews are missing; None where nobody is to be asked."""
        return None if self.requirement is None else max(self.requirement.required - valid, 0)


def readings_of(frame: Frame) -> tuple[ReadingRow, ...]:
    """Both readings of the rule, which are always shown together."""
    return tuple(ReadingRow(reading, _requirement(frame, reading)) for reading in Reading)


def _requirement(frame: Frame, reading: Reading) -> Requirement | None:
    try:
        return requirement(frame.priority_count, frame.people_count, reading)
    except NobodyToAsk:
        return None


@dataclass(frozen=True)
class Origin:
    """How the rows of the ledgers in use became the people of a frame."""

    ledgers: int
    rows: int
    kept: int
    people: int

    @property
    def left_out(self) -> int:
        """Rows with errors."""
        return self.rows - self.kept

    @property
    def merged(self) -> int:
        """Rows that went into a person another row had named."""
        return self.kept - self.people


def origin_of(session: Session, evaluation: Evaluation, frame: Frame) -> Origin:
    """From rows to people, for the ledgers in use."""
    ledgers, rows, kept = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(LedgerUpload.row_count), 0),
            func.coalesce(func.sum(LedgerUpload.kept_count), 0),
        ).where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
    ).one()
    # PostgreSQL sums integers as numeric: back to int, exactly.
    return Origin(ledgers, int(rows or 0), int(kept or 0), frame.people_count)
