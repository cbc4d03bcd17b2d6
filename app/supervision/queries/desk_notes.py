"""Notes of interviewers to the evaluating body; cases by their codes, without names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, aliased

from app.models import Case, DeskNote, Draw, User
from app.supervision.queries.live import code_of, of_draw

MOST_UNSEEN, LATEST_SEEN = 100, 10


@dataclass(frozen=True)
class Note:
    """What an interviewer wrote to the evaluating body about a case."""

    uuid: UUID
    kind: str
    text: str
    case_uuid: UUID
    code: str
    written_at: datetime
    written_by: str
    seen_at: datetime | None
    seen_by: str


def unseen_notes(session: Session, draw: Draw) -> tuple[Note, ...]:
    """Notes not marked as seen: people in need of care first, then people never served, then the rest by time."""
    kind = case((DeskNote.kind == "care", 0), (DeskNote.kind == "never_served", 1), else_=2)
    query = _notes(draw).where(DeskNote.seen_at.is_(None)).order_by(kind, DeskNote.written_at, DeskNote.id)
    return _read(session, query.limit(MOST_UNSEEN))


def seen_notes(session: Session, draw: Draw) -> tuple[Note, ...]:
    """The notes marked as seen most recently."""
    query = _notes(draw).where(DeskNote.seen_at.is_not(None)).order_by(DeskNote.seen_at.desc(), DeskNote.id.desc())
    return _read(session, query.limit(LATEST_SEEN))


def notes_of_case(session: Session, case: Case) -> tuple[Note, ...]:
    """Everything written about one case, the oldest first."""
    query = _notes(case.draw).where(DeskNote.case_id == case.id).order_by(DeskNote.written_at, DeskNote.id)
    return _read(session, query)


def note_of(session: Session, draw: Draw, note_uuid: UUID) -> DeskNote | None:
    """The note with this UUID about a case of this draw; None where there is none."""
    return session.scalar(
        select(DeskNote)
        .join(Case, DeskNote.case_id == Case.id)
        .where(DeskNote.uuid == note_uuid, Case.draw_id == draw.id)
    )


_writer, _seer = aliased(User), aliased(User)


def _notes(draw: Draw) -> Select[DeskNote, Case, str, str]:
    return (
        select(DeskNote, Case, _writer.display_name, _seer.display_name)
        .join(Case, DeskNote.case_id == Case.id)
        .outerjoin(_writer, DeskNote.written_by_id == _writer.id)
        .outerjoin(_seer, DeskNote.seen_by_id == _seer.id)
        .where(of_draw(Case.draw_id, draw))
    )


def _read(session: Session, query: Select[DeskNote, Case, str, str]) -> tuple[Note, ...]:
    return tuple(
        Note(
            uuid=note.uuid,
            kind=note.kind,
            text=note.text,
            case_uuid=case.uuid,
            code=code_of(case),
            written_at=note.written_at,
            written_by=writer or "",
            seen_at=note.seen_at,
            seen_by=seer or "",
        )
        for note, case, writer, seer in session.execute(query)
    )
