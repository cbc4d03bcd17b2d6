"""From a questionnaire to a WTForms class.

WTForms only carries values to and fro; which questions apply and what fits them is decided in surveys.questionnaire.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField

from app.clock import now
from app.forms.fields import CheckboxesField, choices
from surveys.questionnaire import AnswerProblem, Question, Questionnaire

LONGEST_INTERVIEW = timedelta(hours=24)


def _options(question: Question, mode: str, language: str) -> list[Any]:
    return choices((option.code, option.label.in_language(language)) for option in question.options_in(mode))


def _single(question: Question, label: str, mode: str, language: str) -> Field:
    return RadioField(label, choices=_options(question, mode, language), validate_choice=False)


def _multiple(question: Question, label: str, mode: str, language: str) -> Field:
    return CheckboxesField(label, choices=_options(question, mode, language))


def _integer(_question: Question, label: str, _mode: str, _language: str) -> Field:
    return StringField(label)


def _text(_question: Question, label: str, _mode: str, _language: str) -> Field:
    return TextAreaField(label)


# A kind of question → its field; the template shows a field by its type.
FIELDS: dict[str, Callable[[Question, str, str, str], Field]] = {
    "single": _single,
    "multiple": _multiple,
    "integer": _integer,
    "text": _text,
}


class AnswersForm(FlaskForm):  # type: ignore[misc]
    """What every form of answers carries: the key under which it is stored once, and when it was begun."""

    submission_key = HiddenField()
    started_at = HiddenField()
    questionnaire: Questionnaire

    def begin(self) -> None:
        """Give a fresh form its key and its time."""
        if not self.submission_key.data:
            self.submission_key.data = str(uuid.uuid4())
            self.started_at.data = now().isoformat(timespec="seconds")

    @property
    def key(self) -> uuid.UUID | None:
        """The submission's key, or None when it was tampered with."""
        try:
            return uuid.UUID(self.submission_key.data or "")
        except ValueError:
            return None

    @property
    def began(self) -> datetime:
        """When it was begun, as far as that can be believed."""
        moment = now()
        try:
            stated = datetime.fromisoformat(self.started_at.data or "")
        except ValueError:
            return moment
        if stated.tzinfo is None:
            return moment
        return min(max(stated, moment - LONGEST_INTERVIEW), moment)

    def answers(self) -> dict[str, Any]:
        """What was filled in, by question."""
        names = (question.id for question in self.questionnaire.questions if question.id in self)
        return {name: self[name].data for name in names if self[name].data not in (None, "", [])}

    def show(self, problems: tuple[AnswerProblem, ...]) -> None:
        """Put each problem on its field; one about no field here goes on the form."""
        for problem in problems:
            if problem.question in self:
                self[problem.question].errors = [*self[problem.question].errors, problem.message]
            else:
                self.form_errors.append(problem.message)


_classes: dict[tuple[str, str, str], type[AnswersForm]] = {}


def form_class(questionnaire: Questionnaire, mode: str, language: str) -> type[AnswersForm]:
    """The form of a questionnaire in a mode and language; made once for each."""
    key = (questionnaire.digest, mode, language)
    if key not in _classes:
        _classes[key] = _make_class(questionnaire, mode, language)
    return _classes[key]


def _make_class(questionnaire: Questionnaire, mode: str, language: str) -> type[AnswersForm]:
    fields = {
        question.id: FIELDS[question.kind](question, question.wording(mode).in_language(language), mode, language)
        for question in questionnaire.questions
        if mode in question.modes
    }
    return type("QuestionnaireForm", (AnswersForm,), fields | {"questionnaire": questionnaire})
