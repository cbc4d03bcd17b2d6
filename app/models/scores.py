"""Points entered by the scoring parties, facts and indicators of the station, and the settled result."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Code, Created, Digest, Hundredths, Name, PublicId, RowId
from surveys.rounding import half_up


class PartyScore(Base):
    """Points of one party for one item, and one area where the item is scored per area; the newest entry counts."""

    __tablename__ = "party_score"
    __table_args__ = (
        CheckConstraint("given >= 0", name="given_not_negative"),
        Index("ix_party_score_item", "evaluation_id", "item", "area"),
    )

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    party: Mapped[Code]
    item: Mapped[Code]
    # The area's code, or empty where the item is not scored per area.
    area: Mapped[str] = mapped_column(String(40), default="")
    given: Mapped[Decimal] = mapped_column(Hundredths())
    comment: Mapped[str] = mapped_column(String(1000), default="")
    entered_at: Mapped[Created]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    entered_by: Mapped[User | None] = relationship()


class ScoreOverride(Base):
    """An expert's points for a computed item instead of the rule's result; the newest entry counts.

    An entry without points withdraws the one before it: the rule's result counts again.
    """

    __tablename__ = "score_override"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        Index("ix_score_override_item", "evaluation_id", "item"),
    )

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    item: Mapped[Code]
    points: Mapped[Decimal | None] = mapped_column(Hundredths())
    reason: Mapped[str] = mapped_column(String(400))
    entered_at: Mapped[Created]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    entered_by: Mapped[User | None] = relationship()


class StationFact(Base):
    """One fact of the station that a disqualifying condition uses; the newest statement counts."""

    __tablename__ = "station_fact"
    __table_args__ = (Index("ix_station_fact_code", "evaluation_id", "code"),)

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    code: Mapped[Code]
    # A decimal as text, or "true"/"false" for a declared condition.
    value: Mapped[str] = mapped_column(String(40))
    stated_at: Mapped[Created]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class ContractIndicator(Base):
    """A quantity promised in the contract, and how much of it was delivered."""

    __tablename__ = "contract_indicator"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "code"),
        CheckConstraint("target > 0 AND done >= 0", name="quantities_sensible"),
    )

    id: Mapped[RowId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    code: Mapped[Code]
    name: Mapped[Name]
    unit: Mapped[str] = mapped_column(String(20))
    # None where the source gives only a percentage that no integer target yields.
    target: Mapped[int | None]
    done: Mapped[int]
    printed_percent: Mapped[str | None] = mapped_column(String(10))

    @property
    def percent(self) -> Decimal | None:
        """Delivered in per cent of promised, with two places; None where the promised quantity is not known."""
        return None if self.target is None else half_up(Fraction(self.done * 100, self.target), 2)


class Settlement(Base):
    """The settled result with its inputs, versions and digests, from which it can be recomputed."""

    __tablename__ = "settlement"
    __table_args__ = (CheckConstraint("length(inputs_digest) = 64", name="digest_whole"),)

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), index=True)
    total: Mapped[str] = mapped_column(String(20))
    grade: Mapped[str] = mapped_column(String(20))
    inputs: Mapped[dict[str, Any]]
    inputs_digest: Mapped[Digest]
    sheet: Mapped[dict[str, Any]]
    certificate_digest: Mapped[Digest]
    scheme_digest: Mapped[Digest]
    questionnaire_digest: Mapped[Digest]
    audit_head: Mapped[Digest]
    settled_at: Mapped[Created]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
