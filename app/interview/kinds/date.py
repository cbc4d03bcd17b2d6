"""The control of the kind "date": a calendar day, picked or typed."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Optional

from app.interview.kinds.control import Control, localised
from sampling.text import Text
from surveys.questionnaire import Question
from surveys.questionnaire.kinds.date import EARLIEST, LATEST, as_day, limits_in_words

EXAMPLE = Text("填年、月、日，例如 2023-07-01", "year, month and day, such as 2023-07-01")


class DayField(StringField):  # type: ignore[misc]
    """A day as ISO text, as a browser's calendar sends it; unreadable text stays as typed, to be corrected."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take a day typed in another way too: not every browser has a calendar."""
        typed = valuelist[0].strip() if valuelist else ""
        day = as_day(typed)
        self.data = typed if day is None else day.isoformat()


def _field(question: Question, mode: str) -> DayField:
    limits = {"min": (question.earliest or EARLIEST).isoformat(), "max": (question.latest or LATEST).isoformat()}
    return DayField(
        localised(question.wording(mode)), [Optional()], description=localised(_hint(question)), render_kw=limits
    )


def _hint(question: Question) -> Text:
    if not (question.earliest or question.latest):
        return EXAMPLE
    limits = limits_in_words(question)
    return Text(f"填{limits.zh}", limits.en)


CONTROL = Control(_field)
