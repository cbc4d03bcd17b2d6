"""What an interviewer needs to see of their cases, and what a personal link needs to know of its own."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local
from app.models import (
    Attempt,
    Case,
    Contact,
    Draw,
    Evaluation,
    Membership,
    Recipient,
    Response,
    Role,
    Settlement,
    User,
    Village,
)
from app.privacy.masking import mask_name
from sampling.strata import ALL


@dataclass(frozen=True)
class CaseCard:
    """A case on the list: nothing on it names or reaches the person."""

    uuid: uuid.UUID
    code: str
    evaluation: str
    village: str
    categories: tuple[str, ...]
    masked_name: str
    outcome: str | None
    final: bool
    attempts: int
    last_at: datetime | None


@dataclass(frozen=True)
class MyCases:
    """An interviewer's cases: open ones in the order to try them, closed ones newest first."""

    open: tuple[CaseCard, ...]
    done_today: tuple[CaseCard, ...]
    done_before: tuple[CaseCard, ...]


def case_code(stratum: str, queue: str, position: int) -> str:
    """What people call a case: its stratum and the place in its queue, 0203-07; 0203-n07 among newcomers.

    >>> case_code("0203", "all", 7), case_code("1/elder", "drawn", 12)
    ('0203-07', '1·elder-d12')
    """
    mark = "" if queue == ALL else queue[0]
    return f"{stratum.replace('/', '·')}-{mark}{position:02d}"


def my_cases(session: Session, user: User, at: datetime) -> MyCases:
    """The cases dealt to this interviewer, in evaluations where they still are one."""
    cards = _cards(session, user)
    open_ = sorted((c for c in cards if not c.final), key=_turn)
    done = sorted((c for c in cards if c.final), key=_newest_first, reverse=True)
    today = local(at).date()
    return MyCases(
        open=tuple(open_),
        done_today=tuple(c for c in done if c.last_at and local(c.last_at).date() == today),
        done_before=tuple(c for c in done if not c.last_at or local(c.last_at).date() != today),
    )


def next_open_case(session: Session, user: User, after: uuid.UUID) -> CaseCard | None:
    """The open case to try next, another than the one in hand."""
    cards = sorted((c for c in _cards(session, user) if not c.final and c.uuid != after), key=_turn)
    return cards[0] if cards else None


def _turn(card: CaseCard) -> tuple[bool, float, str]:
    """Untried cases first, in the order of the draw; then the one whose last try is longest ago."""
    return card.last_at is not None, card.last_at.timestamp() if card.last_at else 0.0, card.code


def _newest_first(card: CaseCard) -> tuple[float, str]:
    return card.last_at.timestamp() if card.last_at else 0.0, card.code


def _cards(session: Session, user: User) -> list[CaseCard]:
    tries = (
        select(Attempt.case_id, func.count().label("n"), func.max(Attempt.at).label("last_at"))
        .join(Case, Attempt.case_id == Case.id)
        .where(Case.interviewer_id == user.id)
        .group_by(Attempt.case_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Case.uuid,
            Case.stratum,
            Case.queue,
            Case.position,
            Case.outcome,
            Case.outcome_final,
            Evaluation.title,
            Village.name,
            Recipient.categories,
            Contact.name,
            tries.c.n,
            tries.c.last_at,
        )
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .join(
            Membership,
            (Membership.evaluation_id == Evaluation.id)
            & (Membership.user_id == user.id)
            & (Membership.role == Role.INTERVIEWER),
        )
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .outerjoin(Contact, Contact.recipient_id == Recipient.id)
        .outerjoin(tries, tries.c.case_id == Case.id)
        .where(Case.interviewer_id == user.id, Draw.voided_at.is_(None))
    )
    return [
        CaseCard(
            uuid=row[0],
            code=case_code(row[1], row[2], row[3]),
            outcome=row[4],
            final=row[5],
            evaluation=row[6],
            village=row[7],
            categories=tuple(row[8].split(",")) if row[8] else (),
            masked_name=mask_name(row[9]) if row[9] else "",
            attempts=row[10] or 0,
            last_at=row[11],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Finished:
    """That a case was answered, when, and by this link or otherwise."""

    at: datetime
    by_link: bool
    taking_part: bool


def finished(session: Session, case: Case) -> Finished | None:
    """What spends a personal link: its own submission, or an interview that already counts. The earliest is told."""
    found = session.execute(
        select(Response.submitted_at, Response.mode, Response.invalid_reason)
        .where(Response.case_id == case.id, Response.counted | (Response.mode == "web"))
        .order_by(Response.submitted_at, Response.id)
    ).all()
    if not found:
        return None
    return Finished(
        at=found[0][0],
        by_link=any(mode == "web" for _, mode, _ in found),
        taking_part=any(reason != "no-consent" for _, _, reason in found),
    )


def has_counted_response(session: Session, case: Case) -> bool:
    """Whether a valid interview of this case already counts."""
    return session.scalar(select(Response.id).where(Response.case_id == case.id, Response.counted)) is not None


def is_settled(session: Session, evaluation: Evaluation) -> bool:
    """Whether the score was settled, after which nothing that made it may change."""
    found = session.scalar(select(Settlement.id).where(Settlement.evaluation_id == evaluation.id).limit(1))
    return found is not None
