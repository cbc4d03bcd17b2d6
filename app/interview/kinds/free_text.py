"""The control of the kind "text": a text area for the respondent's own words."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Optional

from app.interview.kinds.control import Control, localised
from surveys.questionnaire import Question


def _field(question: Question, mode: str) -> TextAreaField:
    return TextAreaField(localised(question.wording(mode)), [Optional()])


CONTROL = Control(_field)
