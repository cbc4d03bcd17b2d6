"""The control of the kind "single": radio buttons, one option."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import Optional

from app.interview.kinds.control import Control, choices, localised
from surveys.questionnaire import Question


class SingleField(RadioField):  # type: ignore[misc]
    """One of the options; when a browser sends two, the later one was tapped."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the last value: a page for one question carries the earlier answer ahead of its buttons."""
        self.data = valuelist[-1] if valuelist else None


def _field(question: Question, mode: str) -> SingleField:
    return SingleField(
        localised(question.wording(mode)),
        [Optional()],
        choices=choices(question, mode),
        invalid_choice_message=_l("请从所列选项中选一个。"),
    )


CONTROL = Control(_field, grouped=True, one_tap=True)
