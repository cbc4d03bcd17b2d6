"""Table rows of the pages about ledgers and the frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from wtforms import Field

from app.ledger.forms import PlansForm
from app.ledger.labels import (
    COSTS,
    DECIDE,
    LEDGER_FIELDS,
    PASSED_SHEETS,
    PROBLEMS,
    READINGS,
    SEVERITIES,
    UNDECIDED,
    UPLOAD_STATES,
    decided,
    finding_sentence,
    given_name,
    problem_name,
)
from app.ledger.queries.corrections import FAULT_NAMES
from app.ledger.queries.decisions import Undecided
from app.ledger.queries.findings import FindingGroup
from app.ledger.queries.frames import CategoryCount
from app.ledger.queries.quality import CategoryQuality, Counts, VillageFaults, VillageQuality
from app.ledger.queries.readings import ReadingRow
from app.ledger.reader.columns import suggest
from app.ledger.reader.decisions import CHOICES, KINDS
from app.ledger.reader.messages import MESSAGES
from app.ledger.reader.plans import Given, SheetPlan
from app.ledger.reader.recognition import Question
from app.ledger.reader.sheets import LedgerWorkbook, SheetTable
from app.localisation import moment, select_locale, to_visitor
from app.models import LedgerCorrection, LedgerDecision, LedgerFinding, LedgerUpload, User
from app.privacy.masking import mask_address, mask_name, mask_phone
from app.shared.cells import Badge, Button, Cell, Code, Link, parts, under

PREVIEW_ROWS = 5
NAMES_SHOWN = 3
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
class SheetRow:
    """One sheet of a workbook in the summary: how many rows, what gives village and category, what is open."""

    name: Cell
    row_count: Cell
    village: Cell
    category: Cell
    state: Cell


def sheet_rows(workbook: LedgerWorkbook, form: PlansForm, questions: Iterable[Question]) -> list[SheetRow]:
    """A row for every sheet, those passed by last."""
    asked = Counter(question.sheet for question in questions)
    read = [
        SheetRow(
            Link(sheet.name or _("文件"), f"#sheet{place}"),
            len(sheet.rows),
            _source(plan.village, own="village" in plan.columns) if plan.take is not False else None,
            _source(plan.category, own="categories" in plan.columns) if plan.take is not False else None,
            _sheet_state(plan, asked[sheet.name]),
        )
        for place, (sheet, plan) in enumerate(zip(workbook.sheets, form.plans(), strict=True))
    ]
    passed = [
        SheetRow(sheet.name, None, None, None, Badge(PASSED_SHEETS[sheet.reason], "off")) for sheet in workbook.passed
    ]
    return read + passed


def _source(given: Given | None, *, own: bool) -> str | None:
    named = [_("每行自己的"), given_name(given)] if own and given else []
    return _("；").join(named) or (given_name(given) if given else _("每行自己的") if own else None)


def _sheet_state(plan: SheetPlan, asked: int) -> Badge:
    if asked:
        return Badge(_("%(n)s 个问题", n=asked), "warn")
    return Badge(_("列入"), "good") if plan.take else Badge(_("不列入"), "off")


@dataclass(frozen=True)
class SheetPart:
    """The part of the page about one sheet: what is chosen for it, what was noticed, its first rows masked."""

    id: str
    title: str
    open: bool
    choices: list[tuple[Field, str]]
    notes: list[str]
    headers: tuple[str, ...]
    preview: list[tuple[str, ...]]


def sheet_parts(workbook: LedgerWorkbook, form: PlansForm, questions: Iterable[Question]) -> list[SheetPart]:
    """A part for every sheet, open where something must be decided or where it is the only one."""
    names = {"take": _("列入吗"), "hidden": _("隐藏的行"), "village": _("村居"), "category": _("类别")}
    asked = {field.name for question in questions if (field := form.field_of(question)) is not None}
    parts = []
    for place, sheet in enumerate(workbook.sheets):
        fields = [(form[name], label) for part, label in names.items() if (name := f"sheet{place}_{part}") in form]
        parts.append(
            SheetPart(
                id=f"sheet{place}",
                title=_("%(sheet)s：%(n)s 行", sheet=sheet.name or _("文件"), n=len(sheet.rows)),
                open=len(workbook.sheets) == 1 or any(f.errors or f.name in asked for f, _label in fields),
                choices=fields,
                notes=[_header_row(sheet), *map(to_visitor, sheet.notes)],
                headers=sheet.headers,
                preview=preview(sheet),
            )
        )
    return parts


def _header_row(sheet: SheetTable) -> str:
    return str(_("表头在第 %(rows)s 行。", rows="、".join(map(str, sheet.header_rows))))


def wrong_choices(form: PlansForm) -> list[tuple[str, str]]:
    """The id and sentence of every choice that is none of those offered."""
    return [
        (field.id, _("「%(label)s」%(message)s", label=field.label.text, message=" ".join(map(str, field.errors))))
        for field in form
        if field.errors
    ]


@dataclass(frozen=True)
class ColumnsPart:
    """The part of the page about the columns of the sheets that are set together."""

    id: str
    title: str
    open: bool
    problems: list[str]
    columns: list[tuple[Field, str]]
    birth: Field | None


def columns_parts(workbook: LedgerWorkbook, form: PlansForm, questions: Iterable[Question]) -> list[ColumnsPart]:
    """A part for every set of sheets, open where something must be decided or where it is the only one."""
    asked = [(form.part_of(question), to_visitor(question.sentence)) for question in questions]
    parts = []
    for number, places in enumerate(form.sets):
        sheets = [workbook.sheets[place] for place in places]
        fields = [form[f"set{number}_column{column}"] for column in range(len(sheets[0].headers))]
        problems = [sentence for part, sentence in asked if part == f"set{number}"]
        wrong = any(field.errors for field in fields)
        parts.append(
            ColumnsPart(
                id=f"set{number}",
                title=_set_title([sheet.name for sheet in sheets]),
                open=len(form.sets) == 1 or bool(problems) or wrong,
                problems=list(dict.fromkeys(problems)),
                columns=list(zip(fields, _examples(sheets[0]), strict=True)),
                birth=next((form[name] for name in (f"set{number}_birth",) if name in form), None),
            )
        )
    return parts


def _set_title(names: Sequence[str]) -> str:
    named = _("、").join(name or _("文件") for name in names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        return str(_("栏目：%(names)s等 %(n)s 张表（栏名相同，一起设）", names=named, n=len(names)))
    return str(_("栏目：%(names)s", names=named))


def _examples(sheet: SheetTable) -> list[str]:
    """The first filled cell of every column, masked."""
    shown = preview(sheet)
    return [next((row[column] for row in shown if row[column]), "") for column in range(len(sheet.headers))]


def preview(sheet: SheetTable) -> list[tuple[str, ...]]:
    """The first rows; a column that is unknown or may hold personal data is masked.

    Decided by the headings, never by the chosen matching: a name column matched as village must not show names.
    """
    means = {column: name for name, columns in suggest(sheet.headers).columns.items() for column in columns}
    return [
        tuple(
            (masked(means[column], cell) if column in means else mask_address(cell)) if cell else ""
            for column, cell in enumerate(row.cells)
        )
        for row in sheet.rows[:PREVIEW_ROWS]
    ]


@dataclass(frozen=True)
class GroupRow:
    """The findings of one problem."""

    problem: Cell
    severity: Cell
    undecided: Cell
    count: Cell


def group_rows(groups: Iterable[FindingGroup], slug: str, upload: LedgerUpload | None = None) -> list[GroupRow]:
    """A row for every problem, leading to its places."""
    ledger = upload.uuid if upload else None
    return [
        GroupRow(
            Link(problem_name(group.code), url_for("findings.group", slug=slug, code=group.code, ledger=ledger)),
            Badge(SEVERITIES[group.severity], SEVERITY_KINDS.get(group.severity, "wait")),
            group.undecided or None,
            group.count,
        )
        for group in groups
    ]


@dataclass(frozen=True)
class PlaceRow:
    """One finding: its place, what it says, and what can be done about it."""

    place: Cell
    message: Cell
    action: Cell


def place_columns(code: str) -> list[tuple[str, ...]]:
    """The columns of a problem's places; without the sentence where it would say in every row only the row number."""
    more = any("{" in text.zh.replace("{row}", "") for (told, _severity), text in MESSAGES.items() if told == code)
    sentence = [("message", _("说明"), "wide")] if more else []
    return [("place", _("位置")), *sentence, ("action", _("操作"))]


