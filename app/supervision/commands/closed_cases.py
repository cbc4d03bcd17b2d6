"""Review of closed cases whose outcome the supervisor checks: accept the outcome, or reopen the case."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import past_attempts, reschedule, schedule_of
from app.clock import now
from app.database import lock, lock_row
from app.models import Case, Draw, Schedule, User
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_at_desk
from app.shared.limits import LONGEST_REASON
from app.supervision.labels import STAYS_CLOSED
from app.supervision.queries.closed_cases import needs_review, why_not_reopened


def accept_closed(session: Session, case: Case, *, actor: User, at: datetime | None = None) -> None:
    """Accept the outcome of a closed case: it leaves the list; the first reviewer stays on record."""
    row = _closed(session, case, actor)
    if row.looked_at is not None:
        return
    row.looked_at, row.looked_by_id = at or now(), actor.id
    details = {"outcome": case.outcome}
    record(session, "case.accepted", actor=actor, evaluation=case.draw.evaluation, subject=case.uuid, details=details)


def reopen_closed(session: Session, case: Case, *, reason: str, actor: User, at: datetime | None = None) -> Schedule:
    """Put a closed case back into the queue, with a reason; its outcome is again that before its last attempt.

    The attempt itself is kept and counted. Raises Refused after a final refusal, while an interview of the case
    counts, and once the case was replaced from the reserve.
    """
    row = _closed(session, case, actor)
    # Lock the draw first, as releases from the reserve do (app.draw.commands.replacements): no deadlock.
    lock_row(session, Draw.id, case.draw_id)
    if why := why_not_reopened(session, case):
        raise Refused(str(STAYS_CLOSED[why]), why)
    reason = reason_given(reason, LONGEST_REASON)
    ended = case.outcome
    case.outcome, case.outcome_final = _outcome_before(session, case), False
    row.cleared_at = at or now()
    row = reschedule(session, case)
    record(
        session,
        "case.reopened",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"outcome": ended},
        words={"reason": reason},
    )
    return row


def _closed(session: Session, case: Case, actor: User) -> Schedule:
    lock(session, case)
    row = schedule_of(session, case)
    refuse_at_desk(session, case, actor)
    if not needs_review(case):
        raise Refused(_("这个个案现在不用负责人看，可能已经有人处理过。"), "not-to-be-seen")
    return row


def _outcome_before(session: Session, case: Case) -> str | None:
    """The code of the latest attempt's outcome that left the case open; None where there is no such attempt."""
    open_ones = (
        attempt.outcome
        for attempt in reversed(past_attempts(session, case))
        if attempt.outcome and not attempt.outcome.final
    )
    return next((outcome.code for outcome in open_ones), None)
