"""The form of a scoring scheme: every item, rule, grade and condition, from the document and back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField

from app.localisation import select_locale
from app.scores.forms.scheme_data import Body, data_of
from app.scores.forms.scheme_rows import (
    DECLARED,
    GIVEN,
    PER_AREA,
    ComputedForm,
    ConditionForm,
    GradeForm,
    PartyForm,
    choice_field,
    text_field,
)
from sampling.text import Text
from surveys.problems import Problem
from surveys.rounding import plain
from surveys.scoring.scheme import FORMAT

# Places that are whole lists: messages about them omit the place.
LISTS = ("parties", "comparison", "grades", "disqualifying")


@dataclass
class Written:
    """The document made from a form, the field of each place in it, and the problems of unreadable input."""

    body: Body = field(default_factory=dict)
    fields: dict[str, tuple[Field, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def field_at(self, place: str) -> tuple[Field, str] | None:
        """The field of a place of the document, or of the nearest enclosing place, and the name of its owner."""
        while place and place not in self.fields:
            place = re.sub(r"(\.[^.\[\]]*|\[\d+\]|^[^.\[\]]+)$", "", place)
        return self.fields.get(place)


@dataclass(frozen=True)
class Label:
    """The label of a field with mistakes."""

    text: str


@dataclass(frozen=True)
class Mistake:
    """A field with its mistakes as the summary of errors lists it."""

    id: str
    label: Label
    errors: tuple[str, ...]
    widget: Any


@dataclass(frozen=True)
class Mistakes:
    """All mistakes of a scheme form: by field, and messages that belong to no field."""

    fields: tuple[Mistake, ...]
    form_errors: tuple[str, ...]

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self.fields)


class SchemeForm(FlaskForm):  # type: ignore[misc]
    """A whole scheme. Its mistakes are found by the reader of documents, all at once (complain())."""

    id = text_field(_l("方案代号"))
    title = text_field(_l("方案名称"))
    title_en = text_field(_l("英文名称"))
    source = text_field(_l("出处"))
    places = choice_field(_l("计分保留小数"), {"0": _l("整数"), "1": _l("一位"), "2": _l("两位")})
    parties = FieldList(FormField(PartyForm))
    comparison = FieldList(FormField(ComputedForm))
    grades = FieldList(FormField(GradeForm))
    disqualifying = FieldList(FormField(ConditionForm))

    @classmethod
    def of(cls, body: Body) -> SchemeForm:
        """The form filled with a published document, or with what was submitted."""
        return cls(data=data_of(body))

    def add(self, place: str) -> bool:
        """Append an empty row to a list by name, or to the items of a party by its number; False for another place."""
        party_place = re.fullmatch(r"parties-(\d{1,3})", place)
        if place in ("parties", "comparison", "grades", "disqualifying"):
            self[place].append_entry()
            if place == "parties":
                self.parties[-1].form.lines.append_entry()
            return True
        if party_place and int(party_place[1]) < len(self.parties):
            self.parties[int(party_place[1])].form.lines.append_entry()
            return True
        return False

    def written(self, version: int) -> Written:
        """The form as a document of that version, rows to be dropped left out."""
        out = Written()
        self.codes = {row.code.data for row in self._rows() if row.code.data}
        for name in ("id", "title", "source", "places"):
            out.fields[name] = (self[name], "")
        out.fields["title.en"] = (self.title_en, "")
        out.body = {
            "format": FORMAT,
            "id": self.id.data,
            "version": version,
            "title": {"zh": self.title.data, "en": self.title_en.data},
            "source": self.source.data,
            "places": int(self.places.data) if self.places.data in ("0", "1", "2") else self.places.data,
            "parties": [self._party(out, row, f"parties[{n}]") for n, row in enumerate(_not_removed(self.parties))],
        }
        if comparison := _not_removed(self.comparison):
            out.body["comparison"] = [self._item(out, row, f"comparison[{n}]") for n, row in enumerate(comparison)]
        grades = sorted(_not_removed(self.grades), key=lambda row: -(_decimal(row.lowest.data) or 0))
        out.body["grades"] = [self._grade(out, row, f"grades[{n}]") for n, row in enumerate(grades)]
        if conditions := _not_removed(self.disqualifying):
            out.body["disqualifying"] = [
                self._condition(out, row, f"disqualifying[{n}]") for n, row in enumerate(conditions)
            ]
        return out

    def complain(self, written: Written, problems: tuple[Problem, ...]) -> Mistakes:
        """Attach each problem to its field, and return all mistakes for the summary."""
        messages_of_field: dict[str, tuple[Field, str, list[str]]] = {}
        general = []
        language = select_locale()
        for problem in problems:
            message = problem.message.in_language(language)
            place = written.field_at(problem.place)
            if place is None and problem.place in LISTS:
                general.append(message)
            elif place is None:
                general.append(
                    str(_("%(place)s：%(message)s", place=problem.where.in_language(language), message=message))
                )
            elif message not in (field_messages := messages_of_field.setdefault(place[0].id, (*place, []))[2]):
                field_messages.append(message)
        for at, _owner, messages in messages_of_field.values():
            at.errors = messages
        return Mistakes(
            tuple(
                Mistake(at.id, Label(" · ".join(filter(None, (owner, str(at.label.text))))), tuple(messages), at.widget)
                for at, owner, messages in messages_of_field.values()
            ),
            tuple(general),
        )

    def _rows(self) -> Iterator[Any]:
        rows = (*self.comparison, *self.grades, *self.disqualifying)
        for row in (*(line for party in self.parties for line in party.form.lines), *rows):
            yield row.form

    def _code(self, row: Any, stem: str) -> str:
        """The code of a row; a new row gets an unused one."""
        if not row.code.data:
            number = next(n for n in range(1, 10_000) if f"{stem}_{n}" not in self.codes)
            row.code.data = f"{stem}_{number}"
            self.codes.add(row.code.data)
        return str(row.code.data)

    def _party(self, out: Written, row: Any, place: str) -> Body:
        _named(out, row, place)
        out.fields[f"{place}.code"] = (row.code, row.name.data)
        items = [self._item(out, line, f"{place}.items[{n}]") for n, line in enumerate(_not_removed(row.lines))]
        return {
            "code": row.code.data,
            "name": {"zh": row.name.data, "en": row.name_en.data},
            "maximum": str(plain(sum((_decimal(item["maximum"]) or Decimal(0) for item in items), Decimal(0)))),
            "items": items,
        }

    def _item(self, out: Written, row: Any, place: str) -> Body:
        owner = _named(out, row, place)
        for name, at in (
            ("maximum", row.maximum),
            ("kind", row.scoring),
            ("statistic", row.statistic),
            ("rule", row.scoring),
            ("rule.points", row.taken if row.scoring.data == "deduction" else row.points),
            ("rule.from", row.start),
            ("rule.per", row.per),
        ):
            out.fields[f"{place}.{name}"] = (at, owner)
        body = {
            "code": self._code(row, "item"),
            "name": {"zh": row.name.data, "en": row.name_en.data},
            "maximum": row.maximum.data,
        }
        if row.scoring.data in (GIVEN, PER_AREA):
            return body | {"kind": "given"} | ({"per_area": True} if row.scoring.data == PER_AREA else {})
        rule = {"kind": row.scoring.data} | self._rule(out, row, f"{place}.rule")
        return body | {"kind": "computed", "statistic": row.statistic.data, "rule": rule}

    def _rule(self, out: Written, row: Any, place: str) -> Body:
        if row.scoring.data == "deduction":
            rule = {"from": row.start.data, "per": row.per.data, "points": row.taken.data}
            return rule | ({"partial": True} if row.partial.data else {})
        if row.scoring.data not in ("steps", "linear"):
            return {}
        pairs = []
        for line in filter(None, map(str.strip, row.points.data.splitlines())):
            pair = [part for part in re.split(r"[\s,;:、→]+", line) if part]
            if len(pair) == 2:
                pairs.append(pair)
            else:
                words = _("「%(line)s」读不出来。每行写一个界限和一个分数，例如：85 4", line=line[:40])
                out.problems.append(Problem(f"{place}.points", Text(words, words)))
        return {"points": pairs}

    def _grade(self, out: Written, row: Any, place: str) -> Body:
        out.fields[f"{place}.from"] = (row.lowest, _named(out, row, place))
        name = {"zh": row.name.data, "en": row.name_en.data}
        return {"code": self._code(row, "grade"), "name": name, "from": row.lowest.data}

    def _condition(self, out: Written, row: Any, place: str) -> Body:
        owner = _named(out, row, place)
        out.fields[f"{place}.text"] = (row.name, owner)
        out.fields[f"{place}.text.en"] = (row.name_en, owner)
        for name, at in (("kind", row.kind), ("comparison", row.kind), ("quantity", row.quantity)):
            out.fields[f"{place}.{name}"] = (at, owner)
        for stage in ("midterm", "final"):
            out.fields[f"{place}.thresholds.{stage}"] = (row[stage], owner)
        body = {"code": self._code(row, "condition"), "text": {"zh": row.name.data, "en": row.name_en.data}}
        if row.kind.data == DECLARED:
            return body | {"kind": DECLARED}
        thresholds = {"midterm": row.midterm.data, "final": row.final.data}
        comparison = {"quantity": row.quantity.data, "comparison": row.kind.data, "thresholds": thresholds}
        return body | {"kind": "threshold"} | comparison


def _not_removed(rows: Any) -> list[Any]:
    return [row.form for row in rows if not row.form.drop.data]


def _named(out: Written, row: Any, place: str) -> str:
    owner = str(row.name.data or _("（未命名）"))
    out.fields[place] = (row.name, owner)
    out.fields[f"{place}.name"] = (row.name, owner)
    out.fields[f"{place}.name.en"] = (row.name_en, owner)
    return owner


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"\d{1,6}(\.\d{1,4})?", text) else None
