"""The visits assigned to an interviewer, by village, for a printed list: without names or addresses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.queries import case_code
from app.desk.queries.open_desks import desks_of
from app.models import Appointment, Attempt, Case, Recipient, Schedule, User, Village


@dataclass(frozen=True)
class Visit:
    """A case to visit: its code, the number of visits so far and the last one, and the appointment, if any."""

    case_uuid: uuid.UUID
    code: str
    evaluation: str
    village: str
    visits: int
    last_at: datetime | None
    agreed_at: datetime | None


@dataclass(frozen=True)
class AssignedVisits:
    """The visits assigned to an interviewer in one village for one evaluation, in the order of their codes."""

    evaluation: str
    village: str
    visits: tuple[Visit, ...]


def visits_of(session: Session, user: User) -> tuple[AssignedVisits, ...]:
    """The visits assigned to this interviewer, grouped by evaluation and village."""
    desks = {desk.draw_id: desk.title for desk in desks_of(session, user)}
    attempts = (
        select(Attempt.case_id, func.count().label("n"), func.max(Attempt.at).label("last_at"))
        .join(Schedule, Schedule.case_id == Attempt.case_id)
        .where(Schedule.assigned_to_id == user.id, Attempt.mode == "visit")
        .group_by(Attempt.case_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Case.uuid,
            Case.stratum,
            Case.queue,
            Case.position,
            Case.draw_id,
            Village.name,
            func.coalesce(attempts.c.n, 0),
            attempts.c.last_at,
            Appointment.at,
        )
        .join(Schedule, Schedule.case_id == Case.id)
        .join(Recipient, Recipient.id == Case.recipient_id)
        .join(Village, Village.id == Recipient.village_id)
        .outerjoin(attempts, attempts.c.case_id == Case.id)
        .outerjoin(Appointment, (Appointment.case_id == Case.id) & Appointment.ended_at.is_(None))
        .where(Schedule.way == "visit", Schedule.assigned_to_id == user.id, Schedule.draw_id.in_(desks))
        .order_by(Case.draw_id, Village.name, Case.stratum, Case.queue, Case.position)
    )
    visits = [
        Visit(row[0], case_code(row[1], row[2], row[3]), desks[row[4]], row[5], row[6], row[7], row[8]) for row in rows
    ]
    return tuple(
        AssignedVisits(evaluation, village, tuple(group))
        for (evaluation, village), group in groupby(visits, key=lambda visit: (visit.evaluation, visit.village))
    )
