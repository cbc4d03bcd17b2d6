"""The interviewer's small forms: an outcome, and buttons that carry nothing but their token."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from surveys.outcomes import DEFAULT, OutcomeList


def _fresh_key() -> str:
    return str(uuid.uuid4())


class ActionForm(FlaskForm):  # type: ignore[misc]
    """A button: the CSRF token and nothing else."""


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """What came of one try to reach a person."""

    attempt_key = HiddenField(default=_fresh_key, validators=[InputRequired(_l("页面不完整。请重新打开。"))])
    mode = RadioField(
        _l("这一次是"),
        choices=[SelectChoice("phone", _l("电访")), SelectChoice("visit", _l("走访"))],
        default="phone",
        invalid_choice_message=_l("请选择电访或走访。"),
    )
    # A string, because each outcome is a button of its own, with its consequence on it.
    outcome = StringField(_l("结果"), [InputRequired(_l("请选择一个结果。"))])
    confirmed = BooleanField()

    def __init__(self, *args: Any, outcomes: OutcomeList = DEFAULT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcomes = outcomes

    def validate_attempt_key(self, field: Field) -> None:
        """The key must be the one this application made."""
        try:
            uuid.UUID(field.data)
        except (ValueError, AttributeError) as error:
            raise ValidationError(_("页面不完整。请重新打开。")) from error

    def validate_outcome(self, field: Field) -> None:
        """Only outcomes that are written down by hand."""
        if field.data not in [outcome.code for outcome in self.outcomes.by_hand()]:
            raise ValidationError(_("请从所列结果中选一个。"))

    @property
    def key(self) -> uuid.UUID:
        """The key under which this try is stored once; only after validation."""
        return uuid.UUID(self.attempt_key.data)
