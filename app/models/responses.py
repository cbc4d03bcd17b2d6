"""Responses, and exclusions of responses from the results."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Created, PublicId, RowId
from app.models.draws import Case
from app.models.evaluations import Document

# Each has its column `knows_…` here and two cells in the tallies.
from surveys.questionnaire.measures import FACTS as FACTS

_counted = text("counted")


class Response(Base):
    """One submission of the questionnaire for one case.

    The typed columns hold what every headline figure needs, so that a summary is one aggregation and never opens the
    answers. `satisfaction_index` is in ten-thousandths of a point (885714 is 88.5714): integers, so that every
    database forms the same sums.
    """

    __tablename__ = "response"
    __table_args__ = (
        CheckConstraint("mode IN ('phone', 'visit', 'web')", name="mode_known"),
        CheckConstraint("satisfaction_index BETWEEN 0 AND 1000000", name="index_in_range"),
        CheckConstraint("direct_score BETWEEN 0 AND 100", name="direct_in_range"),
        CheckConstraint("facts_known BETWEEN 0 AND facts_answered", name="facts_known_answered"),
        CheckConstraint("facts_answered BETWEEN 0 AND 5", name="facts_in_range"),
        CheckConstraint("NOT counted OR valid", name="counted_is_valid"),
        CheckConstraint("NOT counted OR NOT excluded", name="counted_not_excluded"),
        CheckConstraint("NOT satisfaction_valid OR satisfaction_index IS NOT NULL", name="valid_has_index"),
        CheckConstraint("submitted_at >= started_at", name="ends_after_start"),
        Index(
            "uq_response_counted_case",
            "case_id",
            unique=True,
            sqlite_where=_counted,
            postgresql_where=_counted,
        ),
        Index("ix_response_case", "case_id"),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    # Made by the form; the same submission sent twice meets this key and is stored once.
    submission_key: Mapped[UUID] = mapped_column(unique=True)
    mode: Mapped[str] = mapped_column(String(10))
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    answers: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    submitted_at: Mapped[Created]

    valid: Mapped[bool]
    invalid_reason: Mapped[str | None] = mapped_column(String(40))
    counted: Mapped[bool]
    excluded: Mapped[bool] = mapped_column(default=False, server_default=false())
    satisfaction_valid: Mapped[bool]
    satisfaction_index: Mapped[int | None]
    overall: Mapped[str | None] = mapped_column(String(10))
    direct_score: Mapped[int | None] = mapped_column(SmallInteger)
    awareness_valid: Mapped[bool]
    aware: Mapped[bool | None]
    facts_known: Mapped[int] = mapped_column(SmallInteger)
    facts_answered: Mapped[int] = mapped_column(SmallInteger)
    knows_address: Mapped[bool | None]
    knows_services: Mapped[bool | None]
    knows_staff: Mapped[bool | None]
    knows_help: Mapped[bool | None]
    knows_funding: Mapped[bool | None]
    proxy: Mapped[bool]
    staff_present: Mapped[bool | None]
    coached: Mapped[bool | None]
    never_served: Mapped[bool]

    case: Mapped[Case] = relationship()
    interviewer: Mapped[User | None] = relationship()
    questionnaire: Mapped[Document] = relationship()


class Exclusion(Base):
    """The exclusion of a response from all results, or its restoration, with the reason; the newest entry counts."""

    __tablename__ = "exclusion"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason_given"),)

    id: Mapped[RowId]
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id"), index=True)
    excluded: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(400))
    entered_at: Mapped[Created]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    response: Mapped[Response] = relationship()
    entered_by: Mapped[User | None] = relationship()
