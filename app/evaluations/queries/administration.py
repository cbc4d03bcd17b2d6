"""Reads of the administrator's pages: evaluations, stations, members. No answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Evaluation, Membership, Station


def all_evaluations(session: Session) -> Sequence[Evaluation]:
    """Every evaluation, the newest first."""
    query = select(Evaluation).options(joinedload(Evaluation.station)).order_by(Evaluation.id.desc())
    return session.scalars(query).all()


def all_stations(session: Session) -> Sequence[Station]:
    """Every station."""
    return session.scalars(select(Station).order_by(Station.name)).all()


def members_of(session: Session, evaluation: Evaluation) -> Sequence[Membership]:
    """The memberships of an evaluation, by role."""
    query = (
        select(Membership)
        .where(Membership.evaluation_id == evaluation.id)
        .options(joinedload(Membership.user))
        .order_by(Membership.role, Membership.id)
    )
    return session.scalars(query).all()
