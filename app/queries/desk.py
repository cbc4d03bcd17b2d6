"""An interviewer's own cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import SHANGHAI, now
from app.models import Attempt, Case, Contact, Draw, Evaluation, Membership, Recipient, Role, Village
from app.privacy.masking import mask_name
from sampling.categories import CATEGORIES
from surveys.outcomes import OUTCOMES


@dataclass(frozen=True)
class CaseCard:
    """A case as its list shows it; the name masked."""

    uuid: UUID
    name: str
    village: str
    categories: str
    outcome: str | None
    final: bool
    attempts: int
    next_step: str


@dataclass(frozen=True)
class DoneToday:
    """Something one did today: time and outcome, no answers."""

    at: datetime
    outcome: str


def my_cases(session: Session, user_id: int) -> list[CaseCard]:
    """Open cases first, in ticket order; then the closed ones."""
    tries = select(func.count()).select_from(Attempt).where(Attempt.case_id == Case.id).scalar_subquery()
    rows = session.execute(
        select(Case, Village.name, Recipient.categories, Contact.name, tries)
        .join(Draw, Case.draw_id == Draw.id)
        .join(
            Membership,
            (Membership.evaluation_id == Draw.evaluation_id)
            & (Membership.user_id == user_id)
            & (Membership.role == Role.INTERVIEWER.value),
        )
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .outerjoin(Contact, Contact.recipient_id == Recipient.id)
        .where(Case.interviewer_id == user_id, Draw.voided_at.is_(None))
        .order_by(Case.outcome_final, Case.ticket)
    )
    return [
        CaseCard(
            uuid=case.uuid,
            name=mask_name(name) if name else "—",
            village=village,
            categories=category_names(categories),
            outcome=OUTCOMES[case.outcome].zh if case.outcome else None,
            final=case.outcome_final,
            attempts=attempts,
            next_step=OUTCOMES[case.outcome].next_zh if case.outcome else "",
        )
        for case, village, categories, name, attempts in rows
    ]


def category_names(codes: str) -> str:
    """Categories in words."""
    return "、".join(CATEGORIES[code].zh for code in codes.split(",") if code)


def done_today(session: Session, user_id: int) -> list[DoneToday]:
    """What this interviewer did since midnight in Guangzhou."""
    midnight = now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = session.execute(
        select(Attempt.at, Attempt.outcome)
        .where(Attempt.interviewer_id == user_id, Attempt.at >= midnight, Attempt.at < midnight + timedelta(days=1))
        .order_by(Attempt.at.desc())
    )
    return [DoneToday(at, OUTCOMES[outcome].zh) for at, outcome in rows]


def next_open_case(session: Session, user_id: int, after: Case) -> UUID | None:
    """The next case that is not closed."""
    return session.scalar(
        select(Case.uuid)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(
            Case.interviewer_id == user_id,
            Case.outcome_final.is_(False),
            Case.id != after.id,
            Draw.voided_at.is_(None),
        )
        .order_by(Case.ticket)
        .limit(1)
    )
