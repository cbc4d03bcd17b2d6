"""Back-checks: drawn at random, claimed one at a time, done by somebody other than the interviewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.audit.commands import record
from app.cases.queries import settings_of
from app.clock import now
from app.database import lock_row
from app.desk.queries.open_desks import interviews_for
from app.documents.queries import questionnaire_of
from app.models import (
    BackCheck,
    Case,
    Draw,
    Evaluation,
    Membership,
    Response,
    Settlement,
    User,
)
from app.quality_control.commands.back_check_calls import end_back_check_call, lock_back_check, require_in_hand
from app.quality_control.queries.back_checks import (
    KNOWN,
    UNKNOWN,
    answered_twice,
    back_check_questions,
    may_be_back_checked,
    my_back_check,
)
from app.quality_control.queries.integrity import flags_of, interviews_of, is_usable
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_at_desk, refuse_when_closed, refuse_when_draw_is_over
from app.shared.queries import live_draw, within_retention
from surveys.integrity import BackCheckCandidate, select_back_checks, to_back_check
from surveys.questionnaire import Questionnaire

REPLIES = ("yes", "no", "not_reached")
INTERVIEWED = "interviewed"


def draw_back_checks(session: Session, evaluation: Evaluation, *, actor: User | None = None) -> int:
    """Draw the back-checks that are due and not drawn yet; returns how many were added. Repeating it adds nothing."""
    live = live_draw(session, evaluation)
    if live is None:
        raise Refused(_("还没有抽样。"), "no-draw")
    # Lock the draw: two requests at once must not draw the same response twice.
    lock_row(session, Draw.id, live.id)
    refuse_when_closed(session, evaluation)
    flagged = to_back_check(flags_of(session, live, interviews_of(session, live)))
    responses = {
        str(response.uuid): response
        for response in session.scalars(
            select(Response).join(Case, Response.case_id == Case.id).where(Case.draw_id == live.id, is_usable())
        )
    }
    candidates = [
        BackCheckCandidate(
            name, str(response.interviewer_id or ""), flagged=name in flagged, never_served=response.never_served
        )
        for name, response in responses.items()
    ]
    already_drawn = _drawn_before(session, live)
    percent = settings_of(session, evaluation).back_check_percent
    added = [
        sampled
        for sampled in select_back_checks(candidates, live.selection_seed, percent, already_drawn)
        if sampled.response not in already_drawn
    ]
    for sampled in added:
        session.add(BackCheck(response_id=responses[sampled.response].id, why=sampled.why))
    if added:
        whys = Counter(sampled.why for sampled in added)
        details = {"percent": percent, "responses": len(responses), **{why: whys[why] for why in sorted(whys)}}
        record(session, "backchecks.drawn", actor=actor, evaluation=evaluation, subject=live.uuid, details=details)
    return len(added)


def _drawn_before(session: Session, live: Draw) -> dict[str, str]:
    rows = session.execute(
        select(Response.uuid, BackCheck.why)
        .join(BackCheck, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .where(Case.draw_id == live.id)
    )
    return {str(name): why for name, why in rows}


def claim_back_check(session: Session, checker: User) -> BackCheck | None:
    """Claim the next back-check of somebody else's interview, or return the one in hand; None when none is left."""
    # Lock the checker: two requests at once must not give one person two back-checks.
    lock_row(session, User.id, checker.id)
    in_hand = my_back_check(session, checker)
    if in_hand is not None:
        return in_hand
    check = session.scalar(_available_to(checker))
    if check is not None:
        check.checker_id = checker.id
        session.flush()
    return check


