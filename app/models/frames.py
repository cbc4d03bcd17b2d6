"""Delivered ledgers with their findings, and the sampling frame made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.accounts import User
from app.models.base import Base, Code, Created, Digest, Name, PublicId, RowId
from app.models.evaluations import Evaluation, Village
from app.privacy.columns import EncryptedBytes, EncryptedJSON, EncryptedText


class LedgerUpload(Base):
    """A delivered ledger file, stored encrypted until the frame is sealed, so that it can be read again in another way.

    `columns` are the plans by which its sheets are read (app.ledger.reader.plans), once confirmed; `row_count` counts
    the rows of the sheets taken.
    """

    __tablename__ = "ledger_upload"
    __table_args__ = (
        CheckConstraint("state IN ('received', 'imported', 'replaced', 'withdrawn')", name="state_known"),
        CheckConstraint("state <> 'imported' OR columns IS NOT NULL", name="imported_has_columns"),
        Index(
            "uq_ledger_upload_label_in_use",
            "evaluation_id",
            "label",
            unique=True,
            sqlite_where=text("state = 'imported'"),
            postgresql_where=text("state = 'imported'"),
        ),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), index=True)
    label: Mapped[Name]
    filename: Mapped[Name]
    sha256: Mapped[Digest]
    content: Mapped[bytes | None] = mapped_column(EncryptedBytes("ledger_upload.content"))
    columns: Mapped[list[Any] | None]
    row_count: Mapped[int]
    kept_count: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="received")
    uploaded_at: Mapped[Created]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    evaluation: Mapped[Evaluation] = relationship()
    findings: Mapped[list[LedgerFinding]] = relationship(
        order_by="LedgerFinding.row_number",
        cascade="all, delete-orphan",
        foreign_keys="LedgerFinding.upload_id",
        back_populates="upload",
    )


class LedgerFinding(Base):
    """An error or warning about one row of a ledger: its place and reason, without the person's identity.

    `subject` is the keyed digest of what a person can decide about it, `decision` what was decided when the frame was
    last assembled. A finding about two rows names the other one too.
    """

    __tablename__ = "ledger_finding"
    __table_args__ = (
        CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity_known"),
        Index("ix_ledger_finding_upload_severity", "upload_id", "severity", "row_number"),
        Index("ix_ledger_finding_upload_code", "upload_id", "code", "decision"),
        Index("ix_ledger_finding_subject", "subject"),
    )

    id: Mapped[RowId]
    upload_id: Mapped[int] = mapped_column(ForeignKey("ledger_upload.id"))
    row_number: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(String(400))
    sheet: Mapped[str] = mapped_column(String(100), default="")
    subject: Mapped[str | None] = mapped_column(String(32))
    decision: Mapped[str | None] = mapped_column(String(10))
    other_upload_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_upload.id"))
    other_sheet: Mapped[str | None] = mapped_column(String(100))
    other_row: Mapped[int | None]

    upload: Mapped[LedgerUpload] = relationship(foreign_keys=[upload_id], back_populates="findings")
    other_upload: Mapped[LedgerUpload | None] = relationship(foreign_keys=[other_upload_id])


class LedgerCorrection(Base):
    """A cell of a ledger mended in the browser; the file stays as delivered, and undone corrections are kept.

    `label` names the ledger over all its versions. The row is known by the keyed digest of its cells as delivered, so
    that a correction holds for a new version with the same row, and for no row that was changed since.
    """

    __tablename__ = "ledger_correction"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) OR (undone_at >= corrected_at)", name="undone_later"),
        CheckConstraint("length(row_digest) = 32", name="row_digest_whole"),
        Index(
            "uq_ledger_correction_cell_in_force",
            "evaluation_id",
            "label",
            "sheet",
            "row_digest",
            "row_number",
            "field",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    label: Mapped[Name]
    sheet: Mapped[str] = mapped_column(String(100), default="")
    row_number: Mapped[int]
    row_digest: Mapped[str] = mapped_column(String(32))
    field: Mapped[Code]
    value: Mapped[str] = mapped_column(EncryptedText("ledger_correction.value"))
    # Whether the row was found when the frame was last assembled.
    applies: Mapped[bool] = mapped_column(default=True)
    corrected_at: Mapped[Created]
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    evaluation: Mapped[Evaluation] = relationship()
    corrected_by: Mapped[User | None] = relationship(foreign_keys=[corrected_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])


class LedgerDecision(Base):
    """What somebody decided about a finding; at most one in force for each subject, and undone ones are kept.

    `subject` is the keyed digest of what it is about: a person, two people, or the spelling of a village.
    """

    __tablename__ = "ledger_decision"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'duplicate' AND decision IN ('same', 'apart'))"
            " OR (kind = 'remark' AND decision IN ('keep', 'leave-out'))"
            " OR (kind = 'visit' AND decision = 'visit')"
            " OR (kind = 'checked' AND decision = 'checked')"
            " OR (kind = 'village' AND decision IN ('alias', 'new')"
            " AND (village_id IS NOT NULL OR undone_at IS NOT NULL))",
            name="decision_of_kind",
        ),
        CheckConstraint("(undone_at IS NULL) OR (undone_at >= decided_at)", name="undone_later"),
        CheckConstraint("length(subject) = 32", name="subject_whole"),
        Index(
            "uq_ledger_decision_in_force",
            "evaluation_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str] = mapped_column(String(10))
    # Of a village: the spelling, which may be anything that stands in a cell, and the village it now means.
    spelling: Mapped[str | None] = mapped_column(EncryptedText("ledger_decision.spelling"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    reason: Mapped[str | None] = mapped_column(String(200))
    # Whether its subject was found when the frame was last assembled.
    applies: Mapped[bool] = mapped_column(default=True)
    decided_at: Mapped[Created]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    evaluation: Mapped[Evaluation] = relationship()
    village: Mapped[Village | None] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])


class Frame(Base):
    """The sampling frame: a draft recomputed from the ledgers until it is sealed."""

    __tablename__ = "frame"
    __table_args__ = (
        CheckConstraint("(sealed_at IS NULL) = (fingerprint IS NULL)", name="sealed_has_fingerprint"),
        CheckConstraint(
            "sealed_at IS NULL OR (people_count > 0 AND priority_count BETWEEN 0 AND people_count)",
            name="sealed_has_people",
        ),
        UniqueConstraint("id", "evaluation_id"),
    )

    id: Mapped[RowId]
    uuid: Mapped[PublicId]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), unique=True)
    assembled_at: Mapped[Created]
    people_count: Mapped[int] = mapped_column(default=0)
    priority_count: Mapped[int] = mapped_column(default=0)
    left_out_count: Mapped[int] = mapped_column(default=0)
    canonical_form: Mapped[str | None] = mapped_column(String(20))
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    sealed_at: Mapped[datetime | None]
    sealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    evaluation: Mapped[Evaluation] = relationship()


class Recipient(Base):
    """A person on the frame, pseudonymous: key, village, categories."""

    __tablename__ = "recipient"
    __table_args__ = (
        UniqueConstraint("frame_id", "key"),
        CheckConstraint("length(key) = 32", name="key_whole"),
        CheckConstraint("priority = (categories <> '')", name="priority_by_category"),
        Index("ix_recipient_frame_village", "frame_id", "village_id"),
        CheckConstraint("last IN ('', 'listed', 'drawn')", name="last_known"),
        UniqueConstraint("id", "frame_id"),
    )

    id: Mapped[RowId]
    frame_id: Mapped[int] = mapped_column(ForeignKey("frame.id"))
    key: Mapped[str] = mapped_column(String(32))
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    # Codes of the 17 categories, sorted, joined by commas; empty for a general recipient.
    categories: Mapped[str] = mapped_column(String(80))
    priority: Mapped[bool]
    birth_year: Mapped[int | None]
    # What happened in the previous round (sampling.frame.Last); told when the frame is sealed.
    last: Mapped[str] = mapped_column(String(10), default="")

    village: Mapped[Village] = relationship()
    contact: Mapped[Contact | None] = relationship(back_populates="recipient", uselist=False)


class Contact(Base):
    """The contact data of a person; every field is encrypted."""

    __tablename__ = "contact"

    recipient_id: Mapped[int] = mapped_column(
        ForeignKey("recipient.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(EncryptedText("contact.name"))
    phones: Mapped[list[str]] = mapped_column(EncryptedJSON("contact.phones"))
    address: Mapped[str | None] = mapped_column(EncryptedText("contact.address"))
    guardian: Mapped[str | None] = mapped_column(EncryptedText("contact.guardian"))
    guardian_phones: Mapped[list[str]] = mapped_column(EncryptedJSON("contact.guardian_phones"))

    recipient: Mapped[Recipient] = relationship(back_populates="contact")


class ContactIndex(Base):
    """Keyed hashes (blind indexes) of names and telephones, to find people and duplicates without decryption."""

    __tablename__ = "contact_index"
    __table_args__ = (
        CheckConstraint("kind IN ('name', 'phone')", name="kind_known"),
        Index("ix_contact_index_value", "kind", "value"),
    )

    recipient_id: Mapped[int] = mapped_column(
        ForeignKey("recipient.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
