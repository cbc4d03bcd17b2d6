"""The findings of all ledgers of an evaluation: counts by problem, pages of places, and what is still undecided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, defer, joinedload

from app.models import Evaluation, LedgerFinding, LedgerUpload

PAGE = 50
SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one problem: its gravest severity, how many there are, and how many are undecided."""

    code: str
    severity: str
    count: int
    undecided: int


@dataclass(frozen=True)
class FindingPage:
    """A page of the findings of one problem; `number` counts from 1."""

    findings: tuple[LedgerFinding, ...]
    number: int
    pages: int
    total: int


def undecided_findings(session: Session, evaluation: Evaluation) -> Mapping[str, int]:
    """Errors and warnings of the ledgers in use that nobody mended or decided, by code; absent codes have none."""
    counts: dict[str, int] = {}
    for code, _severity, count in undecided_by_severity(session, evaluation):
        counts[code] = counts.get(code, 0) + count
    return counts


def undecided_by_severity(session: Session, evaluation: Evaluation) -> list[tuple[str, str, int]]:
    """As `undecided_findings`, by code and severity."""
    rows = session.execute(
        select(LedgerFinding.code, LedgerFinding.severity, func.count())
        .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
        .where(_of(evaluation, None), LedgerFinding.severity != "info", LedgerFinding.decision.is_(None))
        .group_by(LedgerFinding.code, LedgerFinding.severity)
        .order_by(LedgerFinding.code)
    )
    return [(code, severity, count) for code, severity, count in rows]


def finding_groups(session: Session, evaluation: Evaluation, upload: LedgerUpload | None = None) -> list[FindingGroup]:
    """The findings of the ledgers in use, or of one ledger, by problem: those with undecided ones first."""
    undecided = func.count().filter(LedgerFinding.decision.is_(None), LedgerFinding.severity != "info")
    rows = session.execute(
        select(
            LedgerFinding.code,
            LedgerFinding.severity,
            func.count(),
            undecided,
        )
        .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
        .where(_of(evaluation, upload))
        .group_by(LedgerFinding.code, LedgerFinding.severity)
    )
    groups: dict[str, FindingGroup] = {}
    for code, severity, count, open_ones in sorted(rows, key=lambda row: SEVERITIES.index(row[1])):
        first = groups.get(code, FindingGroup(code, severity, 0, 0))
        groups[code] = replace(first, count=first.count + count, undecided=first.undecided + open_ones)
    return sorted(groups.values(), key=_urgency)


def _urgency(group: FindingGroup) -> tuple[bool, int, int, str]:
    return not group.undecided, SEVERITIES.index(group.severity), -group.count, group.code


def finding_page(
    session: Session, evaluation: Evaluation, code: str, number: int, upload: LedgerUpload | None = None
) -> FindingPage:
    """A page of the findings of one problem, the undecided first; a number beyond the last page gives the last."""
    where = and_(_of(evaluation, upload), LedgerFinding.code == code)
    join = LedgerFinding.upload_id == LedgerUpload.id
    total = session.scalar(select(func.count()).select_from(LedgerFinding).join(LedgerUpload, join).where(where)) or 0
    pages = max(ceil(total / PAGE), 1)
    number = min(max(number, 1), pages)
    findings = session.scalars(
        select(LedgerFinding)
        .join(LedgerUpload, join)
        .where(where)
        .options(joinedload(LedgerFinding.upload).options(defer(LedgerUpload.content)))
        .order_by(
            LedgerFinding.decision.is_not(None),
            LedgerUpload.label,
            LedgerFinding.sheet,
            LedgerFinding.row_number,
            LedgerFinding.id,
        )
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return FindingPage(tuple(findings), number, pages, total)


def subjects_of(session: Session, evaluation: Evaluation, code: str) -> set[str]:
    """What the findings of one code in the ledgers in use are about."""
    return _subjects(session, _of(evaluation, None), LedgerFinding.code == code)


def undecided_subjects(
    session: Session, evaluation: Evaluation, code: str, upload: LedgerUpload | None = None
) -> set[str]:
    """What the undecided findings of one code are about, in all ledgers in use or in one."""
    return _subjects(session, _of(evaluation, upload), LedgerFinding.code == code, LedgerFinding.decision.is_(None))


def _subjects(session: Session, *where: ColumnElement[bool]) -> set[str]:
    found = session.scalars(
        select(LedgerFinding.subject)
        .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
        .where(*where, LedgerFinding.subject.is_not(None))
    )
    return {subject for subject in found if subject}


def findings_about(session: Session, evaluation: Evaluation, subject: str) -> list[LedgerFinding]:
    """The findings of the ledgers in use about one subject, in the order of ledger and row."""
    return list(
        session.scalars(
            select(LedgerFinding)
            .join(LedgerUpload, LedgerFinding.upload_id == LedgerUpload.id)
            .where(_of(evaluation, None), LedgerFinding.subject == subject)
            .order_by(LedgerUpload.label, LedgerFinding.sheet, LedgerFinding.row_number)
        )
    )


def _of(evaluation: Evaluation, upload: LedgerUpload | None) -> ColumnElement[bool]:
    if upload is not None:
        return LedgerFinding.upload_id == upload.id
    return and_(LedgerUpload.evaluation_id == evaluation.id, LedgerUpload.state == "imported")