def _available_to(checker: User) -> Select[BackCheck]:
    """The next back-check open to this checker: not done, not claimed, of an evaluation they interview for, and of
    a case in which they took no part."""
    own = aliased(Response)
    return (
        select(BackCheck)
        .join(Response, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .join(Membership, interviews_for(checker.id))
        .where(
            BackCheck.done_at.is_(None),
            BackCheck.checker_id.is_(None),
            Draw.voided_at.is_(None),
            is_usable(),
            ~exists().where(own.case_id == Case.id, own.interviewer_id == checker.id),
            may_be_back_checked(checker),
            ~exists().where(Settlement.evaluation_id == Evaluation.id),
            within_retention(),
            Evaluation.withdrawn_at.is_(None),
        )
        .order_by(BackCheck.drawn_at, BackCheck.id)
        .limit(1)
        .with_for_update(of=BackCheck, skip_locked=True)
    )


def release_back_check(session: Session, check: BackCheck, *, actor: User) -> None:
    """Release a back-check in hand, so that somebody else can claim it."""
    require_in_hand(session, check, actor)
    end_back_check_call(session, check)
    check.checker_id = None
    session.flush()


def reopen_back_check(session: Session, check: BackCheck, *, actor: User | None = None) -> None:
    """Reopen a back-check that reached nobody, or release one that its holder does not do."""
    lock_back_check(session, check)
    refuse_when_draw_is_over(session, check.response.case.draw)
    refuse_after_retention(check.response.case.draw.evaluation)
    if check.result not in (None, "not_reached") or check.checker_id is None:
        raise Refused(_("这份回访不用再做。"), "not-open")
    end_back_check_call(session, check)
    check.checker_id = check.done_at = check.result = None
    check.answers, check.agreements = {}, {}
    _noted(session, "backcheck.reopened", check, actor, {})


def record_back_check(
    session: Session,
    check: BackCheck,
    *,
    checker: User,
    interviewed: str,
    answers: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> BackCheck:
    """Store the result of a back-check, once; the call ends.

    `interviewed`: "yes" or "no" as the person says, or "not_reached". `answers`: to the questions that
    `back_check_questions` names, the address as "known" or "unknown". The result follows from both: "differs" when the
    answer on ever having been served, on being satisfied, or on knowing the address is another one than in the
    interview. Raises Refused.
    """
    require_in_hand(session, check, checker)
    refuse_at_desk(session, check.response.case, checker)
    if interviewed not in REPLIES:
        raise Refused(_("请选择回访结果。"), "heard")
    response = check.response
    questionnaire = questionnaire_of(response.case.draw.evaluation)
    given_answers = _checked(questionnaire, answers or {}) if interviewed == "yes" else {}
    twice = answered_twice(questionnaire, response.answers, given_answers)
    check.answers = {INTERVIEWED: interviewed, **given_answers}
    check.agreements = {question: before == after for question, (before, after) in twice.items()}
    check.result = _result(questionnaire, interviewed, twice)
    check.done_at = at or now()
    end_back_check_call(session, check, at=check.done_at)
    _noted(session, "backcheck.done", check, checker, {"result": check.result, "why": check.why})
    return check


def _checked(questionnaire: Questionnaire, answers: Mapping[str, str]) -> dict[str, str]:
    served, overall, address = back_check_questions(questionnaire)
    allowed = {q: {option.code for option in questionnaire.question(q).options} for q in (served, overall)}
    allowed[address] = {KNOWN, UNKNOWN}
    given = {question: answer for question, answer in answers.items() if answer}
    if any(answer not in allowed.get(question, ()) for question, answer in given.items()):
        raise Refused(_("请从所列答案中选一个。"), "answers")
    return given


def _result(questionnaire: Questionnaire, interviewed: str, twice: Mapping[str, tuple[str, str]]) -> str:
    if interviewed != "yes":
        return "not_interviewed" if interviewed == "no" else "not_reached"
    _served, overall, _address = back_check_questions(questionnaire)
    satisfied = questionnaire.measures.satisfied
    for question, (before, after) in twice.items():
        same = (before in satisfied) == (after in satisfied) if question == overall else before == after
        if not same:
            return "differs"
    return "confirmed"


def _noted(session: Session, action: str, check: BackCheck, actor: User | None, details: dict[str, str]) -> None:
    case = check.response.case
    record(
        session,
        action,
        actor=actor,
        evaluation=case.draw.evaluation,
        subject=case.uuid,
        details={"back_check": str(check.uuid), "response": str(check.response.uuid), **details},
    )
