"""Marks on a frame, before it is sealed, who was listed or drawn in the previous round.

People not matched with the previous frame (app.ledger.queries.rounds) count as new.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.ledger.queries.rounds import previous_draw, shared_people
from app.models import Case, Evaluation, Frame, Recipient
from sampling.frame import Last

BATCH = 5_000


def note_last_round(session: Session, evaluation: Evaluation, frame: Frame) -> dict[str, int]:
    """Mark who was on the previous round's frame, and who of them was drawn; returns how many of each.

    Cost: one indexed join; grows with the people both frames share.
    """
    previous = previous_draw(session, evaluation)
    if previous is None:
        return {Last.LISTED.value: 0, Last.DRAWN.value: 0}
    drawn = set(session.scalars(select(Case.recipient_id).where(Case.draw_id == previous.id)))
    drawn_before: dict[int, bool] = {}
    for new, old in shared_people(session, frame.id, previous.frame_id):
        drawn_before[new] = drawn_before.get(new, False) or old in drawn
    counts = {}
    for last, drawn_only in ((Last.LISTED, False), (Last.DRAWN, True)):
        ids = sorted(recipient_id for recipient_id, was_drawn in drawn_before.items() if was_drawn is drawn_only)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            session.execute(update(Recipient).where(Recipient.id.in_(batch)).values(last=last.value))
        counts[last.value] = len(ids)
    session.expire_all()
    return counts
