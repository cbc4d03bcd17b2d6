"""Back-checks: drawn by ticket, taken one at a time, done by somebody else than the interviewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.clock import local, now
from app.commands.audit import record
from app.commands.minors import require_opening
from app.commands.refusal import Refused
from app.commands.settled import refuse_when_settled
from app.documents import questionnaire_of
from app.models import (
    BackCheck,
    Case,
    Contact,
    Draw,
    Evaluation,
    Membership,
    Response,
    Role,
    Settlement,
    User,
)
from app.queries.calling import settings_of
from app.queries.evidence import live_draw
from app.queries.integrity import flags_of, interviews_of, stays
from app.queries.quality_control import KNOWN, UNKNOWN, answered_twice, asked_again, may_be_asked_again, my_back_check
from surveys.calling.hours import why_not
from surveys.indicators import WITHDRAWN
from surveys.integrity import Candidate, draw, to_back_check
from surveys.questionnaire import Questionnaire

HEARD = ("yes", "no", "not_reached")
INTERVIEWED = "interviewed"


def draw_back_checks(session: Session, evaluation: Evaluation, *, actor: User | None = None) -> int:
    """Draw what is due to be checked and not drawn yet; returns how many were added. Repeating it adds nothing."""
    live = live_draw(session, evaluation)
    if live is None:
        raise Refused(_("还没有抽样。"), "no-draw")
    # One at a time: two presses of the button must not draw the same response twice.
    session.execute(select(Draw.id).where(Draw.id == live.id).with_for_update())
    refuse_when_settled(session, evaluation)
    flagged = to_back_check(flags_of(session, live, interviews_of(session, live)))
    responses = {
        str(response.uuid): response
        for response in session.scalars(
            select(Response).join(Case, Response.case_id == Case.id).where(Case.draw_id == live.id, stays())
        )
    }
    candidates = [
        Candidate(name, str(one.interviewer_id or ""), flagged=name in flagged, never_served=one.never_served)
        for name, one in responses.items()
    ]
    kept = _kept(session, live)
    percent = settings_of(session, evaluation).back_check_percent
    added = [one for one in draw(candidates, live.seed, percent, kept) if one.response not in kept]
    for one in added:
        session.add(BackCheck(response_id=responses[one.response].id, why=one.why))
    if added:
        whys = Counter(one.why for one in added)
        details = {"percent": percent, "responses": len(responses), **{why: whys[why] for why in sorted(whys)}}
        record(session, "backchecks.drawn", actor=actor, evaluation=evaluation, subject=live.uuid, details=details)
    return len(added)


def _kept(session: Session, live: Draw) -> dict[str, str]:
    rows = session.execute(
        select(Response.uuid, BackCheck.why)
        .join(BackCheck, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .where(Case.draw_id == live.id)
    )
    return {str(name): why for name, why in rows}


def claim_back_check(session: Session, checker: User) -> BackCheck | None:
    """Take the next back-check of somebody else's interview; the one in hand first. None when none is left."""
    in_hand = my_back_check(session, checker)
    if in_hand is not None:
        return in_hand
    check = session.scalar(_free_for(checker))
    if check is not None:
        check.checker_id = checker.id
        session.flush()
    return check


def _free_for(checker: User) -> Select[BackCheck]:
    """Undone, held by nobody, of an evaluation where they interview, of a case they had nothing to do with."""
    own = aliased(Response)
    return (
        select(BackCheck)
        .join(Response, BackCheck.response_id == Response.id)
        .join(Case, Response.case_id == Case.id)
        .join(Draw, Case.draw_id == Draw.id)
        .join(Evaluation, Draw.evaluation_id == Evaluation.id)
        .join(Membership, Membership.evaluation_id == Evaluation.id)
        .where(
            Membership.user_id == checker.id,
            Membership.role == Role.INTERVIEWER,
            BackCheck.done_at.is_(None),
            BackCheck.checker_id.is_(None),
            Draw.voided_at.is_(None),
            stays(),
            ~exists().where(own.case_id == Case.id, own.interviewer_id == checker.id),
            may_be_asked_again(checker),
            ~exists().where(Settlement.evaluation_id == Evaluation.id),
        )
        .order_by(BackCheck.drawn_at, BackCheck.id)
        .limit(1)
        .with_for_update(of=BackCheck, skip_locked=True)
    )


def release_back_check(session: Session, check: BackCheck, *, actor: User) -> None:
    """Put a back-check in hand back, for somebody else to take."""
    _mine(session, check, actor)
    check.checker_id = None
    session.flush()


