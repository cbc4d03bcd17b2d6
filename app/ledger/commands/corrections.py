"""Mending a cell of a ledger in the browser; the file stays as delivered."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.clock import now
from app.database import new_uuid
from app.ledger.commands.assembling import assemble_frame, begin_change
from app.ledger.queries.contents import correction_of, delivered_rows
from app.ledger.reader.columns import FIELDS
from app.ledger.reader.errors import Limits
from app.ledger.reader.identity import holds_identity
from app.models import LedgerCorrection, LedgerUpload, User
from app.shared.errors import Refused

LONGEST_VALUE = 200


def mend_cell(
    session: Session,
    upload: LedgerUpload,
    *,
    sheet: str,
    row: int,
    field: str,
    value: str,
    seen: str = "",
    limits: Limits,
    actor: User | None = None,
) -> LedgerCorrection:
    """Put a new value into a cell of a ledger in use, and assemble the frame anew.

    `seen` is the UUID of the correction that stood there when the value was typed: refused when somebody changed it
    meanwhile. The earlier correction of the cell is kept as undone.
    """
    evaluation = upload.evaluation
    begin_change(session, evaluation)
    value = _checked(field, value)
    delivered = delivered_rows(upload, {(sheet, row)}, limits).get((sheet, row))
    if upload.state != "imported" or delivered is None:
        raise Refused(_("在用的名册里没有这一行。请回到发现页重新打开。"), "no-row")
    earlier = correction_of(session, upload, delivered, field)
    if (str(earlier.uuid) if earlier else "") != seen:
        raise Refused(_("刚才有人改过这一格。请看过现在的值再改。"), "changed")
    if value == (earlier.value if earlier else delivered.cells.get(field, "")):
        raise Refused(_("和原来的一样，没有改动。"), "same-value")
    if earlier is not None:
        _undo(earlier, actor)
        session.flush()
    correction = LedgerCorrection(
        evaluation_id=evaluation.id,
        label=upload.label,
        sheet=sheet,
        row_number=row,
        row_digest=delivered.digest,
        field=field,
        value=value,
    )
    correction.corrected_by_id = actor.id if actor else None
    session.add(correction)
    new_uuid(session, correction)
    assemble_frame(session, evaluation, limits=limits)
    details = {"ledger": str(upload.uuid), "row": row, "field": field}
    record(session, "ledger.mended", actor=actor, evaluation=evaluation, subject=correction.uuid, details=details)
    return correction


def undo_correction(
    session: Session, correction: LedgerCorrection, *, limits: Limits, actor: User | None = None
) -> None:
    """Let the cell say again what was delivered, and assemble the frame anew; a second time changes nothing."""
    begin_change(session, correction.evaluation)
    session.refresh(correction)
    if correction.undone_at is not None:
        return
    _undo(correction, actor)
    session.flush()
    assemble_frame(session, correction.evaluation, limits=limits)
    record(session, "ledger.mending_undone", actor=actor, evaluation=correction.evaluation, subject=correction.uuid)


def _undo(correction: LedgerCorrection, actor: User | None) -> None:
    correction.undone_at = now()
    correction.undone_by_id = actor.id if actor else None


def _checked(field: str, value: str) -> str:
    """The value on one line; Refused for a field that is none, control characters, and identity numbers."""
    value = " ".join(value.split())
    if field not in FIELDS:
        raise Refused(_("没有这一栏。"), "field")
    if len(value) > LONGEST_VALUE or not all(c.isprintable() or unicodedata.category(c) == "Co" for c in value):
        raise Refused(_("最多 %(n)s 个字，不能含有控制字符。", n=LONGEST_VALUE), "value")
    if holds_identity(value):
        raise Refused(_("这里像是身份证号码。不需要身份证号码，也不保存。"), "value")
    return value