def place_rows(
    findings: Iterable[LedgerFinding], slug: str, decisions: Mapping[str, LedgerDecision], *, open_: bool
) -> list[PlaceRow]:
    """A row for every finding; without actions where `open_` is false."""
    return [
        PlaceRow(
            place_name(finding),
            finding_sentence(finding.code, finding.severity, finding.message),
            _actions(finding, slug, decisions.get(finding.subject or "")) if open_ else decided(finding.decision),
        )
        for finding in findings
    ]


def place_name(finding: LedgerFinding) -> str:
    """Ledger, sheet and row of a finding."""
    return _place(finding.upload.label, finding.sheet, finding.row_number)


def pair_names(finding: LedgerFinding) -> tuple[str, str]:
    """The two rows of a finding, the one it names first; by their numbers alone where both stand on one sheet."""
    if (finding.other_upload_id, finding.other_sheet) == (finding.upload_id, finding.sheet):
        return _("第 %(row)s 行", row=finding.other_row), _("第 %(row)s 行", row=finding.row_number)
    label = finding.other_upload.label if finding.other_upload else ""
    return _place(label, finding.other_sheet or "", finding.other_row or 0), place_name(finding)


def _place(label: str, sheet: str, row: int) -> str:
    if sheet:
        return str(_("%(label)s「%(sheet)s」第 %(row)s 行", label=label, sheet=sheet, row=row))
    return str(_("%(label)s 第 %(row)s 行", label=label, row=row))


