"""The retention period of an evaluation's personal data, and counts of what its end will erase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.documents.queries import questionnaire_in
from app.models import (
    Appointment,
    Attempt,
    AuditEvent,
    Case,
    Contact,
    ContactIndex,
    DeskNote,
    Document,
    Draft,
    Draw,
    Erasure,
    Evaluation,
    Exclusion,
    Frame,
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
)
from app.models.erasures import ERASED_WORDS
from app.shared.queries import within_retention
from surveys.questionnaire.kinds import free_questions
from surveys.retention import Stage, stage_of


@dataclass(frozen=True)
class RetentionState:
    """The last day of retention, the stage and days left as of today, and the erasure once it was done."""

    keep_until: date
    stage: Stage
    days_left: int
    erasure: Erasure | None


def retention_state_of(session: Session, evaluation: Evaluation, at: datetime | None = None) -> RetentionState:
    """The state of retention, by the calendar of Guangzhou."""
    today = local(at or now()).date()
    erasure = session.get(Erasure, evaluation.id)
    stage = stage_of(evaluation.keep_until, today, erased=erasure is not None)
    return RetentionState(evaluation.keep_until, stage, (evaluation.keep_until - today).days, erasure)


def due_evaluations(session: Session, at: datetime | None = None) -> list[Evaluation]:
    """Evaluations whose retention is over and whose data are not erased yet, the longest overdue first."""
    erased = exists().where(Erasure.evaluation_id == Evaluation.id)
    return list(
        session.scalars(
            select(Evaluation).where(~within_retention(at), ~erased).order_by(Evaluation.keep_until, Evaluation.id)
        )
    )


def anybody_contacted(session: Session, evaluation: Evaluation) -> bool:
    """Whether anybody was called, visited, sent a link, or answered in any draw, and so may have been told the day."""
    cases = cases_of(evaluation)
    contacts = (exists().where(table.case_id.in_(cases)) for table in (Attempt, PhoneCall, Invitation, Draft, Response))
    return bool(session.scalar(select(or_(*contacts))))


def recipients_of(evaluation: Evaluation) -> Select[int]:
    """The ids of everybody on its frame."""
    return select(Recipient.id).join(Frame, Recipient.frame_id == Frame.id).where(Frame.evaluation_id == evaluation.id)


def cases_of(evaluation: Evaluation) -> Select[int]:
    """The ids of the cases of all its draws, the void ones too."""
    return select(Case.id).join(Draw, Case.draw_id == Draw.id).where(Draw.evaluation_id == evaluation.id)


def responses_of(evaluation: Evaluation) -> Select[int]:
    """The ids of the responses of all its draws."""
    return select(Response.id).where(Response.case_id.in_(cases_of(evaluation)))


def open_questions(session: Session, evaluation: Evaluation) -> dict[int, tuple[str, ...]]:
    """The free-text questions of each questionnaire that was answered, by id of its document."""
    used = select(Response.questionnaire_id).where(Response.case_id.in_(cases_of(evaluation)))
    documents = session.scalars(select(Document).where(Document.id.in_(used)))
    return {document.id: free_questions(questionnaire_in(document).questions) for document in documents}


def in_free_words(questions: Mapping[int, tuple[str, ...]]) -> ColumnElement[bool]:
    """SQL: whether a response has an answer to one of the questions that `open_questions` names."""
    return or_(
        *(
            and_(Response.questionnaire_id == document, Response.answers[name].as_string().is_not(None))
            for document, names in questions.items()
            for name in names
        ),
        false(),
    )


def counts_to_erase(session: Session, evaluation: Evaluation) -> dict[str, int]:
    """How many records of each kind the erasure will delete or blank, by code of the kind."""
    cases, recipients, responses = cases_of(evaluation), recipients_of(evaluation), responses_of(evaluation)
    uploads = select(LedgerUpload.id).where(LedgerUpload.evaluation_id == evaluation.id)
    free = in_free_words(open_questions(session, evaluation))
    counted: dict[str, tuple[ColumnElement[bool], ...]] = {
        "people": (Contact.recipient_id.in_(recipients),),
        "fingerprints": (ContactIndex.recipient_id.in_(recipients),),
        "birth_years": (Recipient.id.in_(recipients) & Recipient.birth_year.is_not(None),),
        "ledgers": (LedgerUpload.id.in_(uploads) & (LedgerUpload.filename != ERASED_WORDS),),
        "findings": (LedgerFinding.upload_id.in_(uploads),),
        "mended": (
            LedgerCorrection.evaluation_id == evaluation.id,
            LedgerDecision.evaluation_id == evaluation.id,
        ),
        "notes": (DeskNote.case_id.in_(cases), Attempt.case_id.in_(cases) & Attempt.note.is_not(None)),
        "drafts": (Draft.case_id.in_(cases),),
        "links": (Invitation.case_id.in_(cases),),
        "appointments": (Appointment.case_id.in_(cases),),
        "witnesses": (Paradata.response_id.in_(responses) & Paradata.witness.is_not(None),),
        "devices": (Paradata.response_id.in_(responses) & Paradata.device.is_not(None),),
        "open_answers": (Response.id.in_(responses) & free,),
        "reasons": (
            Exclusion.response_id.in_(responses) & (Exclusion.reason != ERASED_WORDS),
            MinorOpening.case_id.in_(cases) & (MinorOpening.reason != ERASED_WORDS),
            (AuditEvent.evaluation_id == evaluation.id) & AuditEvent.words.is_not(None),
        ),
    }
    return {
        code: sum(session.scalar(select(func.count()).where(where)) or 0 for where in conditions)
        for code, conditions in counted.items()
    }


def counts_to_keep(session: Session, evaluation: Evaluation) -> dict[str, int]:
    """How many records of each kind are kept for re-checking draw, figures and score; none is personal."""
    cases, responses = cases_of(evaluation), responses_of(evaluation)
    return {
        "keys": session.scalar(select(func.count()).where(Recipient.id.in_(recipients_of(evaluation)))) or 0,
        "draws": session.scalar(select(func.count()).where(Draw.evaluation_id == evaluation.id)) or 0,
        "cases": session.scalar(select(func.count()).where(Case.id.in_(cases))) or 0,
        "attempts": session.scalar(select(func.count()).where(Attempt.case_id.in_(cases))) or 0,
        "responses": session.scalar(select(func.count()).where(Response.id.in_(responses))) or 0,
    }
