"""The draw, its strata and cases, replacements from the reserve, contact attempts and web invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Created, Digest, PublicId, RowId
from app.models.ceremonies import Ceremony
from app.models.evaluations import Evaluation
from app.models.frames import Frame, Recipient
from app.privacy.columns import EncryptedText
from sampling.rule import MINIMUM_SAMPLE
from sampling.strata import ALL, MAIN

LONGEST_STRATUM = 140

# The minimum sample size of sampling.rule once more as a CHECK, for writers that bypass the application.
RULE_CHECK = (
    f"(population < {MINIMUM_SAMPLE} AND size = population) OR "
    f"(population >= {MINIMUM_SAMPLE} AND size >= {MINIMUM_SAMPLE} AND size <= population)"
)


class Draw(Base):
    """One draw from a sealed frame; at most one is live, void ones are kept."""

    __tablename__ = "draw"
    __table_args__ = (
        CheckConstraint(RULE_CHECK, name="rule"),
        CheckConstraint("reading IN ('priority', 'everyone')", name="reading_known"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_has_reason"),
        ForeignKeyConstraint(["frame_id", "evaluation_id"], ["frame.id", "frame.evaluation_id"]),
        CheckConstraint("general >= 0", name="general_not_negative"),
        UniqueConstraint("id", "frame_id"),
        Index("uq_draw_ceremony", "ceremony_id", unique=True),
        Index(
            "uq_draw_live",
            "frame_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    frame_id: Mapped[int]
    # Draws of the first schema had none.
    ceremony_id: Mapped[int | None] = mapped_column(ForeignKey("ceremony.id"))
    reading: Mapped[str] = mapped_column(String(10))
    population: Mapped[int]
    size: Mapped[int]
    # General recipients drawn beside the population of the rule.
    general: Mapped[int] = mapped_column(default=0)
    # Empty where everyone is asked and nobody was drawn.
    seed: Mapped[str] = mapped_column(String(200))
    seed_source: Mapped[str] = mapped_column(String(200))
    # One entry for everybody drawn, so it is loaded only where it is read (deferred).
    certificate: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    certificate_digest: Mapped[Digest]
    drawn_at: Mapped[Created]
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(400))

    evaluation: Mapped[Evaluation] = relationship(overlaps="frame")
    frame: Mapped[Frame] = relationship(overlaps="evaluation")
    ceremony: Mapped[Ceremony | None] = relationship()
    strata: Mapped[list[DrawStratum]] = relationship(order_by="DrawStratum.stratum")

    @property
    def is_coverage(self) -> bool:
        """Whether everyone is asked and nobody was drawn: there is then no seed."""
        return not self.seed

    @property
    def selection_seed(self) -> str:
        """What later selections among the cases are hashed with: the seed, or the digest where nobody was drawn."""
        return self.seed or self.certificate_digest


class DrawStratum(Base):
    """The population and sample size of a stratum; `area` is empty where the stratum spans several areas."""

    __tablename__ = "draw_stratum"
    __table_args__ = (
        CheckConstraint("allocated BETWEEN 0 AND population", name="allocated_within_population"),
        CheckConstraint("part IN ('main', 'general')", name="part_known"),
    )

    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"), primary_key=True, autoincrement=False)
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM), primary_key=True)
    area: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(10), default=MAIN)
    population: Mapped[int]
    allocated: Mapped[int]


class Case(Base):
    """A sampled person, or one released from the reserve, at their position in the stratum's queue."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("draw_id", "recipient_id"),
        UniqueConstraint("draw_id", "stratum", "queue", "position"),
        UniqueConstraint("id", "draw_id", "stratum"),
        CheckConstraint("position > 0", name="position_positive"),
        CheckConstraint("length(ticket) = 64", name="ticket_whole"),
        ForeignKeyConstraint(["draw_id", "stratum"], ["draw_stratum.draw_id", "draw_stratum.stratum"]),
        # The person must be on the very frame the draw was made from.
        ForeignKeyConstraint(["draw_id", "frame_id"], ["draw.id", "draw.frame_id"]),
        ForeignKeyConstraint(["recipient_id", "frame_id"], ["recipient.id", "recipient.frame_id"]),
        Index("ix_cases_interviewer", "interviewer_id", "outcome"),
        # For the supervisor: closed cases by outcome.
        Index("ix_cases_outcome", "draw_id", "outcome"),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    draw_id: Mapped[int]
    frame_id: Mapped[int]
    recipient_id: Mapped[int]
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM))
    queue: Mapped[str] = mapped_column(String(10), default=ALL)
    position: Mapped[int]
    ticket: Mapped[str] = mapped_column(String(64))
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # The latest outcome code (surveys.outcomes); none while nothing was tried.
    outcome: Mapped[str | None] = mapped_column(String(10))
    outcome_final: Mapped[bool] = mapped_column(default=False)

    draw: Mapped[Draw] = relationship(overlaps="recipient,strata")
    recipient: Mapped[Recipient] = relationship(overlaps="draw")
    interviewer: Mapped[User | None] = relationship()
    attempts: Mapped[list[Attempt]] = relationship(order_by="Attempt.at")


class Replacement(Base):
    """The release of a reserve case: the case it replaces and that case's final outcome; written once."""

    __tablename__ = "replacement"
    __table_args__ = (
        UniqueConstraint("draw_id", "number"),
        UniqueConstraint("case_id"),
        UniqueConstraint("replaces_case_id"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("case_id <> replaces_case_id", name="another_person"),
        # Both cases belong to one stratum of one draw.
        ForeignKeyConstraint(["case_id", "draw_id", "stratum"], ["cases.id", "cases.draw_id", "cases.stratum"]),
        ForeignKeyConstraint(
            ["replaces_case_id", "draw_id", "stratum"], ["cases.id", "cases.draw_id", "cases.stratum"]
        ),
    )

    id: Mapped[RowId]
    draw_id: Mapped[int]
    stratum: Mapped[str] = mapped_column(String(LONGEST_STRATUM))
    number: Mapped[int]
    case_id: Mapped[int]
    replaces_case_id: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10))
    released_at: Mapped[Created]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    case: Mapped[Case] = relationship(primaryjoin="Replacement.case_id == Case.id", foreign_keys="Replacement.case_id")
    replaces: Mapped[Case] = relationship(
        primaryjoin="Replacement.replaces_case_id == Case.id", foreign_keys="Replacement.replaces_case_id"
    )


class Attempt(Base):
    """One contact attempt: when, in which mode, by whom, and its outcome."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("case_id", "attempt_key"),
        Index("ix_attempt_at", "at"),
        CheckConstraint("mode IN ('phone', 'visit', 'web')", name="mode_known"),
    )

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    attempt_key: Mapped[UUID]
    at: Mapped[Created]
    mode: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(10))
    interviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Which of the person's numbers was dialled, the skill found to be needed, and what the interviewer wrote.
    place: Mapped[int | None] = mapped_column(SmallInteger)
    needs: Mapped[str] = mapped_column(String(10), default="", server_default="")
    note: Mapped[str | None] = mapped_column(EncryptedText("attempt.note"))


class Invitation(Base):
    """A personal web link; only a keyed hash of its token is kept."""

    __tablename__ = "invitation"

    id: Mapped[RowId]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[Created]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    revoked_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
