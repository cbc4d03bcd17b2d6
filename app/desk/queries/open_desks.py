"""The evaluations an interviewer may call for, and whether calling is allowed at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.models import DeskSetting, Draw, Evaluation, Membership, Role, Settlement, User
from app.shared.queries import recusal_exists, within_retention
from surveys.calling.hours import may_call, next_opening, quiet_at
from surveys.calling.reading import read_calling_settings
from surveys.calling.settings import DEFAULT, CallingSettings


@dataclass(frozen=True)
class Desk:
    """An evaluation's draw in force with its calling settings; moments given to the methods are local times."""

    evaluation_id: int
    draw_id: int
    title: str
    settings: CallingSettings

    def open_at(self, moment: datetime) -> bool:
        """Whether people may be called at this moment."""
        return may_call(moment, self.settings) is not None

    def appointments_at(self, moment: datetime) -> bool:
        """Whether appointments may be called at this moment: at any hour, but not in a quiet time."""
        return quiet_at(moment, self.settings) is None

    def opens(self, moment: datetime) -> datetime | None:
        """When people may be called next."""
        return next_opening(moment, self.settings)


def interviews_for(user_id: int) -> ColumnElement[bool]:
    """The join condition of Membership with Draw: the user is an interviewer of the draw's evaluation."""
    return and_(
        Membership.evaluation_id == Draw.evaluation_id,
        Membership.user_id == user_id,
        Membership.role == Role.INTERVIEWER,
    )


def desks_of(session: Session, user: User) -> list[Desk]:
    """The desks of a user: evaluations they interview for, not recused, drawn, not settled or withdrawn, data kept."""
    settled = select(Settlement.id).where(Settlement.evaluation_id == Evaluation.id).exists()
    rows = session.execute(
        select(Evaluation.id, Draw.id, Evaluation.title, DeskSetting.body)
        .join(Draw, Draw.evaluation_id == Evaluation.id)
        .join(Membership, interviews_for(user.id))
        .outerjoin(DeskSetting, DeskSetting.evaluation_id == Evaluation.id)
        .where(Draw.voided_at.is_(None), ~settled, ~recusal_exists(user.id))
        .where(within_retention(), Evaluation.withdrawn_at.is_(None))
        .order_by(Evaluation.id)
    )
    return [
        Desk(evaluation_id, draw_id, title, DEFAULT if body is None else read_calling_settings(body))
        for evaluation_id, draw_id, title, body in rows
    ]
