"""What calling depends on: an evaluation's settings, a person's numbers, an interviewer's skills, a case's state."""

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
    """A telephone number of a case: its place from 0 in the order of dialling, whose it is, the number itself."""

    place: int
    holder: str
    number: str


def settings_of(session: Session, evaluation: Evaluation) -> CallingSettings:
    """The calling settings of an evaluation; the defaults until they are changed."""
    row = session.get(DeskSetting, evaluation.id)
    return DEFAULT if row is None else read_calling_settings(row.body)


def numbers_of(contact: Contact | None, *, guardian_only: bool = False) -> tuple[PhoneNumber, ...]:
    """The numbers of a person, then those of the guardian or contact person; with `guardian_only` only the latter."""
    return (
        ()
        if contact is None
        else numbers_in_order(contact.phones, contact.guardian_phones, guardian_only=guardian_only)
    )


def numbers_in_order(
    phones: Sequence[str], guardian_phones: Sequence[str], *, guardian_only: bool
) -> tuple[PhoneNumber, ...]:
    """Numbers in the order of dialling, as `numbers_of` returns them."""
    own = [] if guardian_only else [("person", number) for number in phones]
    pairs = own + [("guardian", number) for number in guardian_phones]
    return tuple(PhoneNumber(place, holder, number) for place, (holder, number) in enumerate(pairs))


def numbers_of_case(case: Case, at: datetime) -> tuple[PhoneNumber, ...]:
    """The numbers that may be dialled for a case at this moment; for a child only the guardian's."""
    return numbers_of(case.recipient.contact, guardian_only=only_the_guardian(case.recipient.birth_year, at))


def only_the_guardian(birth_year: int | None, at: datetime) -> bool:
    """Whether a person born in that year is a child at this moment, so that only the guardian may be called."""
    return protection(birth_year, local(at).date()) is Protection.CHILD


def skills_of(session: Session, user: User) -> frozenset[str]:
    """The codes of the special skills of an interviewer, such as a language."""
    return frozenset(session.scalars(select(InterviewerSkill.skill).where(InterviewerSkill.user_id == user.id)))


def open_call(session: Session, case: Case) -> PhoneCall | None:
    """The call under way of a case; calls for a back-check are left out."""
    return session.scalar(
        select(PhoneCall).where(
            PhoneCall.case_id == case.id, PhoneCall.ended_at.is_(None), PhoneCall.back_check_id.is_(None)
        )
    )


def case_code(stratum: str, queue: str, position: int) -> str:
    """The code of a case for people: its stratum and place in the queue, 0203-07; 0203-n07 in the queue of newcomers.

    >>> case_code("0203", "all", 7), case_code("1/elder", "drawn", 12)
    ('0203-07', '1·elder-d12')
    """
    mark = "" if queue == ALL else queue[0]
    return f"{stratum.replace('/', '·')}-{mark}{position:02d}"


@dataclass(frozen=True)
class Completion:
    """That a case was answered: when first, whether by its link, and whether the person took part or refused."""

    at: datetime
    by_link: bool
    taking_part: bool


def completion_of(session: Session, case: Case) -> Completion | None:
    """The completion of a case by its link or a counted interview, with the earliest time; None where there is none."""
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
