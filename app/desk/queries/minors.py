"""Openings of the records of minors."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, MinorOpening, User


def has_opened(session: Session, case: Case, user: User) -> bool:
    """Whether this user has opened the record of a case by giving a reason."""
    openings = select(MinorOpening.id).where(MinorOpening.case_id == case.id, MinorOpening.user_id == user.id).limit(1)
    return session.scalar(openings) is not None
