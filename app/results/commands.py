"""Taking a response out of every number, putting it back, and erasing it when consent is withdrawn."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule
from app.database import lock_row
from app.desk.commands.links import end_asking
from app.documents.queries import outcomes_of
from app.draw.commands.replacements import after_final, replacement_of
from app.models import Attempt, BackCheck, Case, DeskNote, Exclusion, Paradata, Replacement, Response, User
from app.models.responses import FACTS
from app.shared.errors import Refused
from app.shared.guards import reason_given, refuse_when_draw_is_over, refuse_when_erased
from app.shared.limits import LONGEST_REASON
from surveys.indicators import WITHDRAWN
from surveys.outcomes import REFUSED_FOR_GOOD

NOTHING_LEFT, NEVER_SERVED = "P1", "X1"


def exclude_response(session: Session, response: Response, *, reason: str, actor: User | None = None) -> Exclusion:
    """Take a response out of every number; another valid one of the case counts instead, or the case opens again."""
    _in_turn(session, response)
    if response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除。"), "withdrawn")
    if response.excluded:
        raise Refused(_("这份答卷已经排除。"), "excluded")
    return _entered(session, response, excluded=True, reason=reason, actor=actor)


def restore_response(session: Session, response: Response, *, reason: str, actor: User | None = None) -> Exclusion:
    """Put an excluded response back; the first valid one of its case counts, as ever."""
    _in_turn(session, response)
    if response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除。"), "withdrawn")
    if not response.excluded:
        raise Refused(_("这份答卷没有被排除。"), "not-excluded")
    if response.valid and not _may_count(response, replacement_of(session, response.case)):
        raise Refused(_("这个个案已经由候补替换，这份答卷不能再计入。"), "replaced")
    return _entered(session, response, excluded=False, reason=reason, actor=actor)


def withdraw_consent(session: Session, response: Response, *, reason: str, actor: User | None = None) -> None:
    """Erase what somebody answered, at their wish: out of every figure, for good, and nobody asks them again.

    That there was a response stays, and who erased it when; of what it said nothing does. Also after the score is
    settled: the law comes first, and recomputing then says what changed.
    """
    lock_row(session, Case.id, response.case_id)
    session.refresh(response)
    if response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除。"), "withdrawn")
    refuse_when_erased(session, response.case.draw.evaluation)
    reason = reason_given(reason, LONGEST_REASON)
    case = response.case
    # Who takes back one answer takes back all they gave: by link and by telephone alike.
    others = select(Response).where(Response.case_id == case.id, Response.id != response.id).order_by(Response.id)
    erased = [one for one in session.scalars(others) if one.invalid_reason != WITHDRAWN] + [response]
    for one in erased:
        _erase(one)
        _erase_beside(session, one)
    session.flush()
    case.outcome, case.outcome_final = REFUSED_FOR_GOOD, True
    end_asking(session, case)
    _erase_notes(session, case)
    reschedule(session, case)
    for one in erased:
        record(
            session,
            "response.withdrawn",
            actor=actor,
            evaluation=case.draw.evaluation,
            subject=case.uuid,
            details={"response": str(one.uuid)},
            words={"reason": reason},
        )
    after_final(session, case, actor=actor)


def _erase_notes(session: Session, case: Case) -> None:
    """What interviewers wrote down of the person goes with the answers."""
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
    """How the interview went, and what the person said when asked again; that a back-check was done stays."""
    session.execute(delete(Paradata).where(Paradata.response_id == response.id))
    session.execute(update(BackCheck).where(BackCheck.response_id == response.id).values(answers={}, agreements={}))


def _in_turn(session: Session, response: Response) -> None:
    lock_row(session, Case.id, response.case_id)
    session.refresh(response)
    refuse_when_draw_is_over(session, response.case.draw)
    refuse_when_erased(session, response.case.draw.evaluation)


def _entered(session: Session, response: Response, *, excluded: bool, reason: str, actor: User | None) -> Exclusion:
    row = Exclusion(response_id=response.id, excluded=excluded, reason=reason_given(reason, LONGEST_REASON))
    row.entered_by_id = actor.id if actor else None
    session.add(row)
    was_counted = response.counted
    # Out before another may count: a case has one counted response at most.
    if excluded:
        response.counted = False
    response.excluded = excluded
    session.flush()
    case = response.case
    _follow(session, case, was_counted=was_counted)
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


def _follow(session: Session, case: Case, *, was_counted: bool) -> None:
    """What becomes of the case. What it ended with for another reason stays: who died is not called again.

    Whom the reserve stands in for stays closed, under the outcome that the register names.
    """
    replaced = replacement_of(session, case)
    counted = _count_first(session, case, replaced)
    if replaced is not None:
        return
    if case.outcome == REFUSED_FOR_GOOD and case.outcome_final:
        return  # who refused once is not asked again, whatever else becomes of their answers
    if counted is not None:
        outcome = NEVER_SERVED if counted.never_served else "I2" if counted.proxy else "I1"
        case.outcome, case.outcome_final = outcome, True
    elif was_counted:
        case.outcome = NOTHING_LEFT
        case.outcome_final = outcomes_of(case.draw.evaluation)[NOTHING_LEFT].final


def _may_count(response: Response, replaced: Replacement | None) -> bool:
    """Whether a valid answer may count: of a replaced case only that the person was never served, if that is why."""
    return replaced is None or (replaced.outcome == NEVER_SERVED and response.never_served)


def _count_first(session: Session, case: Case, replaced: Replacement | None) -> Response | None:
    """Let the first valid response of a case count that is not excluded and may count, and no other."""
    responses = session.scalars(
        select(Response).where(Response.case_id == case.id).order_by(Response.submitted_at, Response.id)
    ).all()
    fit = (one for one in responses if one.valid and not one.excluded and _may_count(one, replaced))
    first = next(fit, None)
    for one in responses:
        if one is not first:
            one.counted = False
    session.flush()
    if first is not None:
        first.counted = True
        session.flush()
    return first
