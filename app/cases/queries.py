"""What calling people goes by: an evaluation's settings, a person's numbers, an interviewer's skills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local
from app.models import (
    Case,
    Contact,
    DeskSetting,
    Evaluation,
    InterviewerSkill,
    PhoneCall,
    Response,
    User,
)
from sampling.strata import ALL
from surveys.calling.minors import Protection, protection
from surveys.calling.reading import read_calling_settings
from surveys.calling.settings import DEFAULT, CallingSettings


@dataclass(frozen=True)
class PhoneNumber:
    """One of the numbers of a case, in the order they are tried: its place from 0, whose it is, the number itself."""

    place: int
    holder: str
    number: str


def settings_of(session: Session, evaluation: Evaluation) -> CallingSettings:
    """The settings of an evaluation's desk; the delivered ones while nobody changed any."""
    row = session.get(DeskSetting, evaluation.id)
    return DEFAULT if row is None else read_calling_settings(row.body)


def numbers_of(contact: Contact | None, *, guardian_only: bool = False) -> tuple[PhoneNumber, ...]:
    """The numbers of a person, then those of the guardian or contact person; only the latter for a child."""
    return (
        ()
        if contact is None
        else numbers_in_order(contact.phones, contact.guardian_phones, guardian_only=guardian_only)
    )


def numbers_in_order(
    phones: Sequence[str], guardian_phones: Sequence[str], *, guardian_only: bool
) -> tuple[PhoneNumber, ...]:
    """Numbers in the order they are tried, as `numbers_of` has them."""
    own = [] if guardian_only else [("person", number) for number in phones]
    pairs = own + [("guardian", number) for number in guardian_phones]
    return tuple(PhoneNumber(place, holder, number) for place, (holder, number) in enumerate(pairs))


def numbers_of_case(case: Case, at: datetime) -> tuple[PhoneNumber, ...]:
    """The numbers that may be dialled for a case at this moment; a child's are the guardian's."""
    return numbers_of(case.recipient.contact, guardian_only=only_the_guardian(case.recipient.birth_year, at))


def only_the_guardian(birth_year: int | None, at: datetime) -> bool:
    """Whether of somebody born then only the guardian's numbers may be dialled at this moment."""
    return protection(birth_year, local(at).date()) is Protection.CHILD


def skills_of(session: Session, user: User) -> frozenset[str]:
    """What this interviewer can do that not everybody can."""
    return frozenset(session.scalars(select(InterviewerSkill.skill).where(InterviewerSkill.user_id == user.id)))


def open_call(session: Session, case: Case) -> PhoneCall | None:
    """The call of a case under way; one for a back-check is none of the case."""
    return session.scalar(
        select(PhoneCall).where(
            PhoneCall.case_id == case.id, PhoneCall.ended_at.is_(None), PhoneCall.back_check_id.is_(None)
        )
    )


def case_code(stratum: str, queue: str, position: int) -> str:
    """What people call a case: its stratum and the place in its queue, 0203-07; 0203-n07 among newcomers.

    >>> case_code("0203", "all", 7), case_code("1/elder", "drawn", 12)
    ('0203-07', '1·elder-d12')
    """
    mark = "" if queue == ALL else queue[0]
    return f"{stratum.replace('/', '·')}-{mark}{position:02d}"


@dataclass(frozen=True)
class Completion:
    """That a case was answered, when, and by this link or otherwise."""

    at: datetime
    by_link: bool
    taking_part: bool


def completion_of(session: Session, case: Case) -> Completion | None:
    """What spends a personal link: its own submission, or an interview that already counts. The earliest is told."""
    responses = session.execute(
        select(Response.submitted_at, Response.mode, Response.invalid_reason)
        .where(Response.case_id == case.id, Response.counted | (Response.mode == "web"))
        .order_by(Response.submitted_at, Response.id)
    ).all()
    if not responses:
        return None
    return Completion(
        at=responses[0][0],
        by_link=any(mode == "web" for _, mode, _ in responses),
        taking_part=any(reason != "no-consent" for _, _, reason in responses),
    )


def has_counted_response(session: Session, case: Case) -> bool:
    """Whether a valid interview of this case already counts."""
    return session.scalar(select(Response.id).where(Response.case_id == case.id, Response.counted)) is not None
