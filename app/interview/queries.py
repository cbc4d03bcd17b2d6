"""Reading drafts: interviews that were begun and not yet submitted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Draft


@dataclass(frozen=True)
class InterviewDraft:
    """An interview begun and not yet submitted: the answers so far, the paradata, and where to resume (`position`)."""

    submission_key: uuid.UUID
    started_at: datetime
    saved_at: datetime
    answers: Mapping[str, Any]
    ticks: Mapping[str, bool] = field(default_factory=dict)
    position: str = ""
    milliseconds: Mapping[str, int] = field(default_factory=dict)
    changes: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    witness: str = ""
    language: str = ""


def interview_draft(session: Session, case: Case) -> InterviewDraft | None:
    """The draft of a case, whoever began it; None where there is none."""
    row = session.scalar(select(Draft).where(Draft.case_id == case.id))
    if row is None:
        return None
    return InterviewDraft(
        submission_key=row.submission_key,
        started_at=row.started_at,
        saved_at=row.saved_at,
        answers=row.answers,
        ticks=row.ticks,
        position=row.position,
        milliseconds=row.milliseconds,
        changes=row.changes,
        kept=tuple(row.kept),
        witness=row.witness or "",
        language=row.language,
    )
