"""Assembles the draft frame from the ledgers in use, the cells mended since, and what was decided about findings."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.database import lock_row
from app.ledger.queries.contents import corrected_sheets, corrections_in_force, decisions_in_force, village_names
from app.ledger.reader.cleaning import CleanRow, Finding, clean
from app.ledger.reader.corrections import Corrected, Correction, cells_of
from app.ledger.reader.decisions import Decisions, PlacedFinding, settle
from app.ledger.reader.errors import Limits
from app.ledger.reader.merging import Merged, Person, merge
from app.ledger.reader.shared_numbers import numbers_of_many
from app.ledger.reader.sheets import LedgerWorkbook
from app.models import (
    Contact,
    ContactIndex,
    Evaluation,
    Frame,
    LedgerCorrection,
    LedgerDecision,
    LedgerFinding,
    LedgerUpload,
    Recipient,
)
from app.privacy.columns import keyring
from app.shared.errors import Refused
from app.shared.guards import refuse_after_retention, refuse_when_erased, refuse_when_withdrawn

BATCH = 5_000
FINDINGS_KEPT = 5_000
SEVERITIES = ("error", "warning", "info")
Progress = Callable[[str, int, int], None]
Item = TypeVar("Item")


def silent(_stage: str, _done: int, _total: int) -> None:
    """A progress callback that shows nothing."""


def begin_change(session: Session, evaluation: Evaluation) -> None:
    """Let one person at a time change ledgers or what was decided about them, until the commit.

    Refused once the frame is sealed, people's data are erased, or their time is over.
    """
    lock_row(session, Evaluation.id, evaluation.id, key_share=True)
    refuse_when_sealed(session, evaluation)
    refuse_when_erased(session, evaluation)
    refuse_after_retention(evaluation)


def refuse_when_sealed(session: Session, evaluation: Evaluation) -> None:
    """Refuse when the frame is sealed or the evaluation withdrawn: neither frame nor ledgers can change."""
    refuse_when_withdrawn(session, evaluation)
    if session.scalar(select(Frame.sealed_at).where(Frame.evaluation_id == evaluation.id)) is not None:
        raise Refused(_("抽样框已经封存，名册不能再改动。"), "sealed")


def ledgers_in_use(session: Session, evaluation: Evaluation) -> Sequence[LedgerUpload]:
    """The ledgers the frame is made of, by label, so that the order of arrival does not matter."""
    return session.scalars(
        select(LedgerUpload)
        .where(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
        .order_by(LedgerUpload.label)
    ).all()


@dataclass(frozen=True)
class Assembled:
    """The draft frame, and the usable rows of each ledger by label."""

    frame: Frame
    rows: Mapping[str, Sequence[CleanRow]]


@dataclass(frozen=True)
class _Delivered:
    """A ledger cleaned: its usable rows, its findings with what was decided, the corrections that found their row."""

    rows: Sequence[CleanRow]
    findings: Sequence[PlacedFinding]
    left_out: Mapping[Any, str]
    corrections: frozenset[int]


def assemble_frame(
    session: Session,
    evaluation: Evaluation,
    *,
    limits: Limits,
    progress: Progress = silent,
    read: Mapping[int, LedgerWorkbook] = MappingProxyType({}),
) -> Assembled:
    """Make the draft frame: a pure function of ledgers, corrections and decisions, whatever their order.

    `read`: the files that were read already, by the id of their ledger.
    """
    refuse_when_sealed(session, evaluation)
    uploads = ledgers_in_use(session, evaluation)
    decisions, corrections = decisions_in_force(session, evaluation), corrections_in_force(session, evaluation)
    delivered: dict[str, _Delivered] = {}
    for number, upload in enumerate(uploads):
        progress(_("清洗"), number, len(uploads))
        delivered[upload.label] = _clean(
            upload, corrections.get(upload.label, ()), decisions, limits, read.get(upload.id)
        )
    left_out = {source: code for ledger in delivered.values() for source, code in ledger.left_out.items()}
    merged = merge([(label, ledger.rows) for label, ledger in delivered.items()], decisions, left_out)
    with_errors = 0
    for upload in uploads:
        rows = delivered[upload.label].rows
        upload.kept_count = len(rows) - merged.left_out.get(upload.label, 0)
        with_errors += upload.row_count - len(rows)
    of_all = [*merged.findings, *_numbers_of_many(delivered)]
    _store_findings(session, uploads, delivered, of_all)
    _note_what_applies(session, evaluation, delivered.values(), merged)
    frame = empty_frame(session, evaluation)
    _store_people(session, evaluation, frame, merged.people, progress)
    frame.people_count = len(merged.people)
    frame.priority_count = sum(bool(person.categories) for person in merged.people)
    frame.left_out_count = with_errors
    session.flush()
    return Assembled(frame, {label: ledger.rows for label, ledger in delivered.items()})


def _clean(
    upload: LedgerUpload,
    corrections: Collection[Correction],
    decisions: Decisions,
    limits: Limits,
    workbook: LedgerWorkbook | None,
) -> _Delivered:
    """The sheets of a stored ledger, mended, cleaned, and compared with what was decided."""
    sheets = corrected_sheets(upload, corrections, limits, workbook)
    villages, year = village_names(upload.evaluation), upload.evaluation.held_on.year
    rows: list[CleanRow] = []
    findings: list[PlacedFinding] = []
    left_out: dict[Any, str] = {}
    for sheet in sheets:
        cleaned = clean(sheet.table, sheet.plan, villages, reference_year=year)
        settled = settle(
            upload.label, cleaned.rows, cleaned.findings, _village_cells(sheet, cleaned.findings), decisions
        )
        rows += cleaned.rows
        findings += settled.findings
        left_out |= settled.left_out
    return _Delivered(rows, findings, left_out, frozenset(c for sheet in sheets for c in sheet.applied))


def _village_cells(sheet: Corrected, findings: Iterable[Finding]) -> Callable[[Finding], str]:
    """What the cell of the village says in the rows where it is unknown."""
    numbers = {f.row for f in findings if f.code == "unknown-village"}
    cells = {r.number: cells_of(r, sheet.plan).get("village", "") for r in sheet.table.rows if r.number in numbers}
    return lambda finding: cells.get(finding.row, "")


def _numbers_of_many(delivered: Mapping[str, _Delivered]) -> Iterator[PlacedFinding]:
    """A finding for each row with a telephone that many people have, in whatever ledgers."""
    for label, finding in numbers_of_many([(label, ledger.rows) for label, ledger in delivered.items()]):
        yield PlacedFinding(label, finding)


def _store_findings(
    session: Session,
    uploads: Sequence[LedgerUpload],
    delivered: Mapping[str, _Delivered],
    of_all: Iterable[PlacedFinding],
) -> None:
    """Replace the stored findings, of each ledger the gravest first, and not more than FINDINGS_KEPT."""
    ids = {upload.label: upload.id for upload in uploads}
    session.execute(delete(LedgerFinding).where(LedgerFinding.upload_id.in_(ids.values())))
    beside: dict[str, list[PlacedFinding]] = {label: [] for label in ids}
    for placed in of_all:
        beside[placed.label].append(placed)
    for upload in uploads:
        findings = sorted([*delivered[upload.label].findings, *beside[upload.label]], key=_order)
        if rows := [_stored(placed, ids) for placed in findings[:FINDINGS_KEPT]]:
            session.execute(insert(LedgerFinding), rows)
        session.expire(upload, ["findings"])


def _order(placed: PlacedFinding) -> tuple[int, str, int]:
    return SEVERITIES.index(placed.finding.severity), placed.finding.sheet, placed.finding.row


def _stored(placed: PlacedFinding, ids: Mapping[str, int]) -> dict[str, Any]:
    finding, other = placed.finding, placed.other
    return {
        "upload_id": ids[placed.label],
        "row_number": finding.row,
        "field": finding.field,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message[:400],
        "sheet": finding.sheet,
        "subject": placed.subject or None,
        "decision": placed.decision or None,
        "other_upload_id": ids[other.label] if other else None,
        "other_sheet": other.sheet if other else None,
        "other_row": other.row if other else None,
    }


def _note_what_applies(
    session: Session, evaluation: Evaluation, delivered: Iterable[_Delivered], merged: Merged
) -> None:
    """Note which corrections found their row, and which decisions their subject; one about a spelling always holds."""
    ledgers = list(delivered)
    subjects = {placed.subject for ledger in ledgers for placed in ledger.findings}
    subjects |= {placed.subject for placed in merged.findings}
    found = {correction for ledger in ledgers for correction in ledger.corrections}
    mended = (LedgerCorrection.evaluation_id == evaluation.id, LedgerCorrection.undone_at.is_(None))
    for correction in session.scalars(select(LedgerCorrection).where(*mended)):
        correction.applies = correction.id in found
    decided = (LedgerDecision.evaluation_id == evaluation.id, LedgerDecision.undone_at.is_(None))
    for decision in session.scalars(select(LedgerDecision).where(*decided)):
        decision.applies = decision.kind == "village" or decision.subject in subjects


def empty_frame(session: Session, evaluation: Evaluation) -> Frame:
    """The draft frame, without anybody on it; a new one where there is none."""
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
