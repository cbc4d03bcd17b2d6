"""Entering the answer key: the station's statement of what counts as knowing each of the five facts (FACTS)."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.answer_keys.queries import interviews_begun
from app.audit.commands import record
from app.clock import now
from app.database import lock_row
from app.models import AnswerKey, Evaluation, User
from app.models.responses import FACTS
from app.shared.errors import Refused
from app.shared.guards import refuse_when_settled
from app.shared.limits import LONGEST_ANSWER_KEY, LONGEST_NOTE


def enter_answer_key(
    session: Session,
    evaluation: Evaluation,
    texts: Mapping[str, str],
    *,
    actor: User,
    leads: bool = False,
    note: str = "",
) -> list[str]:
    """Store the texts by fact; returns the facts whose text changed. An empty text deletes an entry.

    Once an interview is stored, answers before and after a change would be coded by different keys: the station can no
    longer change the key, and the lead only with a reason (`note`). Raises Refused, also once the score is settled.
    """
    # Lock the evaluation, since there may be no row of the key to lock yet.
    lock_row(session, Evaluation.id, evaluation.id)
    refuse_when_settled(session, evaluation)
    note = " ".join(note.split())[:LONGEST_NOTE]
    known = {
        row.fact: row for row in session.scalars(select(AnswerKey).where(AnswerKey.evaluation_id == evaluation.id))
    }
    stated = {fact: texts.get(fact, "").strip()[:LONGEST_ANSWER_KEY] for fact in FACTS}
    changed = [fact for fact in FACTS if stated[fact] != (known[fact].text if fact in known else "")]
    if not changed:
        return []
    if interviews_begun(session, evaluation):
        if not leads:
            raise Refused(_("已经有人受访，答案要点不能再改。要更正，请找评估负责人。"), "begun")
        if not note:
            raise Refused(_("已经有人受访。请写明为什么更正。"), "note")
    for fact in changed:
        if fact in known:
            session.delete(known[fact])
    session.flush()
    for fact in changed:
        if stated[fact]:
            row = AnswerKey(evaluation_id=evaluation.id, fact=fact, text=stated[fact], entered_at=now())
            row.entered_by_id = actor.id
            session.add(row)
    details: dict[str, object] = {"facts": len(changed)}
    if note:
        details["reason"] = note
    record(session, "answer_key.entered", actor=actor, evaluation=evaluation, details=details)
    return changed
