"""Uploading ledgers: store a file, match its columns, and rebuild the draft frame from every ledger in use."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.audit.commands import record
from app.ledger.reader import columns as ledger_columns
from app.ledger.reader.cleaning import Cleaned, clean
from app.ledger.reader.errors import Limits
from app.ledger.reader.merging import Merged, Person, merge
from app.ledger.reader.reading import read_table
from app.ledger.reader.table import LedgerTable
from app.ledger.reader.village_names import VillageName
from app.models import (
    Contact,
    ContactIndex,
    Evaluation,
    Frame,
    LedgerFinding,
    LedgerUpload,
    Recipient,
    User,
)
from app.privacy.columns import keyring
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_erased, refuse_when_withdrawn

BATCH = 5_000
FINDINGS_KEPT = 5_000
Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")


def silent(_stage: str, _done: int, _total: int) -> None:
    """A progress callback that shows nothing."""


def store_upload(
    session: Session,
    evaluation: Evaluation,
    *,
    filename: str,
    data: bytes,
    label: str = "",
    limits: Limits,
    actor: User | None = None,
) -> tuple[LedgerUpload, LedgerTable]:
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
    actor: User | None = None,
    progress: Progress = silent,
) -> Frame:
    """Take a stored ledger into use with these columns; an earlier ledger of the same label is replaced."""
    evaluation = upload.evaluation
    refuse_when_sealed(session, evaluation)
    refuse_after_retention(evaluation)
    if upload.content is None or upload.state in ("replaced", "withdrawn"):
        raise Refused(_("这份名册已经不在使用中。请重新上传。"), "not-in-use")
    for other in ledgers_in_use(session, evaluation):
        if other.label == upload.label and other.id != upload.id:
            other.state = "replaced"
    session.flush()
    upload.columns, upload.state = dict(mapping), "imported"
    session.flush()
    frame = assemble_frame(session, evaluation, limits=limits, progress=progress)
    record(
        session,
        "ledger.imported",
        actor=actor,
        evaluation=evaluation,
        subject=upload.uuid,
        details={"rows": upload.row_count, "kept": upload.kept_count, "people": frame.people_count},
    )
    return frame


def withdraw_upload(session: Session, upload: LedgerUpload, *, limits: Limits, actor: User) -> Frame:
    """Take a ledger out of use; the frame is rebuilt without it."""
    refuse_when_sealed(session, upload.evaluation)
    refuse_when_erased(session, upload.evaluation)
    upload.state, upload.content = "withdrawn", None
    session.flush()
    frame = assemble_frame(session, upload.evaluation, limits=limits)
    record(session, "ledger.withdrawn", actor=actor, evaluation=upload.evaluation, subject=upload.uuid)
    return frame


def refuse_when_sealed(session: Session, evaluation: Evaluation) -> None:
    """Refuse when the frame is sealed or the evaluation withdrawn: neither frame nor ledgers can change."""
    refuse_when_withdrawn(session, evaluation)
    frame = session.scalar(select(Frame).where(Frame.evaluation_id == evaluation.id))
    if frame is not None and frame.sealed_at is not None:
        raise Refused(_("抽样框已经封存，名册不能再改动。"), "sealed")


def ledgers_in_use(session: Session, evaluation: Evaluation) -> Sequence[LedgerUpload]:
    """The ledgers the frame is made of, by label, so that the order of arrival does not matter."""
    return session.scalars(
        select(LedgerUpload)
        .where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
        .order_by(LedgerUpload.label)
    ).all()


def village_names(evaluation: Evaluation) -> list[VillageName]:
    """The station's villages in the form the cleaning rules take."""
    return [
        VillageName(code=v.code, name=v.name, aliases=tuple(v.aliases), area=v.area.code)
        for v in evaluation.station.villages
    ]


def clean_upload(upload: LedgerUpload, mapping: Mapping[str, int], limits: Limits) -> Cleaned:
    """The rows of a stored ledger, cleaned."""
    table = read_table(upload.content or b"", upload.filename, limits=limits)
    return clean(
        table,
        mapping,
        village_names(upload.evaluation),
        reference_year=upload.evaluation.held_on.year,
    )


