"""How a delivered workbook is read: as it was confirmed, or as recognised with what was chosen for an earlier file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.queries.contents import village_names
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.recognition import (
    Recognition,
    fitted,
    headings_agree,
    open_questions,
    plans_from_json,
    recognise,
)
from app.ledger.reader.sheets import LedgerWorkbook
from app.models import Evaluation, LedgerUpload

LOOKED_AT = 50


def recognition_of(session: Session, upload: LedgerUpload, workbook: LedgerWorkbook) -> Recognition:
    """The plans of a ledger's sheets, as confirmed or else as recognised now, and the questions left open."""
    villages = village_names(upload.evaluation)
    if upload.columns is None:
        return recognise(workbook, villages, remembered=remembered_plans(session, upload.evaluation, workbook))
    plans = fitted(workbook, plans_from_json(upload.columns))
    return Recognition(plans, open_questions(workbook, plans, villages))


def remembered_plans(session: Session, evaluation: Evaluation, workbook: LedgerWorkbook) -> tuple[SheetPlan, ...]:
    """The plans of the station's last confirmed ledger, of whatever evaluation, that has headings of this workbook."""
    stored = session.scalars(
        select(LedgerUpload.columns)
        .join(LedgerUpload.evaluation)
        .where(
            Evaluation.station_id == evaluation.station_id,
            LedgerUpload.state.in_(("imported", "replaced")),
            LedgerUpload.columns.is_not(None),
        )
        .order_by(LedgerUpload.id.desc())
        .limit(LOOKED_AT)
    )
    for columns in stored:
        plans = plans_from_json(columns)
        if headings_agree(workbook, plans):
            return plans
    return ()


def plans_mark(upload: LedgerUpload, plans: Sequence[SheetPlan]) -> str:
    """A mark that changes when a ledger is taken into use or its plans change; a page carries it to notice that."""
    text = json.dumps([upload.state, [plan.to_json() for plan in plans]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def layouts(plans: Sequence[SheetPlan]) -> list[list[int]]:
    """The positions of the sheets that have the same headings and are read by the same columns, set together."""
    found: dict[str, list[int]] = {}
    for place, plan in enumerate(plans):
        alike = [plan.headers, plan.to_json()["columns"], plan.birth_from_identity, plan.unsure]
        found.setdefault(json.dumps(alike, sort_keys=True), []).append(place)
    return list(found.values())
