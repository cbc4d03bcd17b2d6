"""The control of the kind "integer": a typed whole number."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Optional, ValidationError

from app.interview.kinds.control import Control, localised
from surveys.questionnaire import Question


class WholeNumberField(StringField):  # type: ignore[misc]
    """A whole number as typed, with full-width digits normalised; unreadable text stays as typed, to be corrected."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Normalise digits and blanks, and nothing else."""
        self.data = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else None

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what is no whole number."""
        if self.data and not (self.data.removeprefix("-").isdecimal() and self.data.isascii()):
            raise ValidationError(_("请填整数。"))


def _field(question: Question, mode: str) -> WholeNumberField:
    return WholeNumberField(localised(question.wording(mode)), [Optional()])


CONTROL = Control(_field)
