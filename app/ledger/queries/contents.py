"""What stored ledgers say: their sheets with the cells mended since, one row of them, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.reader.corrections import Corrected, Correction, cells_of, correct, row_text
from app.ledger.reader.decisions import Decisions, Digest, keyed_digest
from app.ledger.reader.errors import Limits
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.reading import read_workbook
from app.ledger.reader.recognition import fitted, plans_from_json
from app.ledger.reader.sheets import LedgerWorkbook, SheetTable
from app.ledger.reader.village_names import VillageName
from app.models import Evaluation, LedgerCorrection, LedgerDecision, LedgerUpload


@dataclass(frozen=True)
class DeliveredRow:
    """A row as delivered: the texts of its cells by field, and the digest by which it is found again."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    digest: str


def row_digest(evaluation: Evaluation) -> Digest:
    """The digest of rows as delivered, under the secret of the evaluation."""
    return keyed_digest(evaluation.person_key, "ledger-row")


def decisions_in_force(session: Session, evaluation: Evaluation) -> Decisions:
    """What was decided and not undone."""
    rows = session.execute(
        select(LedgerDecision.kind, LedgerDecision.subject, LedgerDecision.decision).where(
            LedgerDecision.evaluation_id == evaluation.id, LedgerDecision.undone_at.is_(None)
        )
    )
    made = {(kind, subject): decision for kind, subject, decision in rows}
    return Decisions(keyed_digest(evaluation.person_key, "ledger-subject"), made)


def corrections_in_force(session: Session, evaluation: Evaluation) -> dict[str, list[Correction]]:
    """The mended cells by label of their ledger, without those undone."""
    found: dict[str, list[Correction]] = defaultdict(list)
    for row in session.scalars(
        select(LedgerCorrection)
        .where(LedgerCorrection.evaluation_id == evaluation.id, LedgerCorrection.undone_at.is_(None))
        .order_by(LedgerCorrection.id)
    ):
        found[row.label].append(Correction(row.id, row.sheet, row.row_number, row.row_digest, row.field, row.value))
    return found


def workbook_of(upload: LedgerUpload, limits: Limits) -> LedgerWorkbook:
    """A stored ledger as read; raises LedgerFileError."""
    return read_workbook(upload.content or b"", upload.filename, limits=limits)


def sheets_of(
    upload: LedgerUpload, limits: Limits, workbook: LedgerWorkbook | None = None
) -> list[tuple[SheetTable, SheetPlan]]:
    """The sheets taken of a stored ledger as delivered, each with its plan; `workbook` is the file if already read."""
    workbook = workbook or workbook_of(upload, limits)
    plans = fitted(workbook, plans_from_json(upload.columns or []))
    return [(sheet, plan) for sheet, plan in zip(workbook.sheets, plans, strict=True) if plan.take]


def corrected_sheets(
    upload: LedgerUpload,
    corrections: Collection[Correction],
    limits: Limits,
    workbook: LedgerWorkbook | None = None,
) -> list[Corrected]:
    """The sheets taken of a stored ledger with the cells mended since."""
    digest = row_digest(upload.evaluation)
    return [correct(table, plan, corrections, digest) for table, plan in sheets_of(upload, limits, workbook)]


def delivered_rows(
    upload: LedgerUpload, places: Collection[tuple[str, int]], limits: Limits
) -> dict[tuple[str, int], DeliveredRow]:
    """The rows at these places (sheet, number) as delivered; places without a row are absent. Cost: reads the file."""
    if upload.content is None:
        return {}
    digest = row_digest(upload.evaluation)
    found: dict[tuple[str, int], DeliveredRow] = {}
    for table, plan in sheets_of(upload, limits):
        for row in table.rows:
            for sheet in ("", table.name):
                if (sheet, row.number) in places and (sheet, row.number) not in found:
                    mark = digest(row_text(row, plan))
                    found[sheet, row.number] = DeliveredRow(sheet, row.number, cells_of(row, plan), mark)
    return found


def correction_of(
    session: Session, upload: LedgerUpload, delivered: DeliveredRow, field: str
) -> LedgerCorrection | None:
    """The correction in force of a cell."""
    return session.scalar(
        select(LedgerCorrection).where(
            LedgerCorrection.evaluation_id == upload.evaluation_id,
            LedgerCorrection.label == upload.label,
            LedgerCorrection.sheet == delivered.sheet,
            LedgerCorrection.row_digest == delivered.digest,
            LedgerCorrection.row_number == delivered.number,
            LedgerCorrection.field == field,
            LedgerCorrection.undone_at.is_(None),
        )
    )


def shown_cells(
    session: Session, upload: LedgerUpload, places: Collection[tuple[str, int]], limits: Limits
) -> dict[tuple[str, int], Mapping[str, str]]:
    """What the rows at these places (sheet, number) say by field, with the cells mended since."""
    if upload.content is None:
        return {}
    corrections = corrections_in_force(session, upload.evaluation).get(upload.label, ())
    return {
        (name, row.number): cells_of(row, sheet.plan)
        for sheet in corrected_sheets(upload, corrections, limits)
        for row in sheet.table.rows
        for name in ("", sheet.table.name)
        if (name, row.number) in places
    }


def village_names(evaluation: Evaluation) -> list[VillageName]:
    """The station's villages in the form the cleaning rules take."""
    return [
        VillageName(code=v.code, name=v.name, aliases=tuple(v.aliases), area=v.area.code)
        for v in evaluation.station.villages
    ]
