"""How long the data of the people of an evaluation are kept, and how much there is of what will be erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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

Of = Mapping[str, Any]


@dataclass(frozen=True)
class RetentionState:
    """Until which day data are kept, how that stands today, and the erasure once there was one."""

    keep_until: date
    stage: Stage
    days_left: int
    erasure: Erasure | None


def retention_state_of(session: Session, evaluation: Evaluation, at: datetime | None = None) -> RetentionState:
    """How it stands, by the calendar of Guangzhou."""
    today = local(at or now()).date()
    erasure = session.get(Erasure, evaluation.id)
    stage = stage_of(evaluation.keep_until, today, erased=erasure is not None)
    return RetentionState(evaluation.keep_until, stage, (evaluation.keep_until - today).days, erasure)


def due_evaluations(session: Session, at: datetime | None = None) -> list[Evaluation]:
    """Evaluations whose day is past and whose data are still there, the longest overdue first."""
    erased = exists().where(Erasure.evaluation_id == Evaluation.id)
    return list(
        session.scalars(
            select(Evaluation).where(~within_retention(at), ~erased).order_by(Evaluation.keep_until, Evaluation.id)
        )
    )


def anybody_contacted(session: Session, evaluation: Evaluation) -> bool:
    """Whether anybody may have been told the day: called, visited, sent a link, or answered; in any draw."""
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
    """By the id of each questionnaire that was answered: its questions answered in free words."""
    used = select(Response.questionnaire_id).where(Response.case_id.in_(cases_of(evaluation)))
    documents = session.scalars(select(Document).where(Document.id.in_(used)))
    return {document.id: free_questions(questionnaire_in(document).questions) for document in documents}


def in_free_words(questions: Mapping[int, tuple[str, ...]]) -> ColumnElement[bool]:
    """Whether a response has an answer to one of the questions that `open_questions` names."""
    return or_(
        *(
            and_(Response.questionnaire_id == document, Response.answers[name].as_string().is_not(None))
            for document, names in questions.items()
            for name in names
        ),
        false(),
    )


def counts_to_erase(session: Session, evaluation: Evaluation) -> dict[str, int]:
    """How many of each kind of thing that identifies or reaches people there are, by the code of the kind."""
    cases, recipients, responses = cases_of(evaluation), recipients_of(evaluation), responses_of(evaluation)
    uploads = select(LedgerUpload.id).where(LedgerUpload.evaluation_id == evaluation.id)
    free = in_free_words(open_questions(session, evaluation))
    counted: dict[str, tuple[ColumnElement[bool], ...]] = {
        "people": (Contact.recipient_id.in_(recipients),),
        "fingerprints": (ContactIndex.recipient_id.in_(recipients),),
        "birth_years": (Recipient.id.in_(recipients) & Recipient.birth_year.is_not(None),),
        "ledgers": (LedgerUpload.id.in_(uploads) & (LedgerUpload.filename != ERASED_WORDS),),
        "findings": (LedgerFinding.upload_id.in_(uploads),),
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
    """How much stays so that draw, figures and score can be checked again: none of it says who anybody is."""
    cases, responses = cases_of(evaluation), responses_of(evaluation)
    return {
        "keys": session.scalar(select(func.count()).where(Recipient.id.in_(recipients_of(evaluation)))) or 0,
        "draws": session.scalar(select(func.count()).where(Draw.evaluation_id == evaluation.id)) or 0,
        "cases": session.scalar(select(func.count()).where(Case.id.in_(cases))) or 0,
        "attempts": session.scalar(select(func.count()).where(Attempt.case_id.in_(cases))) or 0,
        "responses": session.scalar(select(func.count()).where(Response.id.in_(responses))) or 0,
    }
