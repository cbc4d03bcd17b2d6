"""Opening the record of a minor: only with a reason, which is stored (未成年人网络保护条例, art. 36)."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import local, now
from app.desk.queries.minors import has_opened
from app.models import Case, MinorOpening, User
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_after_retention, refuse_when_recused
from app.shared.limits import LONGEST_SHORT_REASON
from surveys.calling.minors import Protection, protection


def protection_of(case: Case) -> Protection:
    """How far the law protects the person of a case, today."""
    return protection(case.recipient.birth_year, local(now()).date())


def is_open(session: Session, case: Case, user: User) -> bool:
    """Whether this user may see the record: an adult's always, a minor's after giving a reason."""
    return not protection_of(case).minor or has_opened(session, case, user)


def require_opening(session: Session, case: Case, *, actor: User) -> None:
    """Refuse while the actor has not opened the record of a minor."""
    if not is_open(session, case, actor):
        raise Refused(_("这是未成年人的资料。先写明理由打开，再联系。"), "minor")


def open_minor_record(session: Session, case: Case, *, reason: str, actor: User) -> MinorOpening | None:
    """Open a minor's record for the actor and store the reason; None for an adult's, which needs no opening."""
    refuse_when_recused(session, case.draw.evaluation, actor)
    if not protection_of(case).minor:
        return None
    refuse_after_retention(case.draw.evaluation)
    reason = reason_given(reason, LONGEST_SHORT_REASON, _("请写明为什么要打开。"))
    row = MinorOpening(case_id=case.id, user_id=actor.id, reason=reason)
    session.add(row)
    record(session, "minor.opened", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid)
    return row
