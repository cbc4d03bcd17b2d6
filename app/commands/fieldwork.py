"""Reaching people: tries and their outcomes, looking at a telephone number, personal web links."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.commands.audit import record
from app.commands.refusal import Refused
from app.commands.replacements import after_final
from app.commands.settled import refuse_when_settled
from app.documents import outcomes_of
from app.models import Attempt, Case, Contact, Invitation, User
from app.privacy.columns import keyring
from app.texts import lacking_in_words
from surveys.calling.attempts import lacking
from surveys.calling.settings import DEFAULT

# Crockford's 32 signs, without i, l, o and u, which are misread on paper; 16 of them are 80 bits.
TOKEN_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"  # noqa: S105 - an alphabet
TOKEN_LENGTH = 16


def record_attempt(
    session: Session,
    case: Case,
    *,
    attempt_key: uuid.UUID,
    mode: str,
    outcome: str,
    interviewer: User | None,
    at: datetime | None = None,
) -> Attempt:
    """Write down a try and what came of it; the same try sent twice is stored once.

    A final outcome closes the case. Completed interviews are never written here: they come from a response.
    """
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    known = session.scalar(select(Attempt).where(Attempt.case_id == case.id, Attempt.attempt_key == attempt_key))
    if known is not None:
        return known
    session.refresh(case)
    refuse_when_settled(session, case.draw.evaluation)
    chosen = outcomes_of(case.draw.evaluation).get(outcome)
    if chosen is None or not chosen.hand or chosen.during_interview:
        raise Refused(_("这个结果不能手工登记。"), "outcome")
    if mode not in ("phone", "visit"):
        raise Refused(_("请选择电访或走访。"), "mode")
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不能再登记。"), "final")
    attempt = Attempt(case_id=case.id, attempt_key=attempt_key, mode=mode, outcome=outcome, at=at or now())
    attempt.interviewer_id = interviewer.id if interviewer else None
    session.add(attempt)
    case.outcome, case.outcome_final = outcome, chosen.final
    record(
        session,
        "attempt.recorded",
        actor=interviewer,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"mode": mode, "outcome": outcome},
    )
    after_final(session, case, actor=interviewer)
    return attempt


def give_up(session: Session, case: Case, *, actor: User | None) -> None:
    """Close a case that could not be reached or completed, under its latest outcome, once the attempt rule is met."""
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    session.refresh(case)
    refuse_when_settled(session, case.draw.evaluation)
    if case.outcome_final or case.outcome is None:
        raise Refused(_("这个个案已有最终结果，或还没有联系过。"), "final")
    if missing := lacking([attempt.at for attempt in case.attempts], DEFAULT):
        raise Refused(lacking_in_words(missing), "attempts")
    case.outcome_final = True
    record(
        session,
        "case.given_up",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"outcome": case.outcome, "attempts": len(case.attempts)},
    )
    after_final(session, case, actor=actor)


def reveal_contact(session: Session, case: Case, *, actor: User) -> Contact:
    """Open a person's contact data for the interviewer of the case; each look is an audit event."""
    if case.interviewer_id != actor.id:
        raise Refused(_("这个个案不是分派给您的。"), "not-mine")
    contact = case.recipient.contact
    if contact is None:
        raise Refused(_("联系资料已经删除。"), "no-contact")
    record(
        session,
        "contact.revealed",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
    )
    return contact


def issue_link(session: Session, case: Case, *, actor: User | None = None) -> str:
    """Make a personal web link; earlier links of the case stop working. Returns the token, which is not kept."""
    refuse_when_settled(session, case.draw.evaluation)
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不再发链接。"), "final")
    session.execute(
        update(Invitation)
        .where(Invitation.case_id == case.id, Invitation.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    token = "".join(secrets.choice(TOKEN_SIGNS) for _ in range(TOKEN_LENGTH))
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
