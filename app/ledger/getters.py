"""Fetching what the pages of findings show, of an evaluation that was fetched, and so authorised, before."""

from __future__ import annotations

import uuid

from flask import abort
from sqlalchemy import select

from app.extensions import db
from app.ledger.queries.contents import DeliveredRow, delivered_rows
from app.ledger.queries.findings import findings_about
from app.ledger.reader.columns import FIELDS
from app.ledger.reader.errors import Limits
from app.models import Evaluation, LedgerCorrection, LedgerDecision, LedgerFinding, LedgerUpload
from app.shared.getters import get_upload


def get_decision(evaluation: Evaluation, decision_uuid: uuid.UUID) -> LedgerDecision:
    """A decision about a finding."""
    decision = db.session.scalar(
        select(LedgerDecision).where(
            LedgerDecision.uuid == decision_uuid, LedgerDecision.evaluation_id == evaluation.id
        )
    )
    return decision or abort(404)


def get_correction(evaluation: Evaluation, correction_uuid: uuid.UUID) -> LedgerCorrection:
    """A mended cell."""
    correction = db.session.scalar(
        select(LedgerCorrection).where(
            LedgerCorrection.uuid == correction_uuid, LedgerCorrection.evaluation_id == evaluation.id
        )
    )
    return correction or abort(404)


def get_findings_about(evaluation: Evaluation, subject: str) -> list[LedgerFinding]:
    """The findings in use about one subject; 404 where there are none."""
    return findings_about(db.session, evaluation, subject) or abort(404)


def get_upload_named(evaluation: Evaluation, text: str) -> LedgerUpload | None:
    """The ledger of the UUID in an address, or None where it names none."""
    if not text:
        return None
    try:
        return get_upload(evaluation, uuid.UUID(text))
    except ValueError:
        abort(404)


def get_mendable_row(upload: LedgerUpload, sheet: str, row: int, field: str, limits: Limits) -> DeliveredRow:
    """A row of a ledger in use as delivered; 404 for a row or field there is not, and once the file is gone."""
    if field not in FIELDS or upload.state != "imported":
        abort(404)
    return delivered_rows(upload, {(sheet, row)}, limits).get((sheet, row)) or abort(404)
