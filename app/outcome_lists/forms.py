"""The form in which an outcome list is edited: one row a code.

The rows accept any input; surveys.outcomes.parse checks the document made of them, as it checks files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, Form, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from app.localisation import select_locale
from app.outcome_lists.labels import OUTCOME_CLASSES, OUTCOME_FIELDS, OUTCOME_GROUPS
from app.shared.forms import choices, stripped
from surveys.outcomes import GROUPS, LETTERS
from surveys.outcomes.parsing import FLAGS
from surveys.problems import Problem

NEW = "new"
NUMBERS = ("delay", "retries")
AFTER = ("next_number", "visit", "another_interviewer", "needs_skill", "appointment", "supervisor")
# The place of a problem: an outcome by its code, or by its index where it has no valid code.
PLACE = re.compile(r"outcomes(\.(?P<code>[A-Z0-9]+)|\[(?P<number>\d+)\])(\.(label\.)?(?P<field>\w+))?")
WHEN = ("final", "hand", "note_required", "during_interview", "ledger_fault")


def _text(name: str) -> StringField:
    return StringField(OUTCOME_FIELDS[name], filters=[stripped])


class OutcomeRow(Form):  # type: ignore[misc]
    """One outcome; only a new one has a field for the code."""

    code = _text("code")
    zh = _text("zh")
    en = _text("en")
    group = SelectField(OUTCOME_FIELDS["group"], validate_choice=False)
    aapor = SelectField(OUTCOME_FIELDS["aapor"], validate_choice=False)
    delay = _text("delay")
    retries = _text("retries")
    final = BooleanField(OUTCOME_FIELDS["final"])
    hand = BooleanField(OUTCOME_FIELDS["hand"])
    next_number = BooleanField(OUTCOME_FIELDS["next_number"])
    visit = BooleanField(OUTCOME_FIELDS["visit"])
    another_interviewer = BooleanField(OUTCOME_FIELDS["another_interviewer"])
    needs_skill = BooleanField(OUTCOME_FIELDS["needs_skill"])
    appointment = BooleanField(OUTCOME_FIELDS["appointment"])
    supervisor = BooleanField(OUTCOME_FIELDS["supervisor"])
    note_required = BooleanField(OUTCOME_FIELDS["note_required"])
    during_interview = BooleanField(OUTCOME_FIELDS["during_interview"])
    ledger_fault = BooleanField(OUTCOME_FIELDS["ledger_fault"])

    def __init__(self, formdata: MultiDict[str, str] | None, name: str, raw: Mapping[str, Any]) -> None:
        label = raw.get("label", {})
        numbers = {name: "" if raw.get(name) is None else str(raw[name]) for name in NUMBERS}
        values = {"hand": True, **raw, **numbers, "zh": label.get("zh"), "en": label.get("en")}
        super().__init__(formdata, prefix=f"{name}-", data=values)
        self.name, self.raw = name, raw
        self.group.choices = choices((group, str(OUTCOME_GROUPS[group])) for group in GROUPS)
        self.aapor.choices = choices((letter, f"{letter} {OUTCOME_CLASSES[letter]}") for letter in LETTERS)

    @property
    def title(self) -> str:
        """The name of the row in messages."""
        return _("新加的") if self.is_new else self.name

    @property
    def is_new(self) -> bool:
        """Whether this is the row in which an outcome is added."""
        return bool(self.name == NEW)

    @property
    def wrong(self) -> list[Field]:
        """The fields with a problem."""
        return [field for field in self if field.errors]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row for a new outcome."""
        return not (self.code.data or self.zh.data or self.en.data)

    def document(self) -> dict[str, Any]:
        """The outcome as an entry of the document; empty fields are left out, as in the delivered list."""
        outcome: dict[str, Any] = {
            "code": self.code.data if self.is_new else self.name,
            "label": {"zh": self.zh.data, "en": self.en.data},
            "group": self.group.data,
            "aapor": self.aapor.data,
            "final": self.final.data,
        }
        for name in NUMBERS:
            if self[name].data:
                outcome[name] = _number(self[name].data)
        outcome |= {name: True for name in FLAGS if self[name].data}
        return outcome if self.hand.data else outcome | {"hand": False}


def _number(text: str) -> int | str:
    """A whole number; anything else is passed on as typed, for the parser to report."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


class OutcomeListForm(FlaskForm):  # type: ignore[misc]
    """A whole list; `rows` has a form for each outcome and an empty one at the end."""

    base_version = HiddenField(validators=[InputRequired(_l("页面不完整。请重新打开。"))])

    def __init__(self, body: Mapping[str, Any], formdata: MultiDict[str, str] | None) -> None:
        super().__init__(data={"base_version": str(body["version"])})
        self.body = body
        self.rows = [OutcomeRow(formdata, outcome["code"], outcome) for outcome in body["outcomes"]]
        self.rows.append(OutcomeRow(formdata, NEW, {"group": "not_reached", "aapor": "NC", "delay": 60}))

    def document(self) -> dict[str, Any]:
        """The edited document, with the version it was edited from."""
        return {**self.body, "outcomes": [row.document() for row in self._filled()]}

    @property
    def new_row(self) -> OutcomeRow:
        """The row for a new outcome."""
        return self.rows[-1]

    def rows_of(self, group: str) -> list[OutcomeRow]:
        """The rows of the outcomes in this group, as stored."""
        return [row for row in self.rows if not row.is_new and row.raw["group"] == group]

    def show_problems(self, problems: Iterable[Problem]) -> list[str]:
        """Show each problem at its field; returns the messages of problems that belong to no field."""
        general = []
        language = select_locale()
        for problem in problems:
            message = problem.message.in_language(language)
            place = PLACE.fullmatch(problem.place)
            row = self._row(place) if place else None
            name = (place["field"] or "").replace("label", "zh") if place else ""
            if row is None or name not in row:
                elsewhere = _("结果代码") if problem.place == "outcomes" else problem.where.in_language(language)
                where = row.title if row else elsewhere
                general.append(_("%(place)s：%(message)s", place=where, message=message))
            else:
                row[name].errors = [*row[name].errors, message]
        return general

    def mistakes(self) -> list[tuple[str, str]]:
        """(id of the field, message) for each field with a problem, for links at the top of the page."""
        return [
            (
                field.id,
                _(
                    "%(place)s：%(message)s",
                    place=f"{row.title} {field.label.text}",
                    message=" ".join(str(error) for error in field.errors),
                ),
            )
            for row in self.rows
            for field in row.wrong
        ]

    def _filled(self) -> list[OutcomeRow]:
        return [row for row in self.rows if not (row.is_new and row.is_empty)]

    def _row(self, place: re.Match[str]) -> OutcomeRow | None:
        rows = self._filled()
        if place["code"]:
            return next((row for row in rows if row.document()["code"] == place["code"]), None)
        number = int(place["number"])
        return rows[number] if number < len(rows) else None


class ChooseOutcomesForm(FlaskForm):  # type: ignore[misc]
    """The choice of an evaluation's outcome list."""

    outcomes = SelectField(_l("结果代码表"), validators=[InputRequired(_l("请填写这一项。"))])
