"""What every kind of question has to define for the pages where it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString
from wtforms import Field
from wtforms.fields.choices import SelectChoice

from app.localisation import to_visitor
from sampling.text import Text
from surveys.questionnaire import Question


@dataclass(frozen=True)
class Control:
    """How a kind of question is answered on a page.

    `field` makes the form field of a question in a mode. `grouped`: the interviewer's page shows several controls under
    one legend, not one control with a label. `one_tap`: each answer on a beneficiary's screen is a button leading on.
    The HTML is `templates/interview/kinds/<name of the kind>.html`.
    """

    field: Callable[[Question, str], Field]
    grouped: bool = False
    one_tap: bool = False


def localised(text: Text) -> LazyString:
    """A text of the document, translated when it is rendered: one form class serves all languages."""
    return LazyString(lambda: to_visitor(text))


def choices(question: Question, mode: str) -> list[SelectChoice]:
    """The options of a question in a mode, as WTForms takes them."""
    return [SelectChoice(option.code, localised(option.label)) for option in question.options_in(mode)]
