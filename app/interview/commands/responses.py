"""Storing a response, the same for every mode."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import reschedule, schedule_of
from app.cases.queries import open_call
from app.clock import local, now
from app.database import lock
from app.desk.commands.appointments import end_open_appointment
from app.desk.commands.calls import end_call
from app.desk.commands.links import drop_draft, stop_contacting
from app.documents.queries import outcomes_of, questionnaire_of
from app.draw.commands.replacements import release_due_replacements
from app.models import Attempt, Case, Draft, Evaluation, Paradata, Response, User
from app.privacy.columns import keyring
from app.shared.errors import Refused, refused_when_taken
from app.shared.guards import refuse_at_desk
from surveys.calling.minors import protection, respondent_problem
from surveys.estimates import INDEX_SCALE
from surveys.indicators import Indicators, measure
from surveys.outcomes import REFUSED_FOR_GOOD
from surveys.questionnaire import AnswerProblem, check_answers
from surveys.questionnaire.kinds import Answer
from surveys.rounding import half_up


class AnswersRefused(Refused):
    """The answers do not fit the questionnaire (`problems`); nothing was stored."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(_("还有几处需要补充或更正。"), "answers")
        self.problems = problems


@dataclass(frozen=True)
class Submission:
    """The result of a submission: the stored response, and whether it had been stored before."""

    response: Response
    repeated: bool


def submit_response(
    session: Session,
    case: Case,
    *,
    mode: str,
    answers: Mapping[str, object],
    submission_key: uuid.UUID,
    started_at: datetime,
    interviewer: User | None = None,
    at: datetime | None = None,
    browser: str = "",
) -> Submission:
    """Store one submission of a case; the first valid one counts, later ones are kept and not counted.

    Repeating a submission (double click, retry) meets its key and returns the stored response. `browser` is the random
    number of the browser a link was answered in; only a fingerprint of it is kept, of nobody who refused. Raises
    AnswersRefused with one problem per question, or Refused.
    """
    # Submissions of a case are serialised; on SQLite the transaction already holds the write lock.
    lock(session, case)
    stored = _stored_before(session, case, submission_key)
    if stored is not None:
        return Submission(stored, repeated=True)
    evaluation, submitted_at = case.draw.evaluation, at or now()
    _refuse_when_closed(session, case, interviewer, submission_key)
    accepted, indicators = _measured(case, mode, answers, submitted_at)
    response = Response(
        case_id=case.id,
        submission_key=submission_key,
        mode=mode,
        questionnaire_id=evaluation.questionnaire_id,
        answers=accepted,
        started_at=min(started_at, submitted_at),
        submitted_at=submitted_at,
        counted=indicators.valid and not _already_counted(session, case),
        **_columns(indicators),
    )
    response.interviewer_id = interviewer.id if interviewer else None
    with refused_when_taken(session, _other_case_message(), "other-case"):
        session.add(response)
    if browser and indicators.consented:
        session.flush()
        session.add(Paradata(response_id=response.id, device=_device(evaluation, browser)))
    asking = _current_interviewer_id(session, case, submitted_at) if mode == "web" else None
    _close_case(session, case, response, indicators)
    _release(session, case, response, asking)
    details = {"mode": mode, "valid": indicators.valid, "counted": response.counted, "response": str(response.uuid)}
    record(session, "response.submitted", actor=interviewer, evaluation=evaluation, subject=case.uuid, details=details)
    release_due_replacements(session, case, actor=interviewer)
    return Submission(response, repeated=False)


def _stored_before(session: Session, case: Case, key: uuid.UUID) -> Response | None:
    """The response that was stored under this key before; refused where it is one of another case."""
    stored = session.scalar(select(Response).where(Response.submission_key == key))
    if stored is not None and stored.case_id != case.id:
        raise Refused(_other_case_message(), "other-case")
    return stored


def _other_case_message() -> str:
    return str(_("这份答卷属于另一个个案。"))


def _measured(
    case: Case, mode: str, answers: Mapping[str, object], at: datetime
) -> tuple[dict[str, Answer], Indicators]:
    """The answers as they are stored and the indicators computed from them; AnswersRefused if they do not fit."""
    questionnaire = questionnaire_of(case.draw.evaluation)
    checked = check_answers(questionnaire, answers, mode)
    if checked.problems:
        raise AnswersRefused(checked.problems)
    indicators = measure(questionnaire, checked.answers)
    if indicators.consented and (problems := wrong_respondent(case, indicators, at)):
        raise AnswersRefused(problems)
    return checked.answers, indicators


def _device(evaluation: Evaluation, browser: str) -> bytes:
    """A keyed hash of the browser's number and the evaluation, so that it links answers within one evaluation only."""
    return keyring().blind_index("browser", f"{evaluation.uuid}/{browser}")


