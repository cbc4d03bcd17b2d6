"""From a questionnaire to a WTForms class: question kind → field, one dictionary.

WTForms checks types and choices only. Which questions apply, what is required and what contradicts is decided once,
by surveys.questionnaire.check_answers, whatever the mode.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from app.clock import now
from app.localisation import select_locale, to_visitor
from sampling.text import Text
from surveys.questionnaire import AnswerProblem, Question, Questionnaire

# Question ids come from a document: the prefix keeps one called "data" or "csrf_token" out of the form's own names.
PREFIX = "q_"
LONGEST_INTERVIEW = timedelta(hours=12)

_classes: dict[tuple[str, str, type[FlaskForm]], Any] = {}


class Single(RadioField):  # type: ignore[misc]
    """One of the options; when a browser sends two, the later one was tapped."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the last value: a page for one question carries the earlier answer ahead of its buttons."""
        self.data = valuelist[-1] if valuelist else None


class WholeNumber(StringField):  # type: ignore[misc]
    """A whole number as it was typed, with full-width digits made plain; what cannot be read is kept to be mended."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Normalise digits and blanks, and nothing else."""
        self.data = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else None

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what is no whole number."""
        if self.data and not (self.data.removeprefix("-").isdecimal() and self.data.isascii()):
            raise ValidationError(_("请填整数。"))


def _said(text: Text) -> LazyString:
    """A text of the document in the language of whoever looks at it: one form class serves all languages."""
    return LazyString(lambda: text.in_language(select_locale()))


def _choices(question: Question, mode: str) -> list[SelectChoice]:
    return [SelectChoice(option.code, _said(option.label)) for option in question.options_in(mode)]


FIELDS: dict[str, Callable[[Question, str], Field]] = {
    "single": lambda q, mode: Single(
        _said(q.wording(mode)),
        [Optional()],
        choices=_choices(q, mode),
        invalid_choice_message=_l("请从所列选项中选一个。"),
    ),
    "multiple": lambda q, mode: SelectMultipleField(
        _said(q.wording(mode)),
        [Optional()],
        choices=_choices(q, mode),
        invalid_choice_message=_l("请从所列选项中选择。"),
    ),
    "integer": lambda q, mode: WholeNumber(_said(q.wording(mode)), [Optional()]),
    "text": lambda q, mode: TextAreaField(_said(q.wording(mode)), [Optional()]),
}


def _fresh_key() -> str:
    return str(uuid.uuid4())


def _this_moment() -> str:
    return now().isoformat()


class QuestionnaireForm(FlaskForm):  # type: ignore[misc]
    """What every questionnaire carries: the key of this submission and when it was begun."""

    questionnaire: Questionnaire
    mode: str

    submission_key = HiddenField(default=_fresh_key, validators=[InputRequired(_l("页面不完整。请重新打开。"))])
    started_at = HiddenField(default=_this_moment)

    def validate_submission_key(self, field: Field) -> None:
        """The key must be the one this application made."""
        try:
            uuid.UUID(field.data)
        except (ValueError, AttributeError) as error:
            raise ValidationError(_("页面不完整。请重新打开。")) from error

    @property
    def key(self) -> uuid.UUID:
        """The key under which a submission is stored once; only after validation."""
        return uuid.UUID(self.submission_key.data)

    def started(self, at: datetime) -> datetime:
        """When it was begun, as far as that can be believed: within the twelve hours before `at`, else `at`."""
        try:
            begun = datetime.fromisoformat(self.started_at.data or "")
        except ValueError:
            return at
        if begun.tzinfo is None:
            return at
        return min(max(begun, at - LONGEST_INTERVIEW), at)

    def of(self, question_id: str) -> Field:
        """The field of a question."""
        return self[PREFIX + question_id]

    def answers(self) -> dict[str, object]:
        """What was answered, by question id; unanswered ones are left out."""
        return {
            question.id: data
            for question in self.questionnaire.questions
            if self.mode in question.modes and (data := self.of(question.id).data) not in (None, "", [])
        }

    def put(self, problems: Iterable[AnswerProblem]) -> None:
        """Show each problem at its question."""
        for problem in problems:
            if PREFIX + problem.question in self:
                field = self.of(problem.question)
                field.errors = [*field.errors, to_visitor(problem.message)]

    def wrong(self) -> dict[str, str]:
        """The first message of each question that has one."""
        return {
            question.id: str(self.of(question.id).errors[0])
            for question in self.questionnaire.questions
            if self.mode in question.modes and self.of(question.id).errors
        }


Base = TypeVar("Base", bound=QuestionnaireForm)


def form_class(questionnaire: Questionnaire, mode: str) -> type[QuestionnaireForm]:
    """The form of a questionnaire in one mode."""
    return form_class_on(QuestionnaireForm, questionnaire, mode)


def form_class_on(base: type[Base], questionnaire: Questionnaire, mode: str) -> type[Base]:
    """The same with what `base` carries besides; made once per digest, since a published document never changes."""
    key = (questionnaire.digest, mode, base)
    if key not in _classes:
        fields: Mapping[str, Any] = {
            PREFIX + q.id: FIELDS[q.kind](q, mode) for q in questionnaire.questions if mode in q.modes
        }
        _classes[key] = type(f"{base.__name__}Of", (base,), {"questionnaire": questionnaire, "mode": mode, **fields})
    found: type[Base] = _classes[key]
    return found
