"""Drafts of interviews, paradata, integrity settings and back-checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Created, PublicId, RowId
from app.models.draws import Case
from app.models.evaluations import Evaluation
from app.models.responses import Response
from app.privacy.columns import EncryptedText


class Draft(Base):
    """An unfinished interview, saved answer by answer; it belongs to the case, whoever continues it."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("mode IN ('phone', 'visit')", name="mode_known"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(String(10))
    submission_key: Mapped[UUID] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]]
    # The four integrity checkboxes, as far as they were set.
    ticks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # The question to resume at; milliseconds and changes by question; soft checks whose answer was confirmed.
    position: Mapped[str] = mapped_column(String(20), default="")
    milliseconds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[list[Any]] = mapped_column(default=list)
    witness: Mapped[str | None] = mapped_column(EncryptedText("draft.witness"))
    language: Mapped[str] = mapped_column(String(10), default="")
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    started_at: Mapped[Created]
    saved_at: Mapped[Created]

    case: Mapped[Case] = relationship()


class Paradata(Base):
    """Paradata of an interview: time and changes by question, four integrity checkboxes, the witness of a proxy.

    A web response has only `device`: a keyed hash of a random number in the browser, different in each evaluation.
    """

    __tablename__ = "paradata"

    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), primary_key=True, autoincrement=False)
    # Milliseconds and number of changes by question.
    milliseconds: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[list[Any]] = mapped_column(default=list)
    answered_self: Mapped[bool | None]
    family_present: Mapped[bool | None]
    staff_present: Mapped[bool | None]
    prompted: Mapped[bool | None]
    witness: Mapped[str | None] = mapped_column(EncryptedText("paradata.witness"))
    language: Mapped[str] = mapped_column(String(10), default="")
    device: Mapped[bytes | None] = mapped_column(LargeBinary(16))

    response: Mapped[Response] = relationship()


class IntegritySetting(Base):
    """The integrity settings of an evaluation (surveys.integrity.settings)."""

    __tablename__ = "integrity_setting"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]]
    changed_at: Mapped[Created]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    evaluation: Mapped[Evaluation] = relationship()


class BackCheck(Base):
    """An interview drawn for a back-check by somebody else, with the answers given then and the result."""

    __tablename__ = "back_check"
    __table_args__ = (
        CheckConstraint("why IN ('random', 'flag', 'never_served')", name="why_known"),
        CheckConstraint(
            "result IN ('confirmed', 'differs', 'not_interviewed', 'not_reached')",
            name="result_known",
        ),
        CheckConstraint(
            "(done_at IS NULL) = (result IS NULL) AND (done_at IS NULL OR checker_id IS NOT NULL)",
            name="done_by_somebody",
        ),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), unique=True)
    why: Mapped[str] = mapped_column(String(20))
    drawn_at: Mapped[Created]
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    done_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(20))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # By question: whether both answers agree.
    agreements: Mapped[dict[str, Any]] = mapped_column(default=dict)

    response: Mapped[Response] = relationship()
    checker: Mapped[User | None] = relationship()
