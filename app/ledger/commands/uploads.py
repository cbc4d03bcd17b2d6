"""Uploading ledgers: store a file, recognise its sheets, take it into use or out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

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
from app.ledger.queries.contents import village_names, workbook_of
from app.ledger.queries.plans import plans_mark, recognition_of
from app.ledger.reader.cleaning import CleanRow
from app.ledger.reader.errors import Limits
from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.reading import read_workbook
from app.ledger.reader.recognition import Question, Recognition, open_questions
from app.ledger.reader.sheets import LedgerWorkbook, SheetTable
from app.localisation import to_visitor
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


class OpenQuestions(Refused):
    """Refused: something about the sheets must be decided first; `questions` says what."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__(" ".join(to_visitor(question.sentence) for question in questions), "questions")
        self.questions = tuple(questions)


class Received(NamedTuple):
    """A ledger that was stored: the file as read, and how its sheets are recognised."""

    upload: LedgerUpload
    workbook: LedgerWorkbook
    recognition: Recognition


def store_upload(
    session: Session,
    evaluation: Evaluation,
    *,
    filename: str,
    data: bytes,
    label: str = "",
    limits: Limits,
    actor: User | None = None,
) -> Received:
    """Store a ledger file, encrypted, after reading it once; raises LedgerFileError for a file that cannot be read.

    Its sheets are recognised with what was chosen for the last file of the same office; nothing is taken into use.
    """
    refuse_when_sealed(session, evaluation)
    refuse_after_retention(evaluation)
    workbook = read_workbook(data, filename, limits=limits)
    upload = LedgerUpload(
        evaluation_id=evaluation.id,
        label=(label.strip() or filename)[:200],
        filename=filename[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        row_count=sum(len(sheet.rows) for sheet in workbook.sheets),
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
    return Received(upload, workbook, recognition_of(session, upload, workbook))


def import_upload(
    session: Session,
    upload: LedgerUpload,
    plans: Sequence[SheetPlan],
    *,
    limits: Limits,
    workbook: LedgerWorkbook | None = None,
    seen: str | None = None,
    replaces: str = "",
    in_addition: bool = False,
    actor: User | None = None,
    progress: Progress = silent,
) -> Frame:
    """Take the sheets of a stored ledger into use by these plans; an earlier ledger of the same label is replaced.

    `workbook`: the file as read, if it was read already. `seen`: the mark (plans_mark) of what was confirmed; Refused
    when somebody took the ledger into use or read it otherwise meanwhile. Raises OpenQuestions for undecided plans.
    `replaces`: the label of the ledger in use of which this is a new version; it takes that label, and what was mended
    and decided there. Raises RepeatsLedger when most rows stand in another ledger in use, unless `replaces` or
    `in_addition` says what is meant.
    """
    evaluation = upload.evaluation
    begin_change(session, evaluation)
    session.refresh(upload, ["state", "columns", "label"])
    if upload.content is None or upload.state in ("replaced", "withdrawn"):
        raise Refused(_("这份名册已经不在使用中。请重新上传。"), "not-in-use")
    workbook = workbook or workbook_of(upload, limits)
    if seen is not None and seen != plans_mark(upload, recognition_of(session, upload, workbook).plans):
        raise Refused(_("这一页打开后，有人导入过这份名册或改过读法。请看过现在的读法，再确认。"), "changed")
    _refuse_undecided(upload, workbook, plans)
    others = [other for other in ledgers_in_use(session, evaluation) if other.id != upload.id]
    if replaces and replaces not in {other.label for other in others}:
        raise Refused(_("没有在用的名册「%(label)s」。", label=replaces[:40]), "replaces")
    first_of_its_label = upload.state == "received" and upload.label not in {other.label for other in others}
    upload.label = replaces or upload.label
    for other in others:
        if other.label == upload.label:
            other.state = "replaced"
    session.flush()
    upload.columns, upload.state = [plan.to_json() for plan in plans], "imported"
    upload.row_count = sum(_rows_taken(*pair) for pair in zip(workbook.sheets, plans, strict=True))
    session.flush()
    assembled = assemble_frame(session, evaluation, limits=limits, progress=progress, read={upload.id: workbook})
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


def _refuse_undecided(upload: LedgerUpload, workbook: LedgerWorkbook, plans: Sequence[SheetPlan]) -> None:
    if questions := open_questions(workbook, plans, village_names(upload.evaluation)):
        raise OpenQuestions(questions)
    if not any(plan.take for plan in plans):
        raise Refused(_("一张工作表也没有列入。请至少列入一张。"), "no-sheet")


def _rows_taken(sheet: SheetTable, plan: SheetPlan) -> int:
    """How many rows of a sheet are taken: without those that are hidden and left out by choice."""
    if not plan.take:
        return 0
    return len(sheet.rows) - (len(sheet.hidden_rows) if plan.hidden_rows == "leave" else 0)


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
