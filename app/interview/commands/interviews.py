"""Saving an interview answer by answer as a draft, and finishing it.

A draft belongs to the case, not to the interviewer: after a crash, a hang-up or a change of interviewer the interview
resumes at the same question under the same submission key, so that it is stored once.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.cases.commands import is_handled_by, schedule_of
from app.clock import now
from app.database import lock
from app.desk.commands.claiming import renew_lease
from app.documents.queries import questionnaire_of
from app.interview.commands.responses import AnswersRefused, Submission, submit_response, wrong_respondent
from app.models import Case, DeskNote, Draft, Paradata, Response, Schedule, User
from app.shared.errors import Refused, refused_when_taken
from app.shared.guards import refuse_at_desk
from app.shared.limits import LONGEST_WITNESS
from surveys.checks import FAMILY, PROMPTED, SELF, STAFF, TICKS, soft_checks
from surveys.indicators import Indicators, measure
from surveys.questionnaire import AnswerProblem, Questionnaire, check_answers, fitting

# A day: longer times sent by a browser are cut to this.
LONGEST_MILLISECONDS, MOST_CHANGES = 86_400_000, 999
LANGUAGES = ("zh", "yue")
TICK_COLUMNS = {SELF: "answered_self", FAMILY: "family_present", STAFF: "staff_present", PROMPTED: "prompted"}


@dataclass(frozen=True)
class InterviewParadata:
    """Paradata of an interview: how it went, beside its answers. Only what is known is given.

    `position`: the question reached. `ticks`: the integrity ticks. `kept`: codes of the checks that were confirmed.
    `milliseconds` and `changes` are totals by question, so that sending them twice changes nothing.
    """

    position: str = ""
    ticks: Mapping[str, bool] = field(default_factory=dict)
    witness: str | None = None
    kept: Collection[str] = ()
    milliseconds: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True)
class SavedInterview:
    """The draft as it is stored now, and the problems of the answers just given that do not fit."""

    draft: Draft
    problems: tuple[AnswerProblem, ...]


class IncompleteInterview(AnswersRefused):
    """An interview lacks more than answers: `marks` has a message by name of the tick, or for "witness"."""

    def __init__(self, problems: tuple[AnswerProblem, ...], marks: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.marks = dict(marks)


def save_answers(
    session: Session,
    case: Case,
    *,
    mode: str,
    answers: Mapping[str, object],
    paradata: InterviewParadata,
    submission_key: uuid.UUID,
    actor: User,
    started_at: datetime | None = None,
    at: datetime | None = None,
) -> SavedInterview:
    """Save the answers just given beside earlier ones; None deletes an answer.

    The first call begins the interview under the submission key given; later ones keep the key it began under.
    Raises Refused where the case is closed or the actor may not interview.
    """
    at = at or now()
    draft = _locked_draft(session, case)
    if draft is None and case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不再访问。"), "closed")
    draft = draft or _new_draft(case, submission_key, started_at or at, at)
    draft.mode = mode
    return _save(session, case, draft, answers, paradata, actor, at)


def _new_draft(case: Case, key: uuid.UUID, started_at: datetime, at: datetime) -> Draft:
    return Draft(case_id=case.id, submission_key=key, answers={}, started_at=min(started_at, at))


def _save(
    session: Session,
    case: Case,
    draft: Draft,
    answers: Mapping[str, object],
    paradata: InterviewParadata,
    actor: User,
    at: datetime,
) -> SavedInterview:
    _refuse_when_stored(session, draft.submission_key)
    refuse_at_desk(session, case, actor)
    _renew_lease(session, case, actor, at)
    questionnaire = questionnaire_of(case.draw.evaluation)
    checked = fitting(questionnaire, answers, draft.mode)
    if draft not in session:
        with refused_when_taken(session, _("这一页属于另一个个案。请从个案重新打开访问。"), "other-case"):
            session.add(draft)
    wrong = {problem.question for problem in checked.problems}
    before = {name: given for name, given in draft.answers.items() if name not in answers or name in wrong}
    draft.answers = before | checked.answers
    draft.saved_at, draft.interviewer_id = at, actor.id
    _store_paradata(draft, paradata, questionnaire)
    session.flush()
    return SavedInterview(draft, checked.problems)


def _store_paradata(draft: Draft, paradata: InterviewParadata, questionnaire: Questionnaire) -> None:
    draft.ticks = (draft.ticks or {}) | _ticks(paradata.ticks)
    draft.milliseconds = (draft.milliseconds or {}) | _counts(
        paradata.milliseconds, questionnaire, LONGEST_MILLISECONDS
    )
    draft.changes = (draft.changes or {}) | _counts(paradata.changes, questionnaire, MOST_CHANGES)
    draft.kept = sorted({*(draft.kept or ()), *paradata.kept})
    if paradata.witness is not None:
        draft.witness = " ".join(paradata.witness.split())[:LONGEST_WITNESS] or None
    if paradata.position:
        draft.position = paradata.position[:20]
    if paradata.language in LANGUAGES:
        draft.language = paradata.language


def finish_interview(
    session: Session,
    case: Case,
    *,
    mode: str,
    answers: Mapping[str, object],
    paradata: InterviewParadata,
    submission_key: uuid.UUID,
    interviewer: User,
    started_at: datetime | None = None,
    at: datetime | None = None,
) -> Submission:
    """Store the interview once: its answers, how it went, and a line to the supervisor about somebody never served.

    Raises IncompleteInterview with what is still missing. Finishing again returns what was stored.
    """
    at = at or now()
    draft = _locked_draft(session, case)
    known = session.scalar(
        select(Response).where(Response.case_id == case.id, Response.submission_key == submission_key)
    )
    if known is not None:
        return Submission(known, repeated=True)
    draft = draft or _new_draft(case, submission_key, started_at or at, at)
    draft.mode = mode
    _save(session, case, draft, answers, paradata, interviewer, at)
    questionnaire = questionnaire_of(case.draw.evaluation)
    checked = check_answers(questionnaire, answers, mode)
    indicators = measure(questionnaire, checked.answers)
    refuse_incomplete_interview(case, indicators, draft, checked.problems, mode)
    row = _paradata_of(draft, questionnaire, checked.answers, indicators)
    stored = submit_response(
        session,
        case,
        mode=mode,
        answers=answers,
        submission_key=draft.submission_key,
        started_at=draft.started_at,
        interviewer=interviewer,
        at=at,
    )
    row.response_id = stored.response.id
    session.add(row)
    session.execute(delete(Draft).where(Draft.case_id == case.id))
    if indicators.never_served:
        _tell_supervisor(session, case, interviewer)
    session.flush()
    return stored


def refuse_incomplete_interview(
    case: Case, indicators: Indicators, draft: Draft, problems: tuple[AnswerProblem, ...], mode: str
) -> None:
    """Raise IncompleteInterview where a tick, the witness or the right respondent is missing; not after a refusal."""
    marks: dict[str, str] = {}
    if indicators.consented:
        marks = {tick: _("请选「是」或「否」。") for tick in TICKS if tick not in draft.ticks}
        if indicators.proxy and mode == "visit" and not draft.witness:
            marks["witness"] = _("有人代答，请写见证人。")
        problems += wrong_respondent(case, indicators, draft.saved_at)
    if problems or marks:
        raise IncompleteInterview(problems, marks)


def _paradata_of(
    draft: Draft, questionnaire: Questionnaire, answers: Mapping[str, Any], indicators: Indicators
) -> Paradata:
    """The paradata to store; the checks that still fire at the end are those the interviewer has confirmed."""
    fired = soft_checks(questionnaire, answers, draft.ticks, draft.milliseconds)
    ticks = draft.ticks if indicators.consented else {}
    row = Paradata(
        milliseconds={name: spent for name, spent in draft.milliseconds.items() if name in answers},
        changes={name: number for name, number in draft.changes.items() if name in answers},
        kept=sorted(check.code for check in fired),
        language=draft.language,
        **{column: ticks.get(tick) for tick, column in TICK_COLUMNS.items()},
    )
    row.witness = draft.witness if indicators.proxy else None
    return row


def _tell_supervisor(session: Session, case: Case, interviewer: User) -> None:
    note = DeskNote(case_id=case.id, kind="never_served", text=_("受访者说，最近一年社工站没有联系过自己。"))
    note.written_by_id = interviewer.id
    session.add(note)


def _locked_draft(session: Session, case: Case) -> Draft | None:
    """The draft of a case; the case stays locked until the transaction ends, so saving and finishing are serialised."""
    lock(session, case)
    return session.scalar(select(Draft).where(Draft.case_id == case.id).execution_options(populate_existing=True))


def _refuse_when_stored(session: Session, key: uuid.UUID) -> None:
    if session.scalar(select(Response.id).where(Response.submission_key == key)) is not None:
        raise Refused(_("这份答卷已经交了。"), "stored")


def _renew_lease(session: Session, case: Case, actor: User, at: datetime) -> None:
    """Renew the lease of a case that is called; a visit is assigned and has no lease. Refused to anybody else."""
    row = schedule_of(session, case)
    visiting = row.held_by_id is None and is_handled_by(row, actor)
    if not visiting and not _answered_by_link_meanwhile(session, case, row, actor):
        renew_lease(session, case, actor=actor, at=at)


def _answered_by_link_meanwhile(session: Session, case: Case, row: Schedule, actor: User) -> bool:
    """Whether the case was answered by its link while this user was interviewing on a visit, which is stored too."""
    if not case.outcome_final or case.interviewer_id != actor.id or row.assigned_to_id != actor.id:
        return False
    counted = select(Response.mode).where(Response.case_id == case.id, Response.counted)
    return session.scalar(counted) == "web"


def _ticks(given: Mapping[str, Any]) -> dict[str, bool]:
    return {tick: given[tick] for tick in TICKS if isinstance(given.get(tick), bool)}


def _counts(given: Mapping[str, int], questionnaire: Questionnaire, most: int) -> dict[str, int]:
    return {name: min(max(number, 0), most) for name, number in given.items() if name in questionnaire}