def _actions(finding: LedgerFinding, slug: str, decision: LedgerDecision | None) -> Cell:
    """Undo where something is decided; else the ways to decide, and mending the cell."""
    where = place_name(finding)
    if decision is not None:
        return parts(Badge(decided(decision.decision), "good"), undo_button(decision, slug, where))
    kind = KINDS.get(finding.code, "")
    if kind == "duplicate":
        return Link(_("对照"), url_for("findings.pair", slug=slug, subject=finding.subject), about=where)
    village = None
    if kind == "village":
        village = Link(_("这是哪个村居"), url_for("findings.village", slug=slug, subject=finding.subject), about=where)
    mend = Link(_("改这一格"), mend_url(finding, slug), about=where)
    return parts(mend, village, *_decision_buttons(finding, kind, slug, where))


def undo_button(decision: LedgerDecision, slug: str, about: str = "") -> Button:
    """The button that takes a decision back."""
    url = url_for("findings.undo_decision_made", slug=slug, decision_uuid=decision.uuid)
    return Button(_("撤销"), url, "quiet", about=about)


def _decision_buttons(finding: LedgerFinding, kind: str, slug: str, where: str) -> list[Button]:
    if kind == "village" or finding.subject is None:
        return []
    url = url_for("findings.decide_findings", slug=slug, code=finding.code)
    return [
        Button(str(DECIDE[way]), url, "quiet", {"decision": way, "subject": finding.subject}, where)
        for way in CHOICES.get(kind, ())
    ]


def mend_url(finding: LedgerFinding, slug: str) -> str:
    """The page that mends the cell a finding is about."""
    return url_for(
        "findings.mend",
        slug=slug,
        upload_uuid=finding.upload.uuid,
        row=finding.row_number,
        field=finding.field,
        sheet=finding.sheet or None,
        code=finding.code,
    )


def batch_buttons(code: str, undecided: int, slug: str, upload: LedgerUpload | None) -> list[Button]:
    """The decisions that may be made about a whole group at once: none that makes one person of two."""
    kind, url = KINDS.get(code, ""), url_for("findings.decide_findings", slug=slug, code=code)
    about = {"ledger": str(upload.uuid)} if upload else {}
    ways = [way for way in CHOICES.get(kind, ()) if way != "same" and kind != "village"]
    return [
        Button(
            _("这一组 %(n)s 处都%(decision)s", n=undecided, decision=DECIDE[way]),
            url,
            "secondary",
            {"decision": way, "all": "1", **about},
        )
        for way in ways
        if undecided
    ]


MASKS: Mapping[str, Callable[[str], str]] = {
    "name": mask_name,
    "guardian": mask_name,
    "phone": mask_phone,
    "other_phone": mask_phone,
    "landline": mask_phone,
    "guardian_phone": mask_phone,
    "address": mask_address,
    "remark": mask_address,
}


def masked(field: str, cell: str) -> str:
    """A cell as a page may show it."""
    return MASKS.get(field, str)(cell) if cell else ""


