"""Closed cases whose outcome the supervisor reviews, listed until somebody has. Case codes only, no names.

Cost: grows with the number of such cases (they are found by an index), not with the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from app.cases.queries import has_counted_response
from app.documents.queries import outcomes_of
from app.models import Attempt, Case, DeskNote, Draw, Recipient, Replacement, Schedule, User, Village
from app.supervision.queries.live import MOST_WAITING, code_of
from surveys.outcomes import REFUSED_FOR_GOOD


@dataclass(frozen=True)
class ClosedCase:
    """A closed case not reviewed yet: its outcome, when and by whom, and the interviewer's note."""

    uuid: UUID
    code: str
    village: str
    outcome: str
    at: datetime
    interviewer: str
    note: str


def needs_review(case: Case) -> bool:
    """Whether a case is closed with an outcome that the outcome list marks for review by the supervisor."""
    return case.outcome_final and case.outcome in outcomes_of(case.draw.evaluation).looked_at


def unseen_count(session: Session, draw: Draw) -> int:
    """How many closed cases wait for review."""
    return session.scalar(_unseen(draw, func.count())) or 0


def unseen_cases(session: Session, draw: Draw) -> tuple[ClosedCase, ...]:
    """The closed cases that wait for review, the oldest first; at most MOST_WAITING of them."""
    last = select(func.max(Attempt.id)).where(Attempt.case_id == Case.id).correlate(Case).scalar_subquery()
    rows = session.execute(
        _unseen(draw, Case, Village.name, Attempt, User.display_name)
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .join(Attempt, Attempt.id == last)
        .outerjoin(User, Attempt.interviewer_id == User.id)
        .order_by(Attempt.at, Attempt.id)
        .limit(MOST_WAITING)
    )
    return tuple(
        ClosedCase(
            uuid=case.uuid,
            code=code_of(case),
            village=village,
            outcome=case.outcome or "",
            at=attempt.at,
            interviewer=interviewer or "",
            note=attempt.note or "",
        )
        for case, village, attempt, interviewer in rows
    )


def _unseen(draw: Draw, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Case)
        .join(Schedule, Schedule.case_id == Case.id)
        .where(
            Case.draw_id == draw.id,
            Case.outcome.in_(outcomes_of(draw.evaluation).looked_at),
            Case.outcome_final,
            Schedule.looked_at.is_(None),
            ~_has_unserved_note(),
        )
    )


def _has_unserved_note() -> ColumnElement[bool]:
    """The condition that a note of the kind "never served" reports the case: it is then listed among the notes."""
    return exists().where(DeskNote.case_id == Case.id, DeskNote.kind == "never_served")


def why_not_reopened(session: Session, case: Case) -> str:
    """The code of why a closed case may not be reopened (app.supervision.labels.STAYS_CLOSED); empty where it may."""
    if case.outcome == REFUSED_FOR_GOOD:
        return "refused"
    if has_counted_response(session, case):
        return "answered"
    replaced = session.scalar(select(Replacement.id).where(Replacement.replaces_case_id == case.id))
    return "" if replaced is None else "replaced"