def reopen_back_check(session: Session, check: BackCheck, *, actor: User | None = None) -> None:
    """Let a back-check be tried again: one that reached nobody, or one that somebody holds and does not do."""
    _fresh(session, check)
    refuse_when_settled(session, check.response.case.draw.evaluation)
    if check.result not in (None, "not_reached") or check.checker_id is None:
        raise Refused(_("这份回访不用再做。"), "not-open")
    check.checker_id = check.done_at = check.result = None
    check.answers, check.agreements = {}, {}
    _noted(session, "backcheck.reopened", check, actor, {})


def reveal_for_back_check(session: Session, check: BackCheck, *, actor: User, at: datetime | None = None) -> Contact:
    """Open the contact of a back-check in hand, in the hours when people may be called; each look is an event.

    Of a minor only after this person gave a reason (app.commands.minors).
    """
    _mine(session, check, actor)
    case = check.response.case
    evaluation = case.draw.evaluation
    refuse_when_settled(session, evaluation)
    reason = why_not(local(at or now()), settings_of(session, evaluation))
    if reason is not None:
        raise Refused(_("现在不能联系：%(why)s", why=reason.words.say(str(get_locale() or "zh"))), "hours")
    require_opening(session, case, actor=actor)
    if case.recipient.contact is None:
        raise Refused(_("联系资料已经删除。"), "no-contact")
    details = {"back_check": str(check.uuid)}
    record(session, "contact.revealed", actor=actor, evaluation=evaluation, subject=case.uuid, details=details)
    return case.recipient.contact


def record_back_check(
    session: Session,
    check: BackCheck,
    *,
    checker: User,
    heard: str,
    answers: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> BackCheck:
    """Store what a back-check found, once. `heard`: whether they say they were interviewed, or nobody was reached.

    `answers` are to app.queries.quality_control.asked_again, the address as "known" or "unknown". The result follows
    from both: "differs" when ever served, satisfied or not, or the address known or not came out otherwise.
    """
    _mine(session, check, checker)
    refuse_when_settled(session, check.response.case.draw.evaluation)
    if heard not in HEARD:
        raise Refused(_("请选择回访结果。"), "heard")
    response = check.response
    questionnaire = questionnaire_of(response.case.draw.evaluation)
    given = _checked(questionnaire, answers or {}) if heard == "yes" else {}
    twice = answered_twice(questionnaire, response.answers, given)
    check.answers = {INTERVIEWED: heard, **given}
    check.agreements = {question: before == after for question, (before, after) in twice.items()}
    check.result = _result(questionnaire, heard, twice)
    check.done_at = at or now()
    _noted(session, "backcheck.done", check, checker, {"result": check.result, "why": check.why})
    return check


def _checked(questionnaire: Questionnaire, answers: Mapping[str, str]) -> dict[str, str]:
    served, overall, address = asked_again(questionnaire)
    allowed = {q: {option.code for option in questionnaire.question(q).options} for q in (served, overall)}
    allowed[address] = {KNOWN, UNKNOWN}
    given = {question: answer for question, answer in answers.items() if answer}
    if any(answer not in allowed.get(question, ()) for question, answer in given.items()):
        raise Refused(_("请从所列答案中选一个。"), "answers")
    return given


def _result(questionnaire: Questionnaire, heard: str, twice: Mapping[str, tuple[str, str]]) -> str:
    if heard != "yes":
        return "not_interviewed" if heard == "no" else "not_reached"
    _served, overall, _address = asked_again(questionnaire)
    satisfied = questionnaire.measures.satisfied
    for question, (before, after) in twice.items():
        same = (before in satisfied) == (after in satisfied) if question == overall else before == after
        if not same:
            return "differs"
    return "confirmed"


def _fresh(session: Session, check: BackCheck) -> None:
    """The newest state of a back-check, locked; refuses one whose response was erased."""
    session.execute(select(BackCheck.id).where(BackCheck.id == check.id).with_for_update())
    session.refresh(check)
    session.refresh(check.response)
    if check.response.invalid_reason == WITHDRAWN:
        raise Refused(_("这份答卷已按本人要求删除，不再回访。"), "withdrawn")


def _mine(session: Session, check: BackCheck, actor: User) -> None:
    _fresh(session, check)
    if check.response.interviewer_id == actor.id:
        raise Refused(_("自己访问的人不能自己回访。"), "own-interview")
    if check.done_at is not None:
        raise Refused(_("这份回访已经登记过了。"), "done")
    if check.checker_id != actor.id:
        raise Refused(_("这份回访不在您手上。"), "not-mine")


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
