"""What a person's part in the previous round was, told on the frame before it is sealed.

People are found again by keyed fingerprints of name and telephone, or of name, village and year of birth; nobody's
contact data is opened. Whoever is not found counts as a newcomer.
"""

from __future__ import annotations

from sqlalchemy import Select, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.models import Case, ContactIndex, Draw, Evaluation, Frame, Recipient
from app.queries.rounds import previous_draw
from sampling.frame import Last

BATCH = 5_000


def note_last_round(session: Session, evaluation: Evaluation, frame: Frame) -> dict[str, int]:
    """Mark who was on the previous round's frame, and who of them was drawn; returns how many of each.

    Cost: one indexed join; grows with the people both frames share.
    """
    previous = previous_draw(session, evaluation)
    if previous is None:
        return {Last.LISTED.value: 0, Last.DRAWN.value: 0}
    found: dict[int, bool] = {}
    for by_phone in (True, False):
        for recipient_id, drawn in session.execute(_matches(frame, previous, by_phone=by_phone)):
            found[recipient_id] = found.get(recipient_id, False) or bool(drawn)
    counts = {}
    for last, wanted in ((Last.LISTED, False), (Last.DRAWN, True)):
        ids = sorted(recipient_id for recipient_id, drawn in found.items() if drawn is wanted)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            session.execute(update(Recipient).where(Recipient.id.in_(batch)).values(last=last.value))
        counts[last.value] = len(ids)
    session.expire_all()
    return counts


def _matches(frame: Frame, previous: Draw, *, by_phone: bool) -> Select[int, int]:
    """People who share their name and a telephone, or village and year of birth, with one of the previous frame."""
    new, old = aliased(Recipient), aliased(Recipient)
    new_name, old_name = aliased(ContactIndex), aliased(ContactIndex)
    drawn = exists().where(Case.draw_id == previous.id, Case.recipient_id == old.id)
    query = (
        select(new.id, func.max(case((drawn, 1), else_=0)).label("drawn"))
        .join(new_name, and_(new_name.recipient_id == new.id, new_name.kind == "name"))
        .join(old_name, and_(old_name.kind == "name", old_name.value == new_name.value))
        .join(old, and_(old.id == old_name.recipient_id, old.frame_id == previous.frame_id))
        .where(new.frame_id == frame.id)
        .group_by(new.id)
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
