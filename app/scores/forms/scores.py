"""Forms of the score: points, facts, settling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from app.shared.forms import at_most, choices
from app.shared.limits import LONGEST_REASON


class SettleForm(FlaskForm):  # type: ignore[misc]
    """Settling; a reason is needed where fewer responded than the rule requires."""

    shortfall_reason = TextAreaField(_l("没有达到规定数量的原因"), validators=[at_most(LONGEST_REASON)])


class OverrideForm(FlaskForm):  # type: ignore[misc]
    """An expert's points for a computed item, with the reason."""

    points = StringField(_l("改为"), validators=[Optional(), at_most(10)])
    reason = TextAreaField(_l("理由"), validators=[at_most(LONGEST_REASON)])


class AdoptForm(FlaskForm):  # type: ignore[misc]
    """Adopting another scheme, with the reason."""

    reason = TextAreaField(_l("为什么换方案"), validators=[at_most(LONGEST_REASON)])


def points_form(entries: Iterable[tuple[str, str, str]]) -> FlaskForm:
    """A form with one field for each (name, label, present value)."""

    class PointsForm(FlaskForm):  # type: ignore[misc]
        pass

    for name, label, value in entries:
        setattr(PointsForm, name, StringField(label, default=value, validators=[Optional(), at_most(10)]))
    return PointsForm()


def facts_form(numbers: Mapping[str, str], declared: Mapping[str, str], stated: Mapping[str, str]) -> FlaskForm:
    """A number field for each number and a yes/no field for each condition, filled with what was stated before."""

    class FactsForm(FlaskForm):  # type: ignore[misc]
        pass

    for code, label in numbers.items():
        field = StringField(label, default=stated.get(code, ""), validators=[Optional(), at_most(12)])
        setattr(FactsForm, code, field)
    answers = choices([("false", str(_l("否"))), ("true", str(_l("是")))])
    for code, label in declared.items():
        setattr(
            FactsForm,
            code,
            RadioField(
                label, choices=answers, default=stated.get(code), validators=[Optional()], validate_choice=False
            ),
        )
    return FactsForm()
