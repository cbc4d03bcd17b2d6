"""Attempts to reach people: recording one with its outcome, undoing the last one, giving up.

A case that closes without an interview loses its links, draft and appointment (`stop_contacting`), and accepts no
answer any more.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.cases.commands import is_handled_by, number_count, past_attempts, reschedule, schedule_of
from app.cases.queries import settings_of
from app.clock import local, now
from app.database import lock
from app.desk.commands.appointments import AgreedTime, end_open_appointment, make_appointment
from app.desk.commands.calls import end_call
from app.desk.commands.claiming import claim_case
from app.desk.commands.links import stop_contacting
from app.desk.labels import lacking_in_words
from app.documents.queries import outcomes_of
from app.draw.commands.replacements import release_due_replacements
from app.models import Appointment, Attempt, Case, Draft, PhoneCall, Schedule, User
from app.shared.errors import Refused
from app.shared.guards import refuse_at_desk
from app.shared.limits import LONGEST_NOTE
from surveys.calling.attempts import lacking
from surveys.calling.call_scheduling import PastAttempt, soft_refusals
from surveys.outcomes import NextAction, Outcome, consequence_of

# The browser counts the seconds from when its page has loaded, which is later than the attempt.
UNDO_GRACE = timedelta(seconds=5)


def record_attempt(
    session: Session,
    case: Case,
    *,
    attempt_key: uuid.UUID,
    mode: str,
    outcome: str,
    interviewer: User | None,
    at: datetime | None = None,
    note: str = "",
    needs: str = "",
    appointment: AgreedTime | None = None,
    in_hand: bool = False,
) -> Attempt:
    """Record an attempt and everything that follows from its outcome; sent twice under one key it is stored once.

    The call ends, the case is rescheduled or closed, and is no longer held. Completed interviews are never recorded
    here: they come from a response. `in_hand`: refuse it unless the interviewer holds the case or is to visit.
    Raises Refused, also where the outcome lacks something it requires.
    """
    lock(session, case)
    stored = session.scalar(select(Attempt).where(Attempt.case_id == case.id, Attempt.attempt_key == attempt_key))
    if stored is not None:
        return stored
    evaluation, at = case.draw.evaluation, at or now()
    refuse_at_desk(session, case, interviewer)
    if mode not in ("phone", "visit"):
        raise Refused(_("请选择电访或走访。"), "mode")
    row = _open_row(session, case, interviewer, in_hand=in_hand)
    chosen = _chosen_outcome(session, case, outcome)
    note = _require_complete(chosen, note, needs, appointment)
    earlier = past_attempts(session, case)
    attempt = Attempt(case_id=case.id, attempt_key=attempt_key, mode=mode, outcome=outcome, at=at)
    attempt.interviewer_id = interviewer.id if interviewer else None
    attempt.needs, attempt.note = needs if chosen.needs_skill else "", note or None
    attempt.place = row.number_place if mode == "phone" else None
    session.add(attempt)
    session.flush()
    end_call(session, case, at=at, attempt=attempt)
    end_open_appointment(session, case, "kept", at)
    case.outcome, case.outcome_final = outcome, _next_action(session, case, chosen, earlier, attempt).closes
    case.interviewer_id = attempt.interviewer_id or case.interviewer_id
    if case.outcome_final:
        stop_contacting(session, case)
    elif appointment is not None:
        make_appointment(session, case, appointment, actor=interviewer, at=at)
    reschedule(session, case)
    details = {"mode": mode, "outcome": outcome}
    record(session, "attempt.recorded", actor=interviewer, evaluation=evaluation, subject=case.uuid, details=details)
    release_due_replacements(session, case, actor=interviewer)
    return attempt


def _open_row(session: Session, case: Case, interviewer: User | None, *, in_hand: bool) -> Schedule:
    """The case's row of the schedule; refused once it is closed, and with `in_hand` unless the interviewer has it."""
    if case.outcome_final:
        raise Refused(_("这个个案已有最终结果，不能再登记。"), "final")
    row = schedule_of(session, case)
    if in_hand and not is_handled_by(row, interviewer):
        raise Refused(_("这个个案已经不在您手上。请按「下一个」。"), "not-mine")
    return row


def _chosen_outcome(session: Session, case: Case, outcome: str) -> Outcome:
    under_way = session.scalar(select(Draft.case_id).where(Draft.case_id == case.id)) is not None
    offered = {choice.code: choice for choice in outcomes_of(case.draw.evaluation).by_hand(under_way=under_way)}
    if outcome not in offered:
        raise Refused(_("这个结果不能手工登记。"), "outcome")
    return offered[outcome]


