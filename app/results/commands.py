"""Excluding a response from every figure, restoring it, and erasing it when consent is withdrawn."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule
from app.database import lock_row
from app.desk.commands.links import stop_contacting
from app.documents.queries import outcomes_of
from app.draw.commands.replacements import release_due_replacements, replacement_of
from app.models import Attempt, BackCheck, Case, DeskNote, Exclusion, Paradata, Replacement, Response, User
from app.models.responses import FACTS
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_when_draw_is_over, refuse_when_erased
from app.shared.limits import LONGEST_REASON
from surveys.indicators import WITHDRAWN
from surveys.outcomes import REFUSED_FOR_GOOD

NOTHING_LEFT, NEVER_SERVED = "P1", "X1"


def exclude_response(session: Session, response: Response, *, reason: str, actor: User | None = None) -> Exclusion:
    """Exclude a response from every figure; another valid one of the case counts instead, or the case opens again.

    Raises Refused if consent was withdrawn or the response is excluded already.
    """
    _lock_for_change(session, response)
    if response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除。"), "withdrawn")
    if response.excluded:
        raise Refused(_("这份答卷已经排除。"), "excluded")
    return _enter_exclusion(session, response, excluded=True, reason=reason, actor=actor)


def restore_response(session: Session, response: Response, *, reason: str, actor: User | None = None) -> Exclusion:
    """Restore an excluded response; the first valid one of its case counts.

    Raises Refused if consent was withdrawn, it is not excluded, or a reserve has replaced the case.
    """
    _lock_for_change(session, response)
    if response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除。"), "withdrawn")
    if not response.excluded:
        raise Refused(_("这份答卷没有被排除。"), "not-excluded")
    if response.valid and not _may_count(response, replacement_of(session, response.case)):
        raise Refused(_("这个个案已经由候补替换，这份答卷不能再计入。"), "replaced")
    return _enter_exclusion(session, response, excluded=False, reason=reason, actor=actor)


def withdraw_consent(session: Session, response: Response, *, reason: str, actor: User | None = None) -> None:
    """Erase all answers of a case at the person's wish; they leave every figure and nobody contacts the person again.

    The rows stay, emptied, with the audit entry of who erased them and when. Allowed after the score is settled, as
    the law requires; the settlement check then reports the change. Raises Refused if it is erased already.
    """
    lock_row(session, Case.id, response.case_id)
    session.refresh(response)
    if response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除。"), "withdrawn")
    refuse_when_erased(session, response.case.draw.evaluation)
    reason = reason_given(reason, LONGEST_REASON)
    case = response.case
    # A withdrawal covers every response of the case, by link and by telephone.
    others = select(Response).where(Response.case_id == case.id, Response.id != response.id).order_by(Response.id)
    erased = [withdrawn for withdrawn in session.scalars(others) if withdrawn.invalid_reason != WITHDRAWN] + [response]
    for withdrawn in erased:
        _erase(withdrawn)
        _erase_beside(session, withdrawn)
    session.flush()
    case.outcome, case.outcome_final = REFUSED_FOR_GOOD, True
    stop_contacting(session, case)
    _erase_notes(session, case)
    reschedule(session, case)
    for withdrawn in erased:
        record(
            session,
            "response.withdrawn",
            actor=actor,
            evaluation=case.draw.evaluation,
            subject=case.uuid,
            details={"response": str(withdrawn.uuid)},
            words={"reason": reason},
        )
    release_due_replacements(session, case, actor=actor)


def _erase_notes(session: Session, case: Case) -> None:
    """Erase what interviewers noted about the person."""
    session.execute(delete(DeskNote).where(DeskNote.case_id == case.id))
    session.execute(update(Attempt).where(Attempt.case_id == case.id).values(note=None))


def _erase(response: Response) -> None:
    response.answers = {}
    response.valid = response.counted = response.satisfaction_valid = response.awareness_valid = False
    response.invalid_reason = WITHDRAWN
    response.satisfaction_index = response.overall = response.direct_score = None
    response.aware = response.staff_present = response.coached = None
    response.facts_known = response.facts_answered = 0
    response.proxy = response.never_served = False
    for fact in FACTS:
        setattr(response, f"knows_{fact}", None)


def _erase_beside(session: Session, response: Response) -> None:
    """Erase the paradata and the answers given in a back-check; the record that a back-check was made stays."""
    session.execute(delete(Paradata).where(Paradata.response_id == response.id))
    session.execute(update(BackCheck).where(BackCheck.response_id == response.id).values(answers={}, agreements={}))


def _lock_for_change(session: Session, response: Response) -> None:
    lock_row(session, Case.id, response.case_id)
    session.refresh(response)
    refuse_when_draw_is_over(session, response.case.draw)
    refuse_when_erased(session, response.case.draw.evaluation)


def _enter_exclusion(
    session: Session, response: Response, *, excluded: bool, reason: str, actor: User | None
) -> Exclusion:
    row = Exclusion(response_id=response.id, excluded=excluded, reason=reason_given(reason, LONGEST_REASON))
    row.entered_by_id = actor.id if actor else None
    session.add(row)
    was_counted = response.counted
    # Set before another response may count: a case has one counted response at most.
    if excluded:
        response.counted = False
    response.excluded = excluded
    session.flush()
    case = response.case
    _update_outcome(session, case, was_counted=was_counted)
    reschedule(session, case)
    record(
        session,
        "response.excluded" if excluded else "response.restored",
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"response": str(response.uuid)},
        words={"reason": row.reason},
    )
    return row


def _update_outcome(session: Session, case: Case, *, was_counted: bool) -> None:
    """Set the outcome of the case after an exclusion or restoration; a final outcome with another cause stays.

    A case that a reserve has replaced stays closed, under the outcome in the register of replacements.
    """
    replaced = replacement_of(session, case)
    counted = _count_first(session, case, replaced)
    if replaced is not None:
        return
    if case.outcome == REFUSED_FOR_GOOD and case.outcome_final:
        return  # a person who has refused for good is not contacted again
    if counted is not None:
        outcome = NEVER_SERVED if counted.never_served else "I2" if counted.proxy else "I1"
        case.outcome, case.outcome_final = outcome, True
    elif was_counted:
        case.outcome = NOTHING_LEFT
        case.outcome_final = outcomes_of(case.draw.evaluation)[NOTHING_LEFT].final


def _may_count(response: Response, replaced: Replacement | None) -> bool:
    """Whether a valid response may count; a replaced case admits only "never served", if that outcome closed it."""
    return replaced is None or (replaced.outcome == NEVER_SERVED and response.never_served)


def _count_first(session: Session, case: Case, replaced: Replacement | None) -> Response | None:
    """Mark the first valid, not excluded response that may count as counted, and every other one as not counted."""
    responses = session.scalars(
        select(Response).where(Response.case_id == case.id).order_by(Response.submitted_at, Response.id)
    ).all()
    countable = (
        candidate
        for candidate in responses
        if candidate.valid and not candidate.excluded and _may_count(candidate, replaced)
    )
    first = next(countable, None)
    for candidate in responses:
        if candidate is not first:
            candidate.counted = False
    session.flush()
    if first is not None:
        first.counted = True
        session.flush()
    return first
