"""The reasons shown for calling this person now, from the schedule, the attempts and the strata."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import get_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import local
from app.draw.queries.stratum_names import stratum_names
from app.models import Case, Draft, DrawStratum, ResponseTally, Schedule, User
from app.shared.cache import BoundedCache
from sampling.text import Text
from surveys.calling import reasons
from surveys.calling.call_scheduling import PastAttempt
from surveys.calling.order import DUE_AHEAD
from surveys.calling.reasons import Reason

# Names of strata by draw and language: a draw never changes, and reading its certificate takes time.
_names: BoundedCache[tuple[str, str], dict[str, str]] = BoundedCache(most=256)


def reasons_for(
    session: Session,
    case: Case,
    row: Schedule,
    attempts: Sequence[PastAttempt],
    draft: Draft | None,
    user: User,
    at: datetime,
) -> tuple[Reason, ...]:
    """The reasons, the most important first: draft or appointment, earlier attempts, then the order of the queue."""
    moments = [past.at for past in attempts]
    due = row.appointment_at is not None and row.appointment_at <= at + DUE_AHEAD
    candidates: list[Reason | None] = [
        reasons.interview_begun(len(draft.answers)) if draft is not None and draft.answers else None,
        reasons.appointment(local(row.appointment_at), local(at)) if due and row.appointment_at else None,
        _earlier_attempts(attempts, at),
        _other_interviewer(attempts, user),
        reasons.other_number(row.number_place) if row.number_place else None,
        reasons.fits_language(row.needs) if row.needs else None,
    ]
    if not due:
        candidates += [reasons.new_day_part(local(at), moments), _missing(session, case)]
    return tuple(reason for reason in candidates if reason is not None)


def _earlier_attempts(attempts: Sequence[PastAttempt], at: datetime) -> Reason:
    if not attempts:
        return reasons.first_try()
    last = attempts[-1]
    words = last.outcome.label if last.outcome else Text("结果不详", "unknown")
    return reasons.retry(len(attempts) + 1, words, local(at) - last.at)


def _other_interviewer(attempts: Sequence[PastAttempt], user: User) -> Reason | None:
    last = attempts[-1] if attempts else None
    if last is None or last.outcome is None or last.outcome.retries is None or last.interviewer == user.id:
        return None
    return reasons.after_soft_refusal()


def _missing(session: Session, case: Case) -> Reason | None:
    """How many interviews the stratum of the case still lacks."""
    allocated = session.scalar(
        select(DrawStratum.allocated).where(DrawStratum.draw_id == case.draw_id, DrawStratum.stratum == case.stratum)
    )
    valid = session.scalar(
        select(func.sum(ResponseTally.valid)).where(
            ResponseTally.draw_id == case.draw_id, ResponseTally.stratum == case.stratum
        )
    )
    missing = (allocated or 0) - (valid or 0)
    return reasons.stratum_needs(_name(case), missing) if missing > 0 else None


def _name(case: Case) -> str:
    key = str(case.draw.uuid), str(get_locale())
    try:
        names = _names.get(key, lambda: stratum_names(case.draw))
    except (KeyError, TypeError, ValueError):
        return case.stratum  # the certificate was altered: its own page reports that, and calling goes on
    return names.get(case.stratum, case.stratum)