def _require_complete(chosen: Outcome, note: str, needs: str, appointment: AgreedTime | None) -> str:
    """Refuse an outcome that lacks something it requires; returns the note with blanks normalised."""
    note = " ".join(note.split())
    if chosen.note_required and not note:
        raise Refused(_("这个结果要写一句说明。"), "note")
    if len(note) > LONGEST_NOTE:
        raise Refused(_("说明最多 %(n)s 个字。", n=LONGEST_NOTE), "note")
    if chosen.needs_skill and not needs:
        raise Refused(_("请选择下一位访问员要会什么。"), "needs")
    if chosen.appointment and appointment is None:
        raise Refused(_("请选择约好的时间。"), "appointment")
    return note


def _next_action(
    session: Session, case: Case, chosen: Outcome, earlier: tuple[PastAttempt, ...], attempt: Attempt
) -> NextAction:
    """The consequence of the attempt; at the limit, a case short of the attempt rule goes to the supervisor."""
    settings = settings_of(session, case.draw.evaluation)
    next_action = consequence_of(
        chosen,
        attempt=len(earlier) + 1,
        maximum=settings.most_attempts,
        numbers_left=max(number_count(case) - 1 - (attempt.place or 0), 0),
        refusals=soft_refusals(earlier),
    )
    moments = [past.at for past in earlier] + [local(attempt.at)]
    if next_action.closed_by == "limit" and lacking(moments, settings):
        return NextAction("supervisor")
    return next_action


def undo_attempt(session: Session, attempt: Attempt, *, actor: User, at: datetime | None = None) -> Case:
    """Undo the interviewer's last attempt within the seconds the evaluation allows; they hold the case again."""
    at = at or now()
    case = session.get_one(Case, attempt.case_id)
    lock(session, case)
    evaluation = case.draw.evaluation
    refuse_at_desk(session, case, actor)
    allowed = timedelta(seconds=settings_of(session, evaluation).undo_seconds) + UNDO_GRACE
    newest = session.scalars(
        select(Attempt).where(Attempt.case_id == case.id).order_by(Attempt.at.desc(), Attempt.id.desc()).limit(2)
    ).all()
    if attempt.interviewer_id != actor.id or not newest or newest[0].id != attempt.id or case.outcome_final:
        raise Refused(_("这一次不能撤销。"), "undo")
    if at - attempt.at > allowed:
        raise Refused(_("已经过了可以撤销的时间。"), "late")
    before = newest[1] if len(newest) > 1 else None
    outcome = attempt.outcome
    claim_case(session, case, actor=actor, at=at)
    _delete_attempt(session, case, attempt)
    case.outcome = before.outcome if before else None
    reschedule(session, case, release=False)
    record(
        session,
        "attempt.undone",
        actor=actor,
        evaluation=evaluation,
        subject=case.uuid,
        details={"outcome": outcome},
    )
    return case


def _delete_attempt(session: Session, case: Case, attempt: Attempt) -> None:
    """Delete an attempt, cancel the appointment made in it, and reopen the appointment it had kept."""
    session.execute(update(PhoneCall).where(PhoneCall.attempt_id == attempt.id).values(attempt_id=None))
    session.execute(
        update(Appointment)
        .where(Appointment.case_id == case.id, Appointment.made_at == attempt.at, Appointment.ended_at.is_(None))
        .values(ended_at=now(), ending="cancelled")
    )
    session.execute(
        update(Appointment)
        .where(Appointment.case_id == case.id, Appointment.ended_at == attempt.at, Appointment.ending == "kept")
        .values(ended_at=None, ending=None)
    )
    session.delete(attempt)
    session.flush()


def give_up(session: Session, case: Case, *, actor: User | None, in_hand: bool = False) -> None:
    """Close a case without an interview under its latest outcome; refused unless the attempt rule is met.

    `in_hand`: refuse it unless the actor holds the case or is to visit; a supervisor may close any.
    """
    lock(session, case)
    evaluation = case.draw.evaluation
    refuse_at_desk(session, case, actor)
    if case.outcome_final or case.outcome is None:
        raise Refused(_("这个个案已有最终结果，或还没有联系过。"), "final")
    if in_hand and not is_handled_by(schedule_of(session, case), actor):
        raise Refused(_("这个个案已经不在您手上。请按「下一个」。"), "not-mine")
    if missing := lacking([past.at for past in past_attempts(session, case)], settings_of(session, evaluation)):
        raise Refused(lacking_in_words(missing), "attempts")
    case.outcome_final = True
    end_call(session, case, at=now())
    stop_contacting(session, case)
    reschedule(session, case)
    record(
        session,
        "case.given_up",
        actor=actor,
        evaluation=evaluation,
        subject=case.uuid,
        details={"outcome": case.outcome, "attempts": len(case.attempts)},
    )
    release_due_replacements(session, case, actor=actor)