def assemble_frame(session: Session, evaluation: Evaluation, *, limits: Limits, progress: Progress = silent) -> Frame:
    """Make the draft frame from the ledgers in use: a pure function of their contents, whatever their order."""
    refuse_when_sealed(session, evaluation)
    uploads = ledgers_in_use(session, evaluation)
    cleaned: dict[str, Cleaned] = {}
    for number, upload in enumerate(uploads):
        progress(_("清洗"), number, len(uploads))
        cleaned[upload.label] = clean_upload(upload, upload.columns or {}, limits)
    merged = merge([(label, result.rows) for label, result in cleaned.items()])
    left_out = 0
    for upload in uploads:
        result = cleaned[upload.label]
        upload.kept_count = len(result.rows)
        left_out += upload.row_count - len(result.rows)
        _store_findings(session, upload, result, merged)
    frame = _empty_frame(session, evaluation)
    _store_people(session, evaluation, frame, merged.people, progress)
    frame.people_count = len(merged.people)
    frame.priority_count = sum(bool(person.categories) for person in merged.people)
    frame.left_out_count = left_out
    session.flush()
    return frame


def _store_findings(session: Session, upload: LedgerUpload, result: Cleaned, merged: Merged) -> None:
    session.execute(delete(LedgerFinding).where(LedgerFinding.upload_id == upload.id))
    of_merging = [finding for label, finding in merged.findings if label == upload.label]
    severity = {"error": 0, "warning": 1, "info": 2}
    findings = sorted([*result.findings, *of_merging], key=lambda f: (severity[f.severity], f.row))
    rows = [
        {
            "upload_id": upload.id,
            "row_number": finding.row,
            "field": finding.field,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message[:400],
        }
        for finding in findings[:FINDINGS_KEPT]
    ]
    if rows:
        session.execute(insert(LedgerFinding), rows)
    session.expire(upload, ["findings"])


def _empty_frame(session: Session, evaluation: Evaluation) -> Frame:
    frame = session.scalar(select(Frame).where(Frame.evaluation_id == evaluation.id))
    if frame is None:
        frame = Frame(evaluation_id=evaluation.id)
        session.add(frame)
        session.flush()
        return frame
    old = select(Recipient.id).where(Recipient.frame_id == frame.id)
    for table in (ContactIndex, Contact):
        session.execute(delete(table).where(table.recipient_id.in_(old)))
    session.execute(delete(Recipient).where(Recipient.frame_id == frame.id))
    return frame


def person_key(secret: bytes, identity: str) -> str:
    """The pseudonymous key of a person: HMAC-SHA256 of the canonical identity, first 32 hex digits.

    The same person gets the same key from any order of the same ledgers; without the secret the key cannot be reversed.
    """
    return hmac.new(secret, identity.encode(), hashlib.sha256).hexdigest()[:32]


def _store_people(
    session: Session, evaluation: Evaluation, frame: Frame, people: Sequence[Person], progress: Progress
) -> None:
    villages = {v.code: v.id for v in evaluation.station.villages}
    secret = evaluation.person_key
    for done, batch in enumerate(_batches(people, BATCH)):
        progress(_("写入"), done * BATCH, len(people))
        keys = [person_key(secret, person.identity) for person in batch]
        session.execute(
            insert(Recipient),
            [
                {
                    "frame_id": frame.id,
                    "key": key,
                    "village_id": villages[person.village],
                    "categories": ",".join(person.categories),
                    "priority": bool(person.categories),
                    "birth_year": person.birth_year,
                }
                for key, person in zip(keys, batch, strict=True)
            ],
        )
        ids = {
            key: recipient_id
            for key, recipient_id in session.execute(
                select(Recipient.key, Recipient.id).where(Recipient.frame_id == frame.id, Recipient.key.in_(keys))
            )
        }
        pairs = [(ids[key], person) for key, person in zip(keys, batch, strict=True)]
        session.execute(insert(Contact), [_contact(recipient_id, person) for recipient_id, person in pairs])
        session.execute(insert(ContactIndex), list(_indexes(pairs)))
    progress(_("写入"), len(people), len(people))


def _contact(recipient_id: int, person: Person) -> dict[str, Any]:
    return {
        "recipient_id": recipient_id,
        "name": person.name,
        "phones": list(person.phones),
        "address": person.address or None,
        "guardian": person.guardian or None,
        "guardian_phones": list(person.guardian_phones),
    }


def _indexes(pairs: Iterable[tuple[int, Person]]) -> Iterator[dict[str, Any]]:
    ring = keyring()
    for recipient_id, person in pairs:
        yield {
            "recipient_id": recipient_id,
            "kind": "name",
            "value": ring.blind_index("name", person.name),
        }
        for phone in sorted({*person.phones, *person.guardian_phones}):
            yield {
                "recipient_id": recipient_id,
                "kind": "phone",
                "value": ring.blind_index("phone", phone),
            }


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def suggested_columns(table: LedgerTable) -> dict[str, int]:
    """The suggested field of each column, for a person to confirm."""
    return ledger_columns.suggest(table.headers)
