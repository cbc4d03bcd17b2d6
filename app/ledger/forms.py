"""Forms around ledgers and the frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app.ledger.labels import LEDGER_FIELDS, given_name
from app.ledger.queries.plans import layouts
from app.ledger.reader.columns import FIELDS
from app.ledger.reader.errors import ACCEPTED_SUFFIXES
from app.ledger.reader.plans import Given, GivenSource, HiddenRows, SheetPlan
from app.ledger.reader.recognition import Question, sources_of
from app.ledger.reader.sheets import LedgerWorkbook, SheetTable
from app.ledger.reader.village_names import VillageName
from app.localisation import to_visitor
from app.models import Evaluation
from app.shared.forms import Printable, at_most, choices, stripped, text_line
from sampling.categories import CATEGORIES, GENERAL_WORDS
from sampling.text import Text

NOT_THERE = "-1"


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A ledger file and its label."""

    label = text_line(_l("名册名称"), 100)
    file = FileField(
        _l("名册文件（%(kinds)s）", kinds=" ".join(ACCEPTED_SUFFIXES)),
        validators=[FileRequired(_l("请选择名册文件。"))],
        render_kw={"accept": ",".join(ACCEPTED_SUFFIXES)},
    )


class SealForm(FlaskForm):  # type: ignore[misc]
    """Sealing the frame, confirmed by typing the station's name."""

    typed_name = text_line(_l("输入社工站名称以确认"), 200)
    leave_out_errors = BooleanField(_l("有错误的行不列入，我已知道"))


class PlansForm(FlaskForm):  # type: ignore[misc]
    """How every sheet of a workbook is to be read; made by `plans_form`, with the fields of its sheets.

    Sheets that are set together share the selects of their columns. `problems` are sentences by the part of the page
    they stand in.
    """

    seen = HiddenField()
    shown: tuple[SheetPlan, ...] = ()
    sets: Sequence[Sequence[int]] = ()

    def plans(self) -> tuple[SheetPlan, ...]:
        """The plans as chosen, in the order of the sheets."""
        chosen = {place: self._plan(place, number) for number, places in enumerate(self.sets) for place in places}
        return tuple(chosen[place] for place in sorted(chosen))

    def _plan(self, place: int, number: int) -> SheetPlan:
        plan, columns, unsure = self.shown[place], *self._columns(number)
        take, hidden = self[f"sheet{place}_take"].data, f"sheet{place}_hidden"
        named_now = plan.take is None and "name" in columns and "name" not in plan.columns
        birth = f"set{number}_birth"
        return replace(
            plan,
            take={"take": True, "leave": False}.get(take or "", True if named_now else None),
            columns=columns,
            unsure=unsure,
            village=_given(self[f"sheet{place}_village"].data),
            category=_given(self[f"sheet{place}_category"].data),
            hidden_rows=_hidden_rows(self[hidden].data) if hidden in self else plan.hidden_rows,
            birth_from_identity=self[birth].data if birth in self else plan.birth_from_identity,
        )

    def _columns(self, number: int) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...]]:
        """Field → columns of the sheets of a set, and the fields left undecided; columns keep the order they had."""
        plan, chosen, open_ = self.shown[self.sets[number][0]], dict[str, list[int]](), set[str]()
        before = {column: name for name, columns in plan.columns.items() for column in columns}
        order = [*before, *(c for c in range(len(plan.headers)) if c not in before)]
        for column in order:
            value = self[f"set{number}_column{column}"].data
            if value == UNDECIDED and column in before:
                value = before[column]
                open_.add(value)
            if value in FIELDS:
                chosen.setdefault(value, []).append(column)
        return {name: tuple(chosen[name]) for name in sorted(chosen)}, tuple(sorted(open_ & {*plan.unsure}))

    def show(self, questions: Iterable[Question]) -> None:
        """Show each open question at what decides it."""
        for question in questions:
            field = self.field_of(question)
            if field is not None:
                field.errors = [*field.errors, to_visitor(question.sentence)]

    def field_of(self, question: Question) -> Field | None:
        """The field that decides a question; None where it is decided by the columns."""
        place = [plan.sheet for plan in self.shown].index(question.sheet)
        part = DECIDED_BY.get(question.code)
        return self[f"sheet{place}_{part}"] if part else None

    def part_of(self, question: Question) -> str:
        """The id of what decides a question."""
        field = self.field_of(question)
        if field is not None:
            return f"{field.id}-0" if isinstance(field, RadioField) else str(field.id)
        place = [plan.sheet for plan in self.shown].index(question.sheet)
        return next(f"set{number}" for number, places in enumerate(self.sets) if place in places)

    def meaning(self) -> dict[str, Any]:
        """The arguments of import_upload that say whether another ledger is replaced."""
        if "meant" not in self or not self["meant"].data:
            return {}
        return {"replaces": self["replaces"].data} if self["meant"].data == "replace" else {"in_addition": True}


# The field of a sheet that decides a question of each code; the others are decided by the columns.
DECIDED_BY = {
    "hidden-sheet": "take",
    "no-name-column": "take",
    "hidden-rows": "hidden",
    "no-village": "village",
    "no-category": "category",
}
UNDECIDED, NOTHING = "?", "-"
CATEGORY_NAMES = (
    Text(GENERAL_WORDS[0], "General recipients"),
    *(Text(category.zh, category.en) for category in CATEGORIES.values()),
)


def _hidden_rows(value: str | None) -> HiddenRows | None:
    return "take" if value == "take" else "leave" if value == "leave" else None


def _given(value: str | None) -> Given | None:
    source, _, word = (value or "").partition(":")
    return Given(cast(GivenSource, source), word) if source in get_args(GivenSource) else None


