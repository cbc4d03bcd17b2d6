"""The form in which a list of outcome codes is edited: a row for each code, checked as the document it becomes.

The rows accept anything; whether they make a list is for surveys.outcomes.parse to say, once, for files and pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from app.forms.fields import choices
from app.forms.words import stripped
from app.texts import OUTCOME_CLASSES, OUTCOME_FIELDS, OUTCOME_GROUPS
from surveys.outcomes import GROUPS, LETTERS
from surveys.outcomes.parsing import FLAGS

NEW = "new"
NUMBERS = ("delay", "retries")
AFTER = ("next_number", "visit", "another_interviewer", "needs_skill", "appointment", "supervisor")
WHEN = ("final", "hand", "note_required", "during_interview", "ledger_fault")


def _text(name: str) -> StringField:
    return StringField(OUTCOME_FIELDS[name], filters=[stripped])


class OutcomeRow(Form):  # type: ignore[misc]
    """One outcome; the code itself is typed only for a new one."""

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
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row for a new outcome."""
        return not (self.code.data or self.zh.data or self.en.data)

    def document(self) -> dict[str, Any]:
        """The outcome as it stands in the document; what says nothing is left out, as in the delivered one."""
        found: dict[str, Any] = {
            "code": self.code.data if self.name == NEW else self.name,
            "label": {"zh": self.zh.data, "en": self.en.data},
            "group": self.group.data,
            "aapor": self.aapor.data,
            "final": self.final.data,
        }
        for name in NUMBERS:
            if self[name].data:
                found[name] = _number(self[name].data)
        found |= {name: True for name in FLAGS if self[name].data}
        return found if self.hand.data else found | {"hand": False}


def _number(text: str) -> int | str:
    """A whole number; anything else stays as it was typed, for the complaint about it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


class OutcomeListForm(FlaskForm):  # type: ignore[misc]
    """A whole list; `rows` has a form for each outcome and an empty one at the end."""

    base_version = HiddenField(validators=[InputRequired(_l("页面不完整。请重新打开。"))])

    def __init__(self, body: Mapping[str, Any], formdata: MultiDict[str, str] | None) -> None:
        super().__init__(data={"base_version": str(body["version"])})
        self.body = body
        self.rows = [OutcomeRow(formdata, one["code"], one) for one in body["outcomes"]]
        self.rows.append(OutcomeRow(formdata, NEW, {"group": "not_reached", "aapor": "NC", "delay": 60}))

    def document(self) -> dict[str, Any]:
        """The edited document, still under the old version."""
        rows = [row.document() for row in self.rows if row.name != NEW or not row.is_empty]
        return {**self.body, "outcomes": rows}


class ChooseOutcomesForm(FlaskForm):  # type: ignore[misc]
    """Which list of outcomes an evaluation works with."""

    outcomes = SelectField(_l("结果代码表"), validators=[InputRequired(_l("请填写这一项。"))])
