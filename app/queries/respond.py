"""What a beneficiary's page needs to know of their case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Response


def finished_at(session: Session, case: Case) -> datetime | None:
    """When the questionnaire was handed in through the link; None while it was not."""
    return session.scalar(
        select(Response.submitted_at)
        .where(Response.case_id == case.id, Response.mode == "web")
        .order_by(Response.id)
        .limit(1)
    )
