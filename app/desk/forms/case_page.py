"""The forms on the page of a case: a call, an outcome with what it requires, a note, the reason to open a record."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional, ValidationError

from app.desk.forms.appointments import AppointmentFields
from app.desk.labels import MINOR_REASONS
from app.shared.forms import choices, text_line
from app.shared.labels import skill_name
from app.shared.limits import LONGEST_ADDED_REASON, LONGEST_NOTE
from surveys.calling.skills import SKILLS
from surveys.outcomes import DEFAULT, Outcome, OutcomeList


def _fresh_key() -> str:
    return str(uuid.uuid4())


class CallForm(FlaskForm):  # type: ignore[misc]
    """Which of the person's numbers to dial, by its place; the number itself never travels."""

    place = IntegerField(validators=[NumberRange(min=0, max=99)])


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A note to the supervisor; the button sets its kind."""

    text = text_line(_l("一句话"), LONGEST_NOTE)
    kind = StringField(validators=[AnyOf(("note", "care"))])


class MinorForm(FlaskForm):  # type: ignore[misc]
    """Why the record of a minor has to be opened."""

    why = RadioField(
        _l("为什么要打开"),
        choices=[SelectChoice(code, words) for code, words in MINOR_REASONS.items()],
        invalid_choice_message=_l("请选择一个理由。"),
    )
    more = text_line(_l("补充说明"), LONGEST_ADDED_REASON, optional=True)

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate the fields; the reason "other" also requires a written explanation."""
        valid = bool(super().validate(extra_validators))
        if valid and self.why.data == "other" and not self.more.data:
            self.more.errors = [_("请写明理由。")]
            return False
        return valid

    def reason(self) -> str:
        """The reason as it is stored: the label of the choice, then the explanation."""
        chosen = str(MINOR_REASONS[self.why.data])
        return f"{chosen}：{self.more.data}" if self.more.data else chosen


class OutcomeForm(AppointmentFields, FlaskForm):  # type: ignore[misc]
    """The outcome of one attempt to reach a person.

    Sent twice where an outcome requires more: first by its button, then (`asked`) with what it requires.
    """

    attempt_key = HiddenField(default=_fresh_key, validators=[InputRequired(_l("页面不完整。请重新打开。"))])
    # A text field, because each outcome is a submit button of its own, labelled with its consequence.
    outcome = StringField(_l("结果"), [InputRequired(_l("请选择一个结果。"))])
    note = text_line(_l("说明"), LONGEST_NOTE, optional=True)
    asked = BooleanField()
    needs = RadioField(_l("下一位访问员要会什么"), choices=[], validators=[Optional()], validate_choice=False)
    keep = BooleanField(_l("仍然约这个时间"))

    def __init__(self, *args: Any, outcomes: OutcomeList = DEFAULT, under_way: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {outcome.code: outcome for outcome in outcomes.by_hand(under_way=under_way)}
        self.needs.choices = choices((code, skill_name(code)) for code in SKILLS)
        self.asks_for_a_time = bool(self.asked.data) and self.known and self.chosen.appointment

    def validate_attempt_key(self, field: Field) -> None:
        """The key must be the one this application made."""
        try:
            uuid.UUID(field.data)
        except (ValueError, AttributeError) as error:
            raise ValidationError(_("页面不完整。请重新打开。")) from error

    def validate_outcome(self, field: Field) -> None:
        """The outcome must be one that interviewers record by hand."""
        if not self.known:
            raise ValidationError(_("请从所列结果中选一个。"))

    @property
    def known(self) -> bool:
        """Whether the outcome sent is one of those offered."""
        return self.outcome.data in self.offered

    @property
    def key(self) -> uuid.UUID:
        """The key under which this attempt is stored once; only after validation."""
        return uuid.UUID(self.attempt_key.data)

    @property
    def chosen(self) -> Outcome:
        """The outcome sent; only after validation."""
        return self.offered[self.outcome.data]

    def asks(self, *, closes: bool) -> bool:
        """Whether the outcome requires a confirmation or something more before it is recorded."""
        chosen = self.chosen
        return closes or chosen.appointment or chosen.needs_skill or (chosen.note_required and not self.note.data)

    def complete(self) -> bool:
        """Whether everything the outcome requires was given; a missing part gets an error at its field."""
        chosen = self.chosen
        if chosen.note_required and not self.note.data:
            self._say(self.note, _("这个结果要写一句说明。"))
        if chosen.needs_skill and self.needs.data not in SKILLS:
            self._say(self.needs, _("请选择一项。"))
        return not self.errors

    @staticmethod
    def _say(field: Field, message: str) -> None:
        field.errors = [*field.errors, message]
