"""Findings about the ledgers in use that somebody has still to decide."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Evaluation, LedgerFinding, LedgerUpload


def undecided_findings(session: Session, evaluation: Evaluation) -> Mapping[str, int]:
    """How many errors and warnings there are of each code in the ledgers in use, by code."""
    rows = session.execute(
        select(LedgerFinding.code, func.count())
        .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
        .where(
            LedgerUpload.evaluation_id == evaluation.id,
            LedgerUpload.state == "imported",
            LedgerFinding.severity.in_(("error", "warning")),
        )
        .group_by(LedgerFinding.code)
        .order_by(LedgerFinding.code)
    )
    return {code: number for code, number in rows}
