"""Notes from interviewers to the evaluating body, also that somebody needs care. The station never sees them."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.models import Case, DeskNote, User
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_recused
from app.shared.limits import LONGEST_NOTE

KINDS = ("note", "care", "never_served")


def write_note(session: Session, case: Case, kind: str, text: str, actor: User | None) -> DeskNote:
    """Store a note about a case for the supervisor; the audit event says that it was written, not its text."""
    refuse_when_recused(session, case.draw.evaluation, actor)
    if kind not in KINDS:
        raise Refused(_("没有这种留言。"), "kind")
    text = " ".join(text.split())
    if not text:
        raise Refused(_("请写一句话。"), "text")
    if len(text) > LONGEST_NOTE:
        raise Refused(_("最多 %(n)s 个字。", n=LONGEST_NOTE), "text")
    refuse_after_retention(case.draw.evaluation)
    note = DeskNote(case_id=case.id, kind=kind, text=text, written_by_id=actor.id if actor else None)
    session.add(note)
    record(
        session,
        "note.written",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"kind": kind},
    )
    return note
