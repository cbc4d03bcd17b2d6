"""The forms of the steps that open an evaluation, and the description that what was typed in them makes.

They check nothing themselves: what is wrong is found in the description (app.evaluations.queries.opening), as for a
file, and shown at the field it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.widgets import DateInput

from app.documents.forms import document_choice
from app.evaluations.labels import SETTINGS
from app.evaluations.queries.drafts import DELIVERED_OUTCOMES, NEW_STATION, NO_ROLE, field_of, key_of
from app.evaluations.queries.opening import SetupProblem
from app.ledger.labels import READINGS
from app.localisation import to_visitor
from app.models import MEMBER_ROLES, Document, Station, User
from app.shared.forms import choices
from app.shared.labels import ROLES, STAGES, with_username
from sampling.text import Text
from surveys.setup import FORMAT
from surveys.setup.areas import PastedAreas, read_areas

Answers = Mapping[str, Mapping[str, str]]
LONGEST_TYPED = 20_000
# The fields of the step "names" that stand in the description under the same names.
NAMES = ("title", "held_on", "keep_until", "evaluator", "commissioner", "purchaser", "hotline")
# By place in the description: the step and the field it is typed in.
PLACES = {
    "station.name": ("station", "station_name"),
    "station.operator": ("station", "operator"),
    "station.street": ("station", "street"),
    "station.district": ("station", "district"),
    "station.hotline": ("station", "station_hotline"),
    "station.areas": ("areas", "areas"),
    "period.start": ("period", "period_start"),
    "period.end": ("period", "period_end"),
    "stage": ("period", "stage"),
    "reading": ("period", "reading"),
    **{name: ("names", name) for name in ("slug", *NAMES)},
    **{kind: ("documents", kind) for kind in ("questionnaire", "scheme", "outcomes")},
}


def _line(label: Any, **arguments: Any) -> StringField:
    return StringField(label, **arguments)


def _date(name: str) -> StringField:
    """A day as it was typed: a wrong one is kept to be shown again."""
    return StringField(SETTINGS[name], widget=DateInput())


class StepForm(FlaskForm):  # type: ignore[misc]
    """One step; on a request that submits nothing it shows the answers of the draft."""

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        super().__init__(**({} if answers is None else {"formdata": MultiDict(answers)}))

    def answers(self) -> dict[str, str]:
        """What was typed, by field."""
        return {f.name: str(f.data or "")[:LONGEST_TYPED] for f in self.inputs()}

    def inputs(self) -> list[Field]:
        """The fields a person fills in."""
        return [f for f in self if f.name != "csrf_token"]

    def show(self, problems: Mapping[str, Sequence[str]]) -> None:
        """Show sentences at their fields."""
        for name, messages in problems.items():
            if name in self:
                self[name].errors = list(messages)

    def in_words(self) -> list[tuple[str, str, str]]:
        """Each field, by name, with its label and its value, the label of a choice."""
        return [(f.name, str(f.label.text), _value_in_words(f)) for f in self.inputs()]


def _value_in_words(f: Field) -> str:
    if not isinstance(f, SelectField):
        return str(f.data or "")
    return next((str(choice.label) for choice in f.iter_choices() if choice.selected), "")


class StationForm(StepForm):
    """A station that is known, or a new one."""

    station = SelectField(_l("社工站"))
    station_name = _line(_l("社工站名称"))
    operator = _line(_l("承办机构"))
    street = _line(_l("街道（镇）"))
    district = _line(_l("区"))
    station_hotline = _line(_l("社工站电话"))

    def __init__(self, stations: Iterable[Station], answers: Mapping[str, str] | None = None) -> None:
        super().__init__(answers)
        known = ((str(station.uuid), station.name) for station in stations)
        self.station.choices = choices([(NEW_STATION, _("（新的社工站）")), *known])

    def in_words(self) -> list[tuple[str, str, str]]:
        """Of a known station the name only."""
        return super().in_words()[:1] if self.station.data != NEW_STATION else super().in_words()[1:]


class PeriodForm(StepForm):
    """The stage and the service period, which make the evaluation what it is."""

    stage = SelectField(SETTINGS["stage"])
    period_start = _date("period_start")
    period_end = _date("period_end")
    reading = SelectField(SETTINGS["reading"])

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        super().__init__(answers)
        self.stage.choices = choices((code, str(label)) for code, label in STAGES.items())
        self.reading.choices = choices((code, str(label)) for code, label in READINGS.items())


class NamesForm(StepForm):
    """What the evaluation is called, its days, and who takes part."""

    title = _line(SETTINGS["title"])
    slug = _line(SETTINGS["slug"])
    held_on = _date("held_on")
    keep_until = _date("keep_until")
    evaluator = _line(SETTINGS["evaluator"])
    commissioner = _line(SETTINGS["commissioner"])
    purchaser = _line(SETTINGS["purchaser"])
    hotline = _line(SETTINGS["hotline"])


class AreasForm(StepForm):
    """The areas and villages of a new station, pasted."""

    areas = TextAreaField(SETTINGS["areas"], render_kw={"rows": 12})


class DocumentsForm(StepForm):
    """The documents by which people are asked and the evaluation is scored."""

    questionnaire = SelectField(SETTINGS["questionnaire"])
    scheme = SelectField(SETTINGS["scheme"])
    outcomes = SelectField(SETTINGS["outcomes"])

    def __init__(self, documents: Mapping[str, Sequence[Document]], answers: Mapping[str, str] | None = None) -> None:
        super().__init__(answers)
        for kind in ("questionnaire", "scheme", "outcomes"):
            published = [(key_of(document), document_choice(document)) for document in documents[kind]]
            delivered = [(DELIVERED_OUTCOMES, _("随系统提供的结果代码表"))] if kind == "outcomes" else []
            self[kind].choices = choices([*delivered, *published])


class PeopleForm(StepForm):
    """A role for each account that takes part; the fields are made for the accounts."""

    def in_words(self) -> list[tuple[str, str, str]]:
        """Those who take part."""
        return [words for words in super().in_words() if self[words[0]].data != NO_ROLE]


def people_form(users: Iterable[User], answers: Mapping[str, str] | None = None) -> PeopleForm:
    """The form of the last step: for each account a choice of its role."""
    roles = choices([(NO_ROLE, _("不参加")), *((role.value, str(ROLES[role])) for role in MEMBER_ROLES)])
    fields = {field_of(user): SelectField(with_username(user), choices=roles) for user in users}
    form: PeopleForm = type("PeopleForm", (PeopleForm,), fields)(answers)
    return form


@dataclass(frozen=True)
class Description:
    """The description that the answers of a draft make, and where each part of it was typed."""

    slug: str
    body: dict[str, Any]
    areas: PastedAreas
    member_fields: Sequence[str] = ()

    def place(self, problem: SetupProblem) -> tuple[str, str, str]:
        """The step, the field and the sentence of a problem; a mistake in a pasted text names its line."""
        at = problem.place
        if at.startswith("members["):
            number = int(at.removeprefix("members[").partition("]")[0])
            return "people", self.member_fields[number], problem.message
        if at.startswith("station.areas"):
            line = self.areas.problem_at(at.removeprefix("station.areas"), Text(problem.message, problem.message))
            return "areas", "areas", to_visitor(line.sentence) if line else problem.message
        step, name = PLACES.get(at) or PLACES.get(at.partition(".")[0], ("names", "title"))
        return step, name, problem.message


@dataclass
class StepProblems:
    """What stands in the way, by step and field."""

    by_step: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def add(self, step: str, name: str, message: str) -> None:
        """Add a sentence, once."""
        messages = self.by_step.setdefault(step, {}).setdefault(name, [])
        if message not in messages:
            messages.append(message)

    def of(self, step: str) -> dict[str, list[str]]:
        """The sentences of a step, by field."""
        return self.by_step.get(step, {})


def problems_by_step(description: Description, problems: Iterable[SetupProblem]) -> StepProblems:
    """Every problem at its step and field, those of the pasted lines first."""
    found = StepProblems()
    for line in description.areas.problems:
        found.add("areas", "areas", to_visitor(line.sentence))
    for problem in problems:
        found.add(*description.place(problem))
    return found


def described(answers: Answers, station: Station | None, users: Iterable[User]) -> Description:
    """The description of the evaluation that the answers ask for, wrong ones as they are.

    `station`: the known station that was chosen, None for a new one.
    """
    typed = {name: value for fields in answers.values() for name, value in fields.items()}
    pasted = read_areas(typed.get("areas", "")) if station is None else PastedAreas()
    members = [(field_of(user), user.username, typed.get(field_of(user))) for user in users]
    chosen = [(name, username, role) for name, username, role in members if role not in (None, "", NO_ROLE)]
    body = {
        "format": FORMAT,
        **{name: typed.get(name) for name in NAMES},
        "stage": typed.get("stage"),
        "reading": typed.get("reading", "priority"),
        "period": {"start": typed.get("period_start"), "end": typed.get("period_end")},
        "station": {"name": station.name} if station else _new_station(typed, pasted),
        **{kind: _choice(typed.get(kind)) for kind in ("questionnaire", "scheme")},
        "outcomes": None if typed.get("outcomes") in (None, DELIVERED_OUTCOMES) else _choice(typed["outcomes"]),
        "members": [{"username": username, "role": role} for _name, username, role in chosen],
    }
    return Description(typed.get("slug", "").strip(), body, pasted, [name for name, _user, _role in chosen])


def _new_station(typed: Mapping[str, str], pasted: PastedAreas) -> dict[str, Any]:
    return {
        "name": typed.get("station_name"),
        "operator": typed.get("operator"),
        "street": typed.get("street"),
        "district": typed.get("district"),
        "hotline": typed.get("station_hotline"),
        "areas": pasted.to_json(),
    }


def _choice(key: str | None) -> dict[str, Any]:
    """A document from the value of its choice, "recipient-1"."""
    document_id, _dash, version = (key or "").rpartition("-")
    return {"id": document_id, "version": int(version) if version.isascii() and version.isdigit() else None}
