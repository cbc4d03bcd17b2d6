"""The control of the kind "multiple": checkboxes, any number of options."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.validators import Optional

from app.interview.kinds.control import Control, choices, localised
from surveys.questionnaire import Question


def _field(question: Question, mode: str) -> SelectMultipleField:
    return SelectMultipleField(
        localised(question.wording(mode)),
        [Optional()],
        choices=choices(question, mode),
        invalid_choice_message=_l("请从所列选项中选择。"),
    )


CONTROL = Control(_field, grouped=True)
