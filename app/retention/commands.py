"""Erasing the personal data of an evaluation once its retention period (`keep_until`) is over.

Kept is what draw, figures and score are re-checked with, none of it personal: keys, villages and categories of the
frame, certificate, attempts with their codes, coded answers, tallies, scores. The secret key from which the frame's
keys were derived is erased with the names, so that nobody can match them with a list of people from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import local, now
from app.database import enable_secure_delete, lock
from app.models import (
    Appointment,
    Attempt,
    AuditEvent,
    Case,
    Contact,
    ContactIndex,
    DeskNote,
    Draft,
    ErasedLink,
    Erasure,
    Evaluation,
    Exclusion,
    Invitation,
    LedgerCorrection,
    LedgerDecision,
    LedgerFinding,
    LedgerUpload,
    MinorOpening,
    Paradata,
    PhoneCall,
    Recipient,
    Response,
    Schedule,
    User,
)
from app.models.erasures import ERASED_WORDS
from app.retention.labels import WHY_NOT
from app.retention.queries import (
    anybody_contacted,
    cases_of,
    counts_to_erase,
    in_free_words,
    open_questions,
    recipients_of,
    responses_of,
)
from app.shared.errors import Refused
from app.shared.guards import reason_given
from app.shared.limits import LONGEST_SHORT_REASON
from app.shared.queries import retention_is_over
from surveys.retention import problem_of_change, problem_of_first

BATCH = 1_000


@dataclass(frozen=True)
class ErasureResult:
    """The recorded erasure, and whether it had been done before this call."""

    record: Erasure
    repeated: bool


def erase_personal_data(
    session: Session, evaluation: Evaluation, *, actor: User | None = None, at: datetime | None = None
) -> ErasureResult:
    """Erase for good, from the day after `keep_until` on; a second time changes nothing and returns the first.

    Raises Refused up to that day. Recorded with counts only. Cost: a few statements over the people of the evaluation,
    and one pass over the free-text answers.
    """
    at = at or now()
    # A second erasure waits here. A key-share lock only: others may still append audit events of this evaluation.
    lock(session, evaluation, key_share=True)
    earlier = session.get(Erasure, evaluation.id, populate_existing=True)
    if earlier is not None:
        return ErasureResult(earlier, repeated=True)
    if not retention_is_over(evaluation, at):
        day = evaluation.keep_until.isoformat()
        raise Refused(_("资料要保存到 %(day)s，从第二天起才能删除。", day=day), "too-early")
    # Wait for transactions that are still writing about a case.
    session.execute(select(Case.id).where(Case.id.in_(cases_of(evaluation))).with_for_update())
    enable_secure_delete(session)
    counts = counts_to_erase(session, evaluation)
    erasure = Erasure(evaluation_id=evaluation.id, erased_on=local(at).date(), erased_at=at, counts=counts)
    erasure.erased_by_id = actor.id if actor else None
    session.add(erasure)
    session.flush()  # once this row exists the triggers allow the deletions below
    for erase in (_people, _ledgers, _desk, _links, _interviews, _reasons):
        erase(session, evaluation)
    evaluation.person_key = b""
    session.flush()
    session.expire_all()
    record(session, "personal_data.erased", actor=actor, evaluation=evaluation, subject=evaluation.uuid, details=counts)
    return ErasureResult(erasure, repeated=False)


def _people(session: Session, evaluation: Evaluation) -> None:
    """Erase names, telephones, addresses, guardians, their fingerprints, and years of birth."""
    recipients = recipients_of(evaluation)
    for table in (ContactIndex, Contact):
        session.execute(delete(table).where(table.recipient_id.in_(recipients)))
    born = (Recipient.id.in_(recipients), Recipient.birth_year.is_not(None))
    session.execute(update(Recipient).where(*born).values(birth_year=None))


def _ledgers(session: Session, evaluation: Evaluation) -> None:
    """Erase ledger files, all names in them and of them, findings by row, mended cells and decisions.

    Digests, counts and dates are kept.
    """
    for table in (LedgerCorrection, LedgerDecision):
        session.execute(delete(table).where(table.evaluation_id == evaluation.id))
    uploads = session.execute(
        select(LedgerUpload.id).where(LedgerUpload.evaluation_id == evaluation.id).order_by(LedgerUpload.id)
    ).scalars()
    for number, upload_id in enumerate(uploads.all(), 1):
        session.execute(delete(LedgerFinding).where(LedgerFinding.upload_id == upload_id))
        session.execute(
            update(LedgerUpload)
            .where(LedgerUpload.id == upload_id)
            .values(content=None, columns=[], filename=ERASED_WORDS, label=f"名册 {number}")
        )


def _desk(session: Session, evaluation: Evaluation) -> None:
    """Erase notes, appointments and drafts; end open calls; close every case's schedule."""
    cases = cases_of(evaluation)
    for table in (DeskNote, Appointment, Draft):
        session.execute(delete(table).where(table.case_id.in_(cases)))
    session.execute(update(Attempt).where(Attempt.case_id.in_(cases), Attempt.note.is_not(None)).values(note=None))
    session.execute(
        update(PhoneCall)
        .where(PhoneCall.case_id.in_(cases), PhoneCall.ended_at.is_(None))
        .values(ended_at=PhoneCall.started_at)
    )
    session.execute(
        update(Schedule)
        .where(Schedule.case_id.in_(cases))
        .values(
            way="closed",
            appointment_at=None,
            appointment_for_id=None,
            assigned_to_id=None,
            held_by_id=None,
            held_since=None,
            held_until=None,
        )
    )


