"""What was mended and decided, in force and undone; and what sealing would leave undecided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from app.ledger.queries.contents import DeliveredRow
from app.ledger.queries.findings import PAGE, undecided_by_severity
from app.ledger.reader.decisions import KINDS
from app.models import Evaluation, LedgerCorrection, LedgerDecision, LedgerFinding, LedgerUpload

Item = TypeVar("Item", LedgerCorrection, LedgerDecision)
# Findings that the seal names by themselves; the others are added up.
NAMED = ("no-village", "unknown-village", "probable-duplicate", "no-phone")


@dataclass(frozen=True)
class HistoryPage(Generic[Item]):
    """A page of what was mended or decided, the newest first; `number` counts from 1."""

    items: Sequence[Item]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class Undecided:
    """Something that sealing would leave open: its name and cost stand under `code` in app.ledger.labels."""

    code: str
    count: int


def corrections_page(session: Session, evaluation: Evaluation, number: int) -> HistoryPage[LedgerCorrection]:
    """A page of the cells that were mended, undone ones too."""
    people = (joinedload(LedgerCorrection.corrected_by), joinedload(LedgerCorrection.undone_by))
    every = select(LedgerCorrection).where(LedgerCorrection.evaluation_id == evaluation.id).options(*people)
    return _page(session, every.order_by(LedgerCorrection.id.desc()), number)


def decisions_page(session: Session, evaluation: Evaluation, number: int) -> HistoryPage[LedgerDecision]:
    """A page of the decisions, undone ones too."""
    loaded = (
        joinedload(LedgerDecision.decided_by),
        joinedload(LedgerDecision.undone_by),
        joinedload(LedgerDecision.village),
    )
    every = select(LedgerDecision).where(LedgerDecision.evaluation_id == evaluation.id).options(*loaded)
    return _page(session, every.order_by(LedgerDecision.id.desc()), number)


def _page(session: Session, every: Select[Item], number: int) -> HistoryPage[Item]:
    total = session.scalar(select(func.count()).select_from(every.order_by(None).subquery())) or 0
    pages = max(ceil(total / PAGE), 1)
    number = min(max(number, 1), pages)
    items = session.scalars(every.limit(PAGE).offset((number - 1) * PAGE)).all()
    return HistoryPage(items, number, pages, total)


def cell_history(session: Session, upload: LedgerUpload, delivered: DeliveredRow, field: str) -> list[LedgerCorrection]:
    """Every correction of a cell, the newest first."""
    people = (joinedload(LedgerCorrection.corrected_by), joinedload(LedgerCorrection.undone_by))
    return list(
        session.scalars(
            select(LedgerCorrection)
            .where(
                LedgerCorrection.evaluation_id == upload.evaluation_id,
                LedgerCorrection.label == upload.label,
                LedgerCorrection.row_digest == delivered.digest,
                LedgerCorrection.field == field,
            )
            .options(*people)
            .order_by(LedgerCorrection.id.desc())
        )
    )


def decisions_about(
    session: Session, evaluation: Evaluation, subjects: Collection[str]
) -> Mapping[str, LedgerDecision]:
    """The decisions in force about these subjects."""
    return {
        decision.subject: decision
        for decision in session.scalars(
            select(LedgerDecision).where(
                LedgerDecision.evaluation_id == evaluation.id,
                LedgerDecision.subject.in_(subjects),
                LedgerDecision.undone_at.is_(None),
            )
        )
    }


def places_about(session: Session, evaluation: Evaluation, subjects: Collection[str]) -> Mapping[str, LedgerFinding]:
    """Of each subject, a finding of the ledgers in use that is about it."""
    found = session.scalars(
        select(LedgerFinding)
        .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
        .where(
            LedgerUpload.evaluation_id == evaluation.id,
            LedgerUpload.state == "imported",
            LedgerFinding.subject.in_(subjects),
        )
        .order_by(LedgerFinding.id.desc())
    )
    return {finding.subject or "": finding for finding in found}


def without_effect(session: Session, evaluation: Evaluation) -> int:
    """How many corrections and decisions in force apply to nothing in the present ledgers."""
    return sum(
        session.scalar(
            select(func.count()).where(
                table.evaluation_id == evaluation.id, table.undone_at.is_(None), table.applies.is_(False)
            )
        )
        or 0
        for table in (LedgerCorrection, LedgerDecision)
    )


def undecided_at_sealing(session: Session, evaluation: Evaluation) -> list[Undecided]:
    """What sealing now would leave undecided, the dearest first."""
    waiting = select(func.count()).where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "received")
    counts = {"waiting": session.scalar(waiting) or 0}
    for code, severity, count in undecided_by_severity(session, evaluation):
        name = code if code in NAMED else "error" if severity == "error" else KINDS.get(code, "checked")
        counts[name] = counts.get(name, 0) + count
    order = ("waiting", "no-village", "unknown-village", "error", "probable-duplicate", "no-phone", "remark", "checked")
    return [Undecided(code, counts[code]) for code in order if counts.get(code)]
