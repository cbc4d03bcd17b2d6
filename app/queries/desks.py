"""For which evaluations an interviewer may call, and whether now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import DeskSetting, Draw, Evaluation, Membership, Recusal, Role, Settlement, User
from surveys.calling.hours import may_call, next_opening, quiet_at
from surveys.calling.reading import parse
from surveys.calling.settings import DEFAULT, CallingSettings


@dataclass(frozen=True)
class Desk:
    """An evaluation's live draw with the settings people are called under; moments are local."""

    evaluation_id: int
    draw_id: int
    title: str
    settings: CallingSettings

    def open_at(self, moment: datetime) -> bool:
        """Whether people may be called at this moment."""
        return may_call(moment, self.settings) is not None

    def appointments_at(self, moment: datetime) -> bool:
        """Whether agreed calls may be made at this moment: at any hour, but not in a quiet time."""
        return quiet_at(moment, self.settings) is None

    def opens(self, moment: datetime) -> datetime | None:
        """When people may be called next."""
        return next_opening(moment, self.settings)


def desks_of(session: Session, user: User) -> list[Desk]:
    """Where this person is an interviewer, the sample is drawn, nothing is settled, and they need not stand aside."""
    settled = select(Settlement.id).where(Settlement.evaluation_id == Evaluation.id).exists()
    recused = (
        select(Recusal.id)
        .where(Recusal.station_id == Evaluation.station_id, Recusal.user_id == user.id, Recusal.lifted_at.is_(None))
        .exists()
    )
    rows = session.execute(
        select(Evaluation.id, Draw.id, Evaluation.title, DeskSetting.body)
        .join(Draw, Draw.evaluation_id == Evaluation.id)
        .join(
            Membership,
            (Membership.evaluation_id == Evaluation.id)
            & (Membership.user_id == user.id)
            & (Membership.role == Role.INTERVIEWER),
        )
        .outerjoin(DeskSetting, DeskSetting.evaluation_id == Evaluation.id)
        .where(Draw.voided_at.is_(None), ~settled, ~recused)
        .order_by(Evaluation.id)
    )
    return [Desk(one, draw, title, DEFAULT if body is None else parse(body)) for one, draw, title, body in rows]
