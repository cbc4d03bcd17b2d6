"""The ceremony of a draw: the announced plan, contributions to the seed, and requests to declare it void."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Created, Digest, PublicId, RowId
from app.models.evaluations import Evaluation
from app.models.frames import Frame
from app.privacy.columns import EncryptedText


class Ceremony(Base):
    """A plan announced for a sealed frame, and the state of its seed; at most one is live, void ones are kept."""

    __tablename__ = "ceremony"
    __table_args__ = (
        CheckConstraint("length(plan_digest) = 64", name="plan_digest_whole"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_has_reason"),
        ForeignKeyConstraint(["frame_id", "evaluation_id"], ["frame.id", "frame.evaluation_id"]),
        Index(
            "uq_ceremony_live",
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
    plan: Mapped[dict[str, Any]]
    plan_digest: Mapped[Digest]
    announced_at: Mapped[Created]
    announced_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # When commitments were closed; values are revealed after it.
    closed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(400))

    evaluation: Mapped[Evaluation] = relationship(overlaps="frame")
    frame: Mapped[Frame] = relationship(overlaps="evaluation")
    contributions: Mapped[list[SeedContribution]] = relationship(
        order_by="SeedContribution.place", back_populates="ceremony"
    )


class SeedContribution(Base):
    """The contribution of one party or public source to the seed: first its commitment, later its value."""

    __tablename__ = "seed_contribution"
    __table_args__ = (
        UniqueConstraint("ceremony_id", "place"),
        UniqueConstraint("ceremony_id", "name"),
        CheckConstraint("kind IN ('committed', 'public', 'system')", name="kind_known"),
        CheckConstraint("(kind = 'committed') = (role IS NOT NULL)", name="committed_by_role"),
        CheckConstraint("kind <> 'public' OR commitment IS NULL", name="public_has_no_commitment"),
        CheckConstraint("value IS NULL OR kind = 'public' OR commitment IS NOT NULL", name="committed_before_shown"),
        CheckConstraint("(entered IS NULL) = (entered_at IS NULL)", name="entered_at_a_moment"),
    )

    id: Mapped[RowId]
    ceremony_id: Mapped[int] = mapped_column(ForeignKey("ceremony.id"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(20))
    commitment: Mapped[str | None] = mapped_column(String(64))
    committed_at: Mapped[datetime | None]
    committed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # The server's own value, stored (encrypted) from its commitment until it is revealed.
    secret: Mapped[str | None] = mapped_column(EncryptedText("seed_contribution.secret"))
    # When a public source's value is expected, as announced; none for parties, and for plans announced before 0015.
    expected_at: Mapped[datetime | None]
    # What was first typed for a public source; it binds once it was typed the same a second time.
    entered: Mapped[str | None] = mapped_column(String(200))
    entered_at: Mapped[datetime | None]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    value: Mapped[str | None] = mapped_column(String(200))
    shown_at: Mapped[datetime | None]
    shown_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    ceremony: Mapped[Ceremony] = relationship(back_populates="contributions")


class VoidRequest(Base):
    """A request, with a reason, to declare a ceremony and its draw void; another person agrees, or it is withdrawn."""

    __tablename__ = "void_request"
    __table_args__ = (
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name="second_person"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("confirmed_at IS NULL OR withdrawn_at IS NULL", name="confirmed_or_withdrawn"),
        Index(
            "uq_void_request_open",
            "ceremony_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    ceremony_id: Mapped[int] = mapped_column(ForeignKey("ceremony.id"))
    reason: Mapped[str] = mapped_column(String(400))
    asked_at: Mapped[Created]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]

    ceremony: Mapped[Ceremony] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
