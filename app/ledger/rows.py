"""Table rows of the pages about ledgers and the frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.ledger.labels import LEDGER_FIELDS, READINGS, SEVERITIES, UPLOAD_STATES, finding_sentence
from app.ledger.queries.corrections import FAULT_NAMES
from app.ledger.queries.frames import CategoryCount
from app.ledger.queries.quality import CategoryQuality, Counts, VillageFaults, VillageQuality
from app.ledger.queries.readings import ReadingRow
from app.localisation import moment, select_locale
from app.models import LedgerFinding, LedgerUpload
from app.shared.cells import Badge, Cell, Link, parts

STATE_KINDS = {"imported": "good", "received": "warn"}
SEVERITY_KINDS = {"error": "bad", "warning": "warn"}


def state_badge(upload: LedgerUpload) -> Badge:
    """The state of a ledger."""
    return Badge(UPLOAD_STATES[upload.state], STATE_KINDS.get(upload.state, "off"))


@dataclass(frozen=True)
class UploadRow:
    """A ledger that was uploaded."""

    label: Cell
    state: Cell
    row_count: Cell
    kept_count: Cell
    uploaded_at: Cell
    withdraw: Cell


def upload_rows(uploads: Iterable[LedgerUpload], slug: str, *, sealed: bool) -> list[UploadRow]:
    """A row for every ledger; without actions once the frame is sealed."""
    return [
        UploadRow(
            label=_upload_link(upload, slug, sealed=sealed),
            state=state_badge(upload),
            row_count=upload.row_count,
            kept_count=upload.kept_count,
            uploaded_at=moment(upload.uploaded_at),
            withdraw=None if sealed or upload.state not in STATE_KINDS else _withdraw_link(upload, slug),
        )
        for upload in uploads
    ]


def _upload_link(upload: LedgerUpload, slug: str, *, sealed: bool) -> Link:
    endpoint = "ledgers.columns" if upload.state == "received" and not sealed else "ledgers.findings"
    return Link(upload.label, url_for(endpoint, slug=slug, upload_uuid=upload.uuid))


def _withdraw_link(upload: LedgerUpload, slug: str) -> Link:
    url = url_for("ledgers.withdraw", slug=slug, upload_uuid=upload.uuid)
    return Link(_("撤下"), url, about=upload.label)


@dataclass(frozen=True)
class FindingRow:
    """A finding in a row of a ledger."""

    row_number: Cell
    field: Cell
    severity: Cell
    message: Cell


def finding_rows(findings: Iterable[LedgerFinding]) -> list[FindingRow]:
    """A row for every finding of a ledger."""
    return [
        FindingRow(
            finding.row_number,
            LEDGER_FIELDS.get(finding.field, finding.field),
            Badge(SEVERITIES[finding.severity], SEVERITY_KINDS.get(finding.severity, "wait")),
            finding_sentence(finding.code, finding.severity, finding.message),
        )
        for finding in findings
    ]


@dataclass(frozen=True)
class RequirementRow:
    """The requirement of the rule under one reading of it."""

    reading: Cell
    population: Cell
    required: Cell
    way: Cell


def requirement_rows(readings: Iterable[ReadingRow], in_force: str) -> list[RequirementRow]:
    """A row for each reading; `in_force` is the one the evaluation follows."""
    return [_requirement(row, in_force) for row in readings]


def _requirement(row: ReadingRow, in_force: str) -> RequirementRow:
    name, requirement = reading_name(row, in_force), row.requirement
    if requirement is None:
        return RequirementRow(name, None, None, _("没有这样的人"))
    way = _("全覆盖") if requirement.full_coverage else _("随机抽样")
    return RequirementRow(name, requirement.population, requirement.required, way)


def reading_name(row: ReadingRow, in_force: str) -> Cell:
    """The name of a reading, marked where it is the one in force."""
    chosen = Badge(_("采用"), "now") if row.reading.value == in_force else None
    return parts(READINGS[row.reading.value], chosen)


@dataclass(frozen=True)
class CategoryRow:
    """How many people are of a category."""

    name: Cell
    people: Cell


def category_rows(categories: Iterable[CategoryCount]) -> list[CategoryRow]:
    """The categories of the frame."""
    return [CategoryRow(_in_language(row), row.people) for row in categories]


def _in_language(row: CategoryCount | CategoryQuality) -> str:
    return row.en if select_locale() == "en" else row.zh


@dataclass(frozen=True)
class QualityRow:
    """The quality counts of a village or a category."""

    name: Cell
    area: Cell
    people: Cell
    no_phone: Cell
    no_contact: Cell
    shared_phone: Cell
    look_alike: Cell


def village_quality_rows(villages: Iterable[VillageQuality]) -> list[QualityRow]:
    """A row for every village."""
    return [_quality(row.counts, row.name, row.area) for row in villages]


def category_quality_rows(categories: Iterable[CategoryQuality]) -> list[QualityRow]:
    """A row for every category."""
    return [_quality(row.counts, _in_language(row)) for row in categories]


def _quality(counts: Counts, name: str, area: str = "") -> QualityRow:
    return QualityRow(
        name, area, counts.people, counts.no_phone, counts.no_contact, counts.shared_phone, counts.look_alike
    )


Column = tuple[str, str, str]


def lacks_columns(total: Counts) -> list[Column]:
    """The columns of quality counts; those with a total of zero are left out, to keep the table short on a phone."""
    lacks = (
        ("no_phone", _("没有电话")),
        ("no_contact", _("没有电话和住址")),
        ("shared_phone", _("与人共用电话")),
        ("look_alike", _("可能登记了两次")),
    )
    return [("people", _("人数"), "number"), *((key, name, "number") for key, name in lacks if getattr(total, key))]


def fault_columns(faults: Iterable[VillageFaults]) -> list[Column]:
    """The columns of the faults that fieldwork finding."""
    villages = list(faults)
    return [
        (key, str(name), "number") for key, name in FAULT_NAMES.items() if any(getattr(row, key) for row in villages)
    ]


def faults_not_met(columns: Iterable[Column]) -> list[str]:
    """The names of the faults without a column."""
    shown = {key for key, _name, _kind in columns}
    return [str(name) for key, name in FAULT_NAMES.items() if key not in shown]
