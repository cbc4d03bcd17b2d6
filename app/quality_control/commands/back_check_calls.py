"""Telephone calls of a back-check: recorded as calls, but not as attempts of the case."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import schedule_of
from app.cases.guards import refuse_outside_hours
from app.clock import now
from app.database import lock, lock_row
from app.desk.commands.calls import begin_call
from app.desk.commands.minors import require_opening
from app.models import BackCheck, Case, Contact, PhoneCall, User
from app.quality_control.queries.back_checks import open_back_check_call
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk
from surveys.indicators import WITHDRAWN
from surveys.outcomes import REFUSED_FOR_GOOD


def start_back_check_call(
    session: Session, check: BackCheck, *, place: int, dialler: str, actor: User, at: datetime | None = None
) -> PhoneCall:
    """Begin a call to one of the person's numbers (`place` from 0), which is unmasked until the call ends.

    The same number again during the call changes nothing; another number ends the call before. Raises Refused outside
    the calling hours, and while an interviewer has the case in hand.
    """
    at = at or now()
    case = _may_be_contacted(session, check, actor, at)
    row = schedule_of(session, case)
    if row.held_by_id not in (None, actor.id) and row.held_until is not None and row.held_until > at:
        raise Refused(_("别的访问员正在联系这个人。请稍后再打。"), "busy")
    present = open_back_check_call(session, check)
    if present is not None and (present.interviewer_id, present.place) == (actor.id, place):
        return present
    call = begin_call(session, case, place, dialler=dialler, actor=actor, at=at, check=check)
    _revealed(session, check, case, actor)
    return call


def end_back_check_call(session: Session, check: BackCheck, *, at: datetime | None = None) -> None:
    """End the call under way for this back-check, if there is one."""
    call = open_back_check_call(session, check)
    if call is not None:
        call.ended_at = max(at or now(), call.started_at)
        session.flush()


def reveal_for_back_check(session: Session, check: BackCheck, *, actor: User, at: datetime | None = None) -> Contact:
    """Return name and address for a back-check in hand, for a visit; each time is recorded as an audit event.

    Of a minor only after this checker gave a reason (app.desk.commands.minors); raises Refused otherwise.
    """
    case = _may_be_contacted(session, check, actor, at or now())
    if case.recipient.contact is None:
        raise Refused(_("联系资料已经删除。"), "no-contact")
    _revealed(session, check, case, actor)
    return case.recipient.contact


def _may_be_contacted(session: Session, check: BackCheck, actor: User, at: datetime) -> Case:
    """The case of a back-check in hand; raises Refused outside the calling hours, or where it may not be checked."""
    # Lock the case before the back-check, in the order in which erasing an answer does: no deadlock.
    lock_row(session, Case.id, check.response.case_id)
    require_in_hand(session, check, actor)
    case = check.response.case
    evaluation = case.draw.evaluation
    refuse_at_desk(session, case, actor)
    session.refresh(case)
    if case.outcome == REFUSED_FOR_GOOD:
        raise Refused(_("这位已经明确拒绝，不再联系。"), "refused")
    refuse_outside_hours(session, evaluation, at)
    require_opening(session, case, actor=actor)
    return case


def _revealed(session: Session, check: BackCheck, case: Case, actor: User) -> None:
    details = {"back_check": str(check.uuid)}
    evaluation = case.draw.evaluation
    record(session, "contact.revealed", actor=actor, evaluation=evaluation, subject=case.uuid, details=details)


def lock_back_check(session: Session, check: BackCheck) -> None:
    """Lock a back-check and refresh it; raises Refused where its response was erased."""
    lock(session, check)
    session.refresh(check.response)
    if check.response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除，不再回访。"), "withdrawn")


def require_in_hand(session: Session, check: BackCheck, actor: User) -> None:
    """Raise Refused unless this person has the back-check in hand, it is not done, and the interview is not theirs."""
    lock_back_check(session, check)
    if check.response.interviewer_id == actor.id:
        raise Refused(_("自己访问的人不能自己回访。"), "own-interview")
    if check.done_at is not None:
        raise Refused(_("这份回访已经登记过了。"), "done")
    if check.checker_id != actor.id:
        raise Refused(_("这份回访不在您手上。"), "not-mine")
