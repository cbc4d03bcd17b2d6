"""Reads that several subjects share: the draw in force, recusals, the settlement, the end of retention."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app.clock import local, now
from app.models import (
    Draw,
    Evaluation,
    Membership,
    Recusal,
    Role,
    Settlement,
)
from surveys.retention import is_past


def live_draw(session: Session, evaluation: Evaluation) -> Draw | None:
    """The draw in force, if there is one."""
    return session.scalar(select(Draw).where(Draw.evaluation_id == evaluation.id, Draw.voided_at.is_(None)))


def retention_is_over(evaluation: Evaluation, at: datetime | None = None) -> bool:
    """Whether the last day of retention (`keep_until`) is past, in Guangzhou."""
    return is_past(evaluation.keep_until, local(at or now()).date())


def within_retention(at: datetime | None = None) -> ColumnElement[bool]:
    """SQL, in a query that joins Evaluation: whether its last day of retention is not past."""
    return Evaluation.keep_until >= local(at or now()).date()


def recused_from(session: Session, station_id: int, user_id: int) -> bool:
    """Whether this person has declared an interest in this station that is still in force."""
    recusal_id = session.scalar(
        select(Recusal.id).where(
            Recusal.station_id == station_id, Recusal.user_id == user_id, Recusal.lifted_at.is_(None)
        )
    )
    return recusal_id is not None


def recusal_exists(
    user_id: int | InstrumentedAttribute[int], station_id: int | InstrumentedAttribute[int] = Evaluation.station_id
) -> ColumnElement[bool]:
    """SQL: whether this user is recused; the station is by default that of the Evaluation in the outer query."""
    return (
        select(Recusal.id)
        .where(Recusal.station_id == station_id, Recusal.user_id == user_id, Recusal.lifted_at.is_(None))
        .exists()
    )


def is_settled(session: Session, evaluation: Evaluation) -> bool:
    """Whether the score was settled, after which nothing that made it may change."""
    settlement_id = session.scalar(select(Settlement.id).where(Settlement.evaluation_id == evaluation.id).limit(1))
    return settlement_id is not None


def settlement_of(session: Session, evaluation: Evaluation) -> Settlement | None:
    """The settled result, if there is one."""
    return session.scalar(select(Settlement).where(Settlement.evaluation_id == evaluation.id))


def evaluation_by_slug(session: Session, slug: str) -> Evaluation | None:
    """The evaluation with this slug, without authorisation: for administrators and the command line."""
    return session.scalar(select(Evaluation).where(Evaluation.slug == slug))


def evaluations_of(session: Session, user_id: int, role: Role | None = None) -> list[Evaluation]:
    """The evaluations of which a person is a member (in this role, if given), the newest first."""
    own = select(Membership.evaluation_id).where(Membership.user_id == user_id)
    return list(
        session.scalars(
            select(Evaluation)
            .where(Evaluation.id.in_(own if role is None else own.where(Membership.role == role.value)))
            .options(joinedload(Evaluation.station))
            .order_by(Evaluation.held_on.desc(), Evaluation.id.desc())
        )
    )
