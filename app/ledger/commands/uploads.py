"""Uploading ledgers: store a file, match its columns, take it into use or out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.database import lock_row
from app.ledger.commands.assembling import (
    Progress,
    assemble_frame,
    begin_change,
    ledgers_in_use,
    refuse_when_sealed,
    silent,
)
from app.ledger.reader import columns as ledger_columns
from app.ledger.reader.cleaning import CleanRow
from app.ledger.reader.errors import Limits
from app.ledger.reader.reading import read_table
from app.ledger.reader.sheets import SheetTable
from app.models import Evaluation, Frame, LedgerUpload, User
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_erased


class RepeatsLedger(Refused):
    """Refused: the rows of a new ledger mostly stand in another one in use, named `label`, too."""

    def __init__(self, label: str, shared: int, rows: int) -> None:
        super().__init__(
            _(
                "这份名册的 %(rows)s 行里有 %(shared)s 行与在用的「%(label)s」相同。"
                "它是不是那一份的新版？请选替换，或两份都用。",
                rows=rows,
                shared=shared,
                label=label,
            ),
            "repeats",
        )
        self.label = label


def store_upload(
    session: Session,
    evaluation: Evaluation,
    *,
    filename: str,
    data: bytes,
    label: str = "",
    limits: Limits,
    actor: User | None = None,
) -> tuple[LedgerUpload, SheetTable]:
    """Store a ledger file, encrypted, after reading it once; raises LedgerFileError for a file that cannot be read."""
    refuse_when_sealed(session, evaluation)
    refuse_after_retention(evaluation)
    table = read_table(data, filename, limits=limits)
    upload = LedgerUpload(
        evaluation_id=evaluation.id,
        label=(label.strip() or filename)[:200],
        filename=filename[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        row_count=len(table.rows),
    )
    upload.uploaded_by_id = actor.id if actor else None
    session.add(upload)
    session.flush()
    record(
        session,
        "ledger.received",
        actor=actor,
        evaluation=evaluation,
        subject=upload.uuid,
        details={"sha256": upload.sha256, "rows": upload.row_count},
    )
    return upload, table


def import_upload(
    session: Session,
    upload: LedgerUpload,
    mapping: Mapping[str, int],
    *,
    limits: Limits,
    replaces: str = "",
    in_addition: bool = False,
    actor: User | None = None,
    progress: Progress = silent,
) -> Frame:
    """Take a stored ledger into use with these columns; an earlier ledger of the same label is replaced.

    `replaces`: the label of the ledger in use of which this is a new version; it takes that label, and what was mended
    and decided there. Raises RepeatsLedger when most rows stand in another ledger in use, unless `replaces` or
    `in_addition` says what is meant.
    """
    evaluation = upload.evaluation
    begin_change(session, evaluation)
    if upload.content is None or upload.state in ("replaced", "withdrawn"):
        raise Refused(_("这份名册已经不在使用中。请重新上传。"), "not-in-use")
    others = [other for other in ledgers_in_use(session, evaluation) if other.id != upload.id]
    if replaces and replaces not in {other.label for other in others}:
        raise Refused(_("没有在用的名册「%(label)s」。", label=replaces[:40]), "replaces")
    first_of_its_label = upload.state == "received" and upload.label not in {other.label for other in others}
    upload.label = replaces or upload.label
    for other in others:
        if other.label == upload.label:
            other.state = "replaced"
    session.flush()
    upload.columns, upload.state = dict(mapping), "imported"
    session.flush()
    assembled = assemble_frame(session, evaluation, limits=limits, progress=progress)
    if first_of_its_label and not (replaces or in_addition):
        _ask_about_repetition(upload.label, assembled.rows)
    record(
        session,
        "ledger.imported",
        actor=actor,
        evaluation=evaluation,
        subject=upload.uuid,
        details={"rows": upload.row_count, "kept": upload.kept_count, "people": assembled.frame.people_count},
    )
    return assembled.frame


def _ask_about_repetition(label: str, ledgers: Mapping[str, Sequence[CleanRow]]) -> None:
    """Raise RepeatsLedger where more than half the rows of a ledger agree with another in name, village and category.

    Corrected files come back under names such as 「台账(1).csv」; used beside the old one, both the wrong and the right
    telephone would count.
    """
    if len(ledgers) == 1:
        return
    rows = [(row.name, row.village, row.categories) for row in ledgers[label]]
    for other, theirs in ledgers.items():
        known = set() if other == label else {(row.name, row.village, row.categories) for row in theirs}
        shared = sum(row in known for row in rows)
        if 2 * shared > len(rows):
            raise RepeatsLedger(other, shared, len(rows))


def withdraw_upload(session: Session, upload: LedgerUpload, *, limits: Limits, actor: User) -> Frame:
    """Take a ledger out of use; the frame is rebuilt without it."""
    lock_row(session, Evaluation.id, upload.evaluation_id, key_share=True)
    refuse_when_sealed(session, upload.evaluation)
    refuse_when_erased(session, upload.evaluation)
    upload.state, upload.content = "withdrawn", None
    session.flush()
    frame = assemble_frame(session, upload.evaluation, limits=limits).frame
    record(session, "ledger.withdrawn", actor=actor, evaluation=upload.evaluation, subject=upload.uuid)
    return frame


def suggested_columns(table: SheetTable) -> dict[str, int]:
    """The suggested field of each column, for a person to confirm."""
    return {name: columns[0] for name, columns in ledger_columns.suggest(table.headers).columns.items()}
