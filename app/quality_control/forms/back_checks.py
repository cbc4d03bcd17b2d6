"""The form of a back-check: whether the person was interviewed, and three questions asked again."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from app.quality_control.queries.back_checks import KNOWN, UNKNOWN, back_check_questions
from app.shared.forms import at_most, choices
from app.shared.limits import LONGEST_SHORT_REASON
from surveys.questionnaire import Question, Questionnaire

PHONE = "phone"


class OpeningForm(FlaskForm):  # type: ignore[misc]
    """The reason for opening the record of a minor."""

    reason = StringField(_l("为什么要打开"), validators=[at_most(LONGEST_SHORT_REASON)])


class BackCheckForm(FlaskForm):  # type: ignore[misc]
    """One back-check: `heard` (was interviewed) is required, the three questions of the questionnaire are optional."""

    heard = RadioField(validators=[InputRequired(_l("请选择回访结果。"))], validate_choice=False)
    served = RadioField(validate_choice=False)
    overall = RadioField(validate_choice=False)
    address = RadioField(validate_choice=False)


def back_check_form(questionnaire: Questionnaire, language: str) -> BackCheckForm:
    """The form with its questions worded in this language."""
    form = BackCheckForm()
    form.heard.label.text = _("最近有没有人代表评估方访问过您（或您的家人）？")
    form.heard.choices = choices(
        [("yes", _("访问过")), ("no", _("没有访问过")), ("not_reached", _("没有联系上，或不愿意说"))]
    )
    served, overall, address = (questionnaire.question(name) for name in back_check_questions(questionnaire))
    for field, question in ((form.served, served), (form.overall, overall)):
        field.label.text, field.choices = question.wording(PHONE).in_language(language), _options(question, language)
    form.address.label.text = address.wording(PHONE).in_language(language)
    form.address.choices = choices([(KNOWN, _("说得出")), (UNKNOWN, _("说不出"))])
    return form


def _options(question: Question, language: str) -> list[object]:
    pairs = [(option.code, option.label.in_language(language)) for option in question.options_in(PHONE)]
    return list(choices(pairs))


def answers_of(form: BackCheckForm, questionnaire: Questionnaire) -> dict[str, str]:
    """The answers given, by id of the question."""
    given = (form.served.data, form.overall.data, form.address.data)
    return {name: answer for name, answer in zip(back_check_questions(questionnaire), given, strict=True) if answer}