def _links(session: Session, evaluation: Evaluation) -> None:
    """Replace invitations by rows without a case, so that a link can still say that its time is over."""
    cases = cases_of(evaluation)
    session.execute(
        insert(ErasedLink).from_select(
            ["token_hash", "evaluation_id"],
            select(Invitation.token_hash, literal(evaluation.id)).where(Invitation.case_id.in_(cases)),
        )
    )
    session.execute(delete(Invitation).where(Invitation.case_id.in_(cases)))


def _interviews(session: Session, evaluation: Evaluation) -> None:
    """Erase witnesses, browser fingerprints and free-text answers, which may name somebody; coded answers are kept."""
    responses = responses_of(evaluation)
    condition = (Paradata.response_id.in_(responses), or_(Paradata.witness.is_not(None), Paradata.device.is_not(None)))
    session.execute(update(Paradata).where(*condition).values(witness=None, device=None))
    questions = open_questions(session, evaluation)
    free = select(Response).where(Response.id.in_(responses), in_free_words(questions)).order_by(Response.id)
    while responses_batch := session.scalars(free.limit(BATCH)).all():
        for response in responses_batch:
            names = questions[response.questionnaire_id]
            response.answers = {name: answer for name, answer in response.answers.items() if name not in names}
        session.flush()


def _reasons(session: Session, evaluation: Evaluation) -> None:
    """Erase the reasons for exclusions and for opening minors' records; that, when and by whom is kept."""
    session.execute(
        update(Exclusion).where(Exclusion.response_id.in_(responses_of(evaluation))).values(reason=ERASED_WORDS)
    )
    session.execute(
        update(MinorOpening).where(MinorOpening.case_id.in_(cases_of(evaluation))).values(reason=ERASED_WORDS)
    )
    words = (AuditEvent.evaluation_id == evaluation.id, AuditEvent.words.is_not(None))
    session.execute(update(AuditEvent).where(*words).values(words=None))


def set_keep_until(
    session: Session, evaluation: Evaluation, keep_until: date, *, reason: str, actor: User | None = None
) -> None:
    """Change the day until which data are kept: to an earlier one, or to a later one while nobody was contacted.

    Raises Refused with the code of NotThatDay.
    """
    lock(session, evaluation, key_share=True)
    reason = reason_given(reason, LONGEST_SHORT_REASON, _("请写明为什么改，会一直保存。"))
    before = evaluation.keep_until
    contacted = anybody_contacted(session, evaluation)
    problem = problem_of_change(before, keep_until, local(now()).date(), asked=contacted)
    if problem is not None:
        raise Refused(str(WHY_NOT[problem]), problem.value)
    evaluation.keep_until = keep_until
    session.flush()
    details = {"before": before.isoformat(), "day": keep_until.isoformat(), "reason": reason}
    record(session, "keeping.changed", actor=actor, evaluation=evaluation, subject=evaluation.uuid, details=details)


def refuse_wrong_day(keep_until: date, held_on: date) -> None:
    """Raise Refused for a day until which a new evaluation cannot keep data."""
    problem = problem_of_first(keep_until, held_on, local(now()).date())
    if problem is not None:
        raise Refused(str(WHY_NOT[problem]), problem.value)
