"""From a questionnaire to a WTForms class: a field for each question, made by its kind (app/interview/kinds).

WTForms checks types and choices only. Which questions apply, what is required and what contradicts is decided once,
by surveys.questionnaire.check_answers, whatever the mode.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.validators import InputRequired, ValidationError

from app.clock import now
from app.interview.kinds import control_of
from app.localisation import to_visitor
from app.shared.cache import BoundedCache
from surveys.questionnaire import AnswerProblem, Questionnaire

# Question ids come from a document: the prefix keeps one called "data" or "csrf_token" out of the form's own names.
PREFIX = "q_"
LONGEST_INTERVIEW = timedelta(hours=12)

# Form classes by digest of the questionnaire, mode and base class.
_classes: BoundedCache[tuple[str, str, type[FlaskForm]], Any] = BoundedCache(most=256)


def _fresh_key() -> str:
    return str(uuid.uuid4())


def _this_moment() -> str:
    return now().isoformat()


class QuestionnaireForm(FlaskForm):  # type: ignore[misc]
    """The base of every questionnaire form: the key of this submission and when it was begun."""

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
        """When it was begun, limited to the LONGEST_INTERVIEW before `at`; `at` itself where the text is no moment."""
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
        """The answers by question id; unanswered questions are left out."""
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
    """The form class of a questionnaire in one mode."""
    return form_class_on(QuestionnaireForm, questionnaire, mode)


def form_class_on(base: type[Base], questionnaire: Questionnaire, mode: str) -> type[Base]:
    """The form class of a questionnaire in one mode, as a subclass of `base`.

    Made once per digest, mode and base, since a published document never changes.
    """
    made: type[Base] = _classes.get((questionnaire.digest, mode, base), lambda: _new_class(base, questionnaire, mode))
    return made


def _new_class(base: type[Base], questionnaire: Questionnaire, mode: str) -> type[Base]:
    fields: Mapping[str, Any] = {
        PREFIX + question.id: control_of(question).field(question, mode)
        for question in questionnaire.questions
        if mode in question.modes
    }
    return type(f"{base.__name__}Of", (base,), {"questionnaire": questionnaire, "mode": mode, **fields})
