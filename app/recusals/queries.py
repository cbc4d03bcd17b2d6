"""Recusals: interests that people declared in a station."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Evaluation, Membership, Recusal, Station, User


def recusals_of(session: Session, user_id: int) -> Sequence[Recusal]:
    """All recusals of a person, lifted ones too, the newest first."""
    query = select(Recusal).where(Recusal.user_id == user_id).options(joinedload(Recusal.station))
    return session.scalars(query.order_by(Recusal.declared_at.desc(), Recusal.id.desc())).all()


def recusals_at(session: Session, station_id: int) -> Sequence[Recusal]:
    """The recusals in force at a station, by the time of declaration."""
    query = (
        select(Recusal)
        .where(Recusal.station_id == station_id, Recusal.lifted_at.is_(None))
        .options(joinedload(Recusal.user))
    )
    return session.scalars(query.order_by(Recusal.declared_at, Recusal.id)).all()


def stations_of(session: Session, user_id: int) -> Sequence[Station]:
    """The stations of whose evaluations this person is a member."""
    own = (
        select(Evaluation.station_id)
        .join(Membership, Membership.evaluation_id == Evaluation.id)
        .where(Membership.user_id == user_id)
    )
    return session.scalars(select(Station).where(Station.id.in_(own)).order_by(Station.name)).all()


def people_at(session: Session, station_id: int) -> Sequence[User]:
    """Everybody with a role at an evaluation of this station."""
    own = (
        select(Membership.user_id)
        .join(Evaluation, Membership.evaluation_id == Evaluation.id)
        .where(Evaluation.station_id == station_id)
    )
    return session.scalars(select(User).where(User.id.in_(own)).order_by(User.display_name, User.id)).all()