def plans_form(
    workbook: LedgerWorkbook,
    plans: Sequence[SheetPlan],
    villages: Sequence[VillageName],
    *,
    mark: str,
    repeats: str = "",
    **arguments: Any,
) -> PlansForm:
    """The form with the fields of every sheet, preset to these plans.

    `mark` tells later whether they changed meanwhile. `repeats`: the label of a ledger in use that holds mostly the
    same rows; whether this one replaces it is asked.
    """

    class FormOfSheets(PlansForm):
        shown, sets = tuple(plans), layouts(plans)

    for place, (sheet, plan) in enumerate(zip(workbook.sheets, plans, strict=True)):
        for part, field in _sheet_fields(sheet, plan, villages):
            setattr(FormOfSheets, f"sheet{place}_{part}", field)
    for number, places in enumerate(FormOfSheets.sets):
        for part, field in _column_fields([workbook.sheets[place] for place in places], plans[places[0]]):
            setattr(FormOfSheets, f"set{number}_{part}", field)
    if repeats:
        ways = choices(
            [("replace", _("它是「%(label)s」的新版，替换旧的", label=repeats)), ("add", _("它是另一份，两份都用"))]
        )
        FormOfSheets.replaces = HiddenField(default=repeats)
        FormOfSheets.meant = RadioField(_l("这份名册是"), choices=ways, validators=[Optional()])
    FormOfSheets.seen = HiddenField(default=mark)
    return FormOfSheets(**arguments)


def _sheet_fields(sheet: SheetTable, plan: SheetPlan, villages: Sequence[VillageName]) -> Iterator[tuple[str, Field]]:
    """What is chosen for one sheet: whether it is taken, its hidden rows, and what gives village and category."""
    of_sheet = _("工作表「%(name)s」", name=sheet.name) if sheet.name else _("文件")
    ways = choices([("take", _("列入")), ("leave", _("不列入"))])
    take = {True: "take", False: "leave"}.get(bool(plan.take)) if plan.take is not None else None
    yield "take", RadioField(of_sheet, choices=ways, default=take, validators=[Optional()])
    if sheet.hidden_rows:
        label = _("%(sheet)s里隐藏的行", sheet=of_sheet)
        yield "hidden", RadioField(label, choices=ways, default=plan.hidden_rows, validators=[Optional()])
    sources = sources_of(sheet, villages)
    every_village = [(village.name, village.name) for village in villages]
    every_category = [(name.zh, to_visitor(name)) for name in CATEGORY_NAMES]
    for part, label, given, found, every, own in (
        ("village", _("%(sheet)s的村居", sheet=of_sheet), plan.village, sources.village, every_village, "village"),
        (
            "category",
            _("%(sheet)s的类别", sheet=of_sheet),
            plan.category,
            sources.category,
            every_category,
            "categories",
        ),
    ):
        offered = _given_choices(given, found, every, own=own in plan.columns)
        yield part, SelectField(label, choices=offered, default=_given_value(given))


def _given_choices(
    given: Given | None, found: Sequence[Given], every: Sequence[tuple[str, str]], *, own: bool
) -> list[SelectChoice]:
    """What may give the village or category: the rows alone, what the sheet offers, or one for all its rows."""
    first = (NOTHING, _("看每一行自己写的") if own else _("请选择"))
    one_for_all = [(f"choice:{word}", _("都是%(word)s", word=shown)) for word, shown in every]
    offered = [(_given_value(source), given_name(source)) for source in found]
    if given is not None and _given_value(given) not in {value for value, _shown in (*offered, *one_for_all)}:
        offered.append((_given_value(given), given_name(given)))
    return choices([first, *offered, *one_for_all])


def _given_value(given: Given | None) -> str:
    return f"{given.source}:{given.text}" if given else NOTHING


def _column_fields(sheets: Sequence[SheetTable], plan: SheetPlan) -> Iterator[tuple[str, Field]]:
    """A select of the fields for each column of sheets that are set together."""
    means = {column: name for name, columns in plan.columns.items() for column in columns}
    names = [(NOTHING, "—"), *((name, str(label)) for name, label in LEDGER_FIELDS.items())]
    for column, heading in enumerate(plan.headers):
        unsure = means.get(column) in plan.unsure
        offered = choices([(UNDECIDED, _("请选择")), *names] if unsure else names)
        default = UNDECIDED if unsure else means.get(column, NOTHING)
        label = f"{column + 1}. {heading or '—'}"
        yield f"column{column}", SelectField(label, choices=offered, default=default)
    if any(row.identity_year for sheet in sheets for row in sheet.rows):
        label = _l("没有出生年份的，从身份证号码里取（号码本身不保存）")
        yield "birth", BooleanField(label, default=plan.birth_from_identity)


class MendForm(FlaskForm):  # type: ignore[misc]
    """The new value of a cell, and the correction that was in force when the page was opened."""

    value = StringField(_l("改成"), validators=[at_most(200), Printable()], filters=[stripped])
    seen = HiddenField()


class VillageForm(FlaskForm):  # type: ignore[misc]
    """What a spelling means: another name of a known village, or a new village in an area."""

    village = SelectField(_l("它是这个村居的另一种写法"))
    area = SelectField(_l("新村居属于哪个片区"))
    name = StringField(_l("新村居的名称"), validators=[at_most(60), Printable()], filters=[stripped])


def village_form(evaluation: Evaluation, spelling: str) -> VillageForm:
    """The form about a spelling, with the villages and areas of the station."""
    form = VillageForm()
    form.village.choices = choices([(NOT_THERE, "—"), *((v.code, v.name) for v in evaluation.station.villages)])
    form.area.choices = choices([(area.code, area.name) for area in evaluation.station.areas])
    if not form.is_submitted():
        form.name.data = spelling
    return form
