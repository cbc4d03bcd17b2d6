"""Personal web links: making one, and ending every means of contact of a closed case."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.database import lock
from app.desk.commands.appointments import end_open_appointment
from app.models import Case, Draft, Invitation, User
from app.privacy.columns import keyring
from app.privacy.tokens import new_token
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk


def stop_contacting(session: Session, case: Case, *, links: bool = True) -> None:
    """For a case closed without an interview: revoke its links, delete its draft, cancel its appointment."""
    if links:
        _end_links(session, case)
    drop_draft(session, case)
    end_open_appointment(session, case, "cancelled", now())


def _end_links(session: Session, case: Case) -> None:
    session.execute(
        update(Invitation)
        .where(Invitation.case_id == case.id, Invitation.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def drop_draft(session: Session, case: Case) -> None:
    """Delete the answers of an interview that was begun and will not be finished."""
    session.execute(delete(Draft).where(Draft.case_id == case.id))


def issue_link(session: Session, case: Case, *, actor: User | None = None) -> str:
    """Make a personal web link and revoke earlier ones of the case; returns the token, stored only as a hash."""
    lock(session, case, "outcome_final")
    refuse_at_desk(session, case, actor)
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不再发链接。"), "final")
    _end_links(session, case)
    token = new_token()
    invitation = Invitation(case_id=case.id, token_hash=keyring().token_hash(token))
    invitation.created_by_id = actor.id if actor else None
    session.add(invitation)
    record(
        session,
        "link.issued",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
    )
    return token