def masked_row(cells: Mapping[str, str], *, without: str = "") -> list[tuple[str, Cell]]:
    """The cells of a row by the names of their fields, masked; one field may be left out."""
    return [(str(LEDGER_FIELDS[f]), masked(f, cells[f])) for f in LEDGER_FIELDS if f in cells and f != without]


@dataclass(frozen=True)
class ComparedRow:
    """One field of two rows side by side, masked."""

    field: Cell
    one: Cell
    other: Cell
    agree: Cell


def compared_rows(one: Mapping[str, str], other: Mapping[str, str]) -> list[ComparedRow]:
    """A row for every field that either has; whether they agree is told of the unmasked cells."""
    return [
        ComparedRow(str(name), masked(f, one.get(f, "")), masked(f, other.get(f, "")), _agreement(one, other, f))
        for f, name in LEDGER_FIELDS.items()
        if one.get(f) or other.get(f)
    ]


def _agreement(one: Mapping[str, str], other: Mapping[str, str], field: str) -> Cell:
    if not one.get(field) or not other.get(field):
        return Badge(_("一处没有写"), "wait")
    return Badge(_("相同"), "good") if one[field] == other[field] else Badge(_("不同"), "warn")


@dataclass(frozen=True)
class HistoryRow:
    """Something that was mended or decided."""

    about: Cell
    what: Cell
    by: Cell
    state: Cell


def correction_rows(corrections: Iterable[LedgerCorrection], slug: str, *, open_: bool) -> list[HistoryRow]:
    """A row for every mended cell."""
    return [
        HistoryRow(
            _place(item.label, item.sheet, item.row_number),
            _("%(field)s改成 %(value)s", field=LEDGER_FIELDS[item.field], value=masked(item.field, item.value) or "—"),
            _signed(item.corrected_by, item.corrected_at),
            _standing(item, url_for("findings.undo_correction_made", slug=slug, correction_uuid=item.uuid), open_),
        )
        for item in corrections
    ]


def decision_rows(
    decisions: Iterable[LedgerDecision], places: Mapping[str, LedgerFinding], slug: str, *, open_: bool
) -> list[HistoryRow]:
    """A row for every decision, with a place it is about now."""
    return [
        HistoryRow(
            _decision_place(item, places.get(item.subject)),
            parts(decided(item.decision), under(item.reason) if item.reason else None),
            _signed(item.decided_by, item.decided_at),
            _standing(item, url_for("findings.undo_decision_made", slug=slug, decision_uuid=item.uuid), open_),
        )
        for item in decisions
    ]


def _decision_place(item: LedgerDecision, finding: LedgerFinding | None) -> Cell:
    if item.spelling:
        return parts(Code(item.spelling), f"→ {item.village.name}" if item.village else None)
    return place_name(finding) if finding else None


def _signed(user: User | None, at: datetime) -> str:
    name = user.display_name if user else _("命令行")
    return f"{name} {moment(at)}"


def _standing(item: LedgerCorrection | LedgerDecision, undo: str, open_: bool) -> Cell:
    """Undone by whom and when; else whether it still applies, and the button that takes it back."""
    if item.undone_at is not None:
        return parts(Badge(_("已撤销"), "off"), under(_signed(item.undone_by, item.undone_at)))
    state = Badge(_("有效"), "good") if item.applies else Badge(_("现在的名册里找不到了"), "warn")
    return parts(state, Button(_("撤销"), undo, "quiet") if open_ else None)


@dataclass(frozen=True)
class UndecidedRow:
    """What sealing leaves undecided, and what that costs."""

    name: Cell
    count: Cell
    cost: Cell


def undecided_rows(undecided: Iterable[Undecided], slug: str) -> list[UndecidedRow]:
    """A row for each kind of undecided things."""
    return [UndecidedRow(_undecided_link(row.code, slug), row.count, str(COSTS[row.code])) for row in undecided]


def _undecided_link(code: str, slug: str) -> Link:
    if code == "waiting":
        return Link(str(UNDECIDED[code]), url_for("ledgers.index", slug=slug))
    if code in PROBLEMS:
        return Link(str(UNDECIDED[code]), url_for("findings.group", slug=slug, code=code))
    return Link(str(UNDECIDED[code]), url_for("findings.index", slug=slug))


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
