"""The previous round of a station, and people who are in both rounds."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.models import ContactIndex, Draw, Evaluation, Recipient


def previous_draw(session: Session, evaluation: Evaluation) -> Draw | None:
    """The live draw of the same station's evaluation before this one."""
    return session.scalar(
        select(Draw)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .where(
            Evaluation.station_id == evaluation.station_id,
            Evaluation.id != evaluation.id,
            Evaluation.held_on < evaluation.held_on,
            Draw.voided_at.is_(None),
        )
        .order_by(Evaluation.held_on.desc(), Draw.id.desc())
        .limit(1)
    )


def recognisable(*evaluations: Evaluation) -> bool:
    """Whether people of these rounds can be matched: not where their data are erased."""
    return all(evaluation.erasure is None for evaluation in evaluations)


def round_forgotten(session: Session, evaluation: Evaluation) -> Evaluation | None:
    """The previous evaluation, if its data are erased so that nobody can be matched with it; else None."""
    previous = previous_draw(session, evaluation)
    return None if previous is None or recognisable(previous.evaluation) else previous.evaluation


def shared_people(session: Session, frame_id: int, previous_frame_id: int) -> Iterator[tuple[int, int]]:
    """Pairs of recipients (this frame, previous frame) who may be the same person; a recipient may be in several."""
    for by_phone in (True, False):
        for new, old in session.execute(_matches(frame_id, previous_frame_id, by_phone=by_phone)):
            yield int(new), int(old)


def _matches(frame_id: int, previous_frame_id: int, *, by_phone: bool) -> Select[int, int]:
    """Select pairs that share name and telephone, or name, village and year of birth, with the previous frame."""
    new, old = aliased(Recipient), aliased(Recipient)
    new_name, old_name = aliased(ContactIndex), aliased(ContactIndex)
    query = (
        select(new.id, old.id)
        .join(new_name, and_(new_name.recipient_id == new.id, new_name.kind == "name"))
        .join(old_name, and_(old_name.kind == "name", old_name.value == new_name.value))
        .join(old, and_(old.id == old_name.recipient_id, old.frame_id == previous_frame_id))
        .where(new.frame_id == frame_id)
        .distinct()
    )
    if by_phone:
        new_phone, old_phone = aliased(ContactIndex), aliased(ContactIndex)
        return query.join(new_phone, and_(new_phone.recipient_id == new.id, new_phone.kind == "phone")).join(
            old_phone,
            and_(old_phone.recipient_id == old.id, old_phone.kind == "phone", old_phone.value == new_phone.value),
        )
    return query.where(
        new.village_id == old.village_id,
        or_(new.birth_year == old.birth_year, and_(new.birth_year.is_(None), old.birth_year.is_(None))),
    )