def wrong_respondent(case: Case, indicators: Indicators, at: datetime) -> tuple[AnswerProblem, ...]:
    """The problem where a person who may be under 14 that day is not answered for by the guardian (PIPL Art. 31)."""
    rules = questionnaire_of(case.draw.evaluation).measures
    # Where the document does not name the guardian's relation, any proxy is accepted.
    guardian = indicators.proxy_relation in rules.proxy_guardian if rules.proxy_guardian else indicators.proxy
    protected = protection(case.recipient.birth_year, local(at).date())
    words = respondent_problem(protected, indicators.proxy, guardian)
    if words is None:
        return ()
    place = rules.proxy_relation if indicators.proxy and rules.proxy_relation else rules.proxy[0]
    return (AnswerProblem(place, words),)


def _refuse_when_closed(session: Session, case: Case, interviewer: User | None, key: uuid.UUID) -> None:
    """Refuse where no answer is accepted any more, and under a key that an attempt was recorded with.

    A case closed without an interview accepts no answer: it may have been replaced already.
    """
    refuse_at_desk(session, case, interviewer)
    if _closed_without_interview(session, case):
        if case.outcome == REFUSED_FOR_GOOD:
            raise Refused(_("这位已经明确拒绝，不再收答卷。"), "refused")
        raise Refused(_("这个个案已经结案，不再收答卷。"), "closed")
    if session.scalar(select(Attempt.id).where(Attempt.case_id == case.id, Attempt.attempt_key == key)):
        raise Refused(_("这一页已经用来登记过结果。请从个案重新打开访问。"), "key-used")


def _closed_without_interview(session: Session, case: Case) -> bool:
    return case.outcome_final and not _already_counted(session, case)


def _already_counted(session: Session, case: Case) -> bool:
    return session.scalar(select(Response.id).where(Response.case_id == case.id, Response.counted)) is not None


def scaled_index(index: Decimal | None) -> int | None:
    """An index as it is stored: in ten-thousandths of a point, rounded half up."""
    if index is None:
        return None
    return int(half_up(index * INDEX_SCALE, 0))


def _columns(indicators: Indicators) -> dict[str, object]:
    return {
        "valid": indicators.valid,
        "invalid_reason": indicators.invalid_reason,
        "satisfaction_valid": indicators.valid_satisfaction,
        "satisfaction_index": scaled_index(indicators.index),
        "overall": indicators.overall,
        "direct_score": indicators.direct,
        "awareness_valid": indicators.valid_awareness,
        "aware": indicators.aware,
        "facts_known": indicators.facts_known,
        "facts_answered": indicators.facts_answered,
        **{f"knows_{fact}": known for fact, known in indicators.facts.items()},
        "proxy": indicators.proxy,
        "staff_present": indicators.staff_present,
        "coached": indicators.coached,
        "never_served": indicators.never_served,
    }


def outcome_of(indicators: Indicators) -> str:
    """The outcome code of a submission: complete, by proxy, partial, never served, refused.

    The codes: docs/domain.md, section 4.2.
    """
    if not indicators.consented:
        return "R1"
    if indicators.never_served:
        return "X1"
    if not indicators.valid:
        return "P1"
    return "I2" if indicators.proxy else "I1"


def _close_case(session: Session, case: Case, response: Response, indicators: Indicators) -> None:
    outcome = outcome_of(indicators)
    attempt = Attempt(
        case_id=case.id,
        attempt_key=response.submission_key,
        mode=response.mode,
        outcome=outcome,
        at=response.submitted_at,
        interviewer_id=response.interviewer_id,
    )
    session.add(attempt)
    session.flush()
    if response.mode == "phone":
        end_call(session, case, at=response.submitted_at, attempt=attempt)
    case.interviewer_id = response.interviewer_id or case.interviewer_id
    if response.counted or not _already_counted(session, case):
        case.outcome, case.outcome_final = outcome, outcomes_of(case.draw.evaluation)[outcome].final
    if case.outcome_final:
        end_open_appointment(session, case, "kept", response.submitted_at)
        # A draft in another mode is not needed any more.
        drop_draft(session, case)
        if _closed_without_interview(session, case):
            # A link that was answered itself stays valid: it leads to the page of thanks.
            stop_contacting(session, case, links=response.mode != "web")


def _current_interviewer_id(session: Session, case: Case, at: datetime) -> int | None:
    """The id of the interviewer who is interviewing the person at this moment, by telephone or on a visit, if any."""
    row, draft = schedule_of(session, case), session.get(Draft, case.id)
    if row.held_until is not None and row.held_until > at:
        return row.held_by_id if draft is not None or open_call(session, case) is not None else None
    return row.assigned_to_id if draft is not None and row.way == "visit" else None


def _release(session: Session, case: Case, response: Response, asking: int | None) -> None:
    """Reschedule the case. An interviewer at work (`asking`) while its link is answered may still submit.

    That second response is stored and not counted; after a refusal none is accepted.
    """
    unheard = _closed_without_interview(session, case)
    if asking is not None and not unheard:
        case.interviewer_id = asking  # so that they may still open the page
    elif case.outcome_final:
        end_call(session, case, at=response.submitted_at)
    still_asking = response.mode == "web" and not unheard and (asking is not None or not case.outcome_final)
    reschedule(session, case, release=not still_asking)
