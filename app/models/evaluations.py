"""Stations with their areas and villages, published documents, and evaluations of stations."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Code, Created, Digest, Name, PublicId, RowId
from app.privacy.columns import EncryptedBytes

if TYPE_CHECKING:
    from app.models.accounts import Membership
    from app.models.erasures import Erasure


class Station(Base):
    """A social-work station, run by an operator under contract to a street office or town; known by its name."""

    __tablename__ = "station"
    __table_args__ = (Index("uq_station_identity", "identity", unique=True),)

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    name: Mapped[Name]
    # The name as it is compared (surveys.setup.identity). Of stations of one name entered before that was refused,
    # all but the first have their number behind it.
    identity: Mapped[str] = mapped_column(String(240), server_default="")
    operator: Mapped[Name]
    street: Mapped[Name]
    district: Mapped[Name]
    hotline: Mapped[str | None] = mapped_column(String(40))

    areas: Mapped[list[ServiceArea]] = relationship(
        back_populates="station", order_by="ServiceArea.code", overlaps="villages"
    )
    villages: Mapped[list[Village]] = relationship(order_by="Village.code", overlaps="areas,villages,area")


class ServiceArea(Base):
    """A part of a station's territory with its own team; service quality is scored per area."""

    __tablename__ = "service_area"
    __table_args__ = (UniqueConstraint("station_id", "code"), UniqueConstraint("id", "station_id"))

    id: Mapped[RowId]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    code: Mapped[Code]
    name: Mapped[Name]

    station: Mapped[Station] = relationship(back_populates="areas")
    villages: Mapped[list[Village]] = relationship(back_populates="area", order_by="Village.code", overlaps="villages")


class Village(Base):
    """A village or community; ledgers are kept per village, and it is the usual stratum of the draw."""

    __tablename__ = "village"
    __table_args__ = (
        UniqueConstraint("station_id", "code"),
        UniqueConstraint("station_id", "name"),
        # An area of another station is refused by the composite key.
        ForeignKeyConstraint(["area_id", "station_id"], ["service_area.id", "service_area.station_id"]),
    )

    id: Mapped[RowId]
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    area_id: Mapped[int]
    code: Mapped[Code]
    name: Mapped[Name]
    aliases: Mapped[list[Any]] = mapped_column(default=list)

    area: Mapped[ServiceArea] = relationship(back_populates="villages", overlaps="villages")


class Document(Base):
    """A published questionnaire, scheme or list of outcomes: immutable, named by id and version, digest-checked."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "document_id", "version"),
        CheckConstraint("kind IN ('questionnaire', 'scheme', 'outcomes', 'integrity')", name="kind_of_document"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("length(digest) = 64", name="digest_whole"),
    )

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(20))
    document_id: Mapped[Code]
    version: Mapped[int]
    digest: Mapped[Digest]
    body: Mapped[dict[str, Any]]
    added_at: Mapped[Created]


class Evaluation(Base):
    """The evaluation of one station, in one contract year, at one stage."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("stage IN ('midterm', 'final')", name="stage_known"),
        CheckConstraint("period_end > period_start", name="period_forward"),
        CheckConstraint("reading IN ('priority', 'everyone')", name="reading_known"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawal_reason IS NULL)", name="withdrawal_has_reason"),
        CheckConstraint("replaces_id IS NULL OR replaces_id <> id", name="replaces_another"),
        Index(
            "uq_evaluation_in_force",
            "station_id",
            "stage",
            "period_start",
            "twin",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    stage: Mapped[str] = mapped_column(String(10))
    title: Mapped[Name]
    period_start: Mapped[date]
    period_end: Mapped[date]
    held_on: Mapped[date]
    evaluator: Mapped[Name]
    commissioner: Mapped[Name]
    purchaser: Mapped[Name]
    hotline: Mapped[str | None] = mapped_column(String(40))
    # The last day on which people's data are kept, as everybody asked is told (surveys.retention).
    keep_until: Mapped[date]
    reading: Mapped[str] = mapped_column(String(10), default="priority")
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    scheme_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    # The list of outcome codes; the delivered one where none was chosen.
    outcomes_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    # The secret key by which identities become the pseudonymous keys of the draw (HMAC); disclosed, it lets a
    # court re-identify a key. Empty once personal data are erased.
    person_key: Mapped[bytes] = mapped_column(EncryptedBytes("evaluation.person_key"))
    created_at: Mapped[Created]
    # Another number than 0 for evaluations of one station, year and stage that were opened before that was refused.
    twin: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    # A withdrawn evaluation is read only; another of the same station, year and stage may then be opened in its place.
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str | None] = mapped_column(String(400))
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))

    station: Mapped[Station] = relationship()
    replaces: Mapped[Evaluation | None] = relationship(remote_side="Evaluation.id")
    questionnaire: Mapped[Document] = relationship(foreign_keys=[questionnaire_id])
    scheme: Mapped[Document] = relationship(foreign_keys=[scheme_id])
    outcomes: Mapped[Document | None] = relationship(foreign_keys=[outcomes_id])
    memberships: Mapped[list[Membership]] = relationship(back_populates="evaluation")
    erasure: Mapped[Erasure | None] = relationship(back_populates="evaluation", uselist=False)


class OpeningDraft(Base):
    """What an administrator has filled in so far to open an evaluation; none is opened before the last step."""

    __tablename__ = "opening_draft"

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    # The fields of each step as they were typed, by step and name.
    answers: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime]
    # What it became: a second submission of the last step leads there.
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"))

    evaluation: Mapped[Evaluation | None] = relationship()
