"""The rows of a scoring scheme's form: parties, items, grades, conditions."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField

from app.results.labels import STATISTICS
from app.scores.labels import FACT_NUMBERS, SCORING_PARTIES
from app.shared.forms import choices

GIVEN, PER_AREA = "given", "per_area"
RULES = {
    "steps": _l("由统计结果按档次得分"),
    "linear": _l("由统计结果在各点之间按比例得分"),
    "proportional": _l("由统计结果按百分比乘满分"),
    "deduction": _l("由统计结果扣分"),
}
DECLARED = "declared"
CONDITIONS = {
    DECLARED: _l("由评估方认定"),
    "at_least": _l("数字达到界限"),
    "below": _l("数字低于界限"),
}


def trimmed(value: Any) -> str:
    """A line of text without surrounding spaces."""
    return str(value or "").strip()


def numeral(value: Any) -> str:
    """A number as it was typed, with full-width digits made ASCII."""
    return unicodedata.normalize("NFKC", str(value or "")).strip()


def text_field(label: Any) -> StringField:
    """A field for a line of text; the document reader validates it."""
    return StringField(label, filters=[trimmed])


def number_field(label: Any) -> StringField:
    """A field for a number, kept as text; the document reader validates it."""
    return StringField(label, filters=[numeral], render_kw={"inputmode": "decimal", "autocomplete": "off"})


def choice_field(label: Any, pairs: Mapping[str, Any]) -> SelectField:
    """A field for one of several choices; the document reader refuses any other value."""
    return SelectField(label, choices=choices(pairs.items()), validate_choice=False)


class ComputedForm(Form):  # type: ignore[misc]
    """An item that is computed from a statistic by a rule."""

    code = HiddenField()
    name = text_field(_l("名称"))
    name_en = text_field(_l("英文名称"))
    maximum = number_field(_l("满分"))
    scoring = choice_field(_l("怎么得分"), RULES)
    statistic = choice_field(_l("统计结果"), STATISTICS)
    points = TextAreaField(_l("界限和分数"), filters=[numeral], render_kw={"rows": 5})
    start = number_field(_l("从多少起不扣分"))
    per = number_field(_l("每低多少"))
    taken = number_field(_l("扣多少分"))
    partial = BooleanField(_l("不满一档也按比例扣"))
    drop = BooleanField(_l("删去"))


class ItemForm(ComputedForm):
    """An item of a party: points given by the party, or computed."""

    scoring = choice_field(_l("怎么得分"), {GIVEN: _l("由该方打分"), PER_AREA: _l("由该方按片区打分，取平均"), **RULES})


class PartyForm(Form):  # type: ignore[misc]
    """One of the parties that score; its maximum is that of its items together."""

    code = choice_field(_l("由谁打分"), SCORING_PARTIES)
    name = text_field(_l("名称"))
    name_en = text_field(_l("英文名称"))
    lines = FieldList(FormField(ItemForm))
    drop = BooleanField(_l("删去这一方和它的各项"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A published scheme may name a party that no role here scores for.
        if self.code.data and self.code.data not in SCORING_PARTIES:
            self.code.choices = choices([*SCORING_PARTIES.items(), (self.code.data, self.code.data)])


class GradeForm(Form):  # type: ignore[misc]
    """A grade and the lowest total that earns it."""

    code = HiddenField()
    name = text_field(_l("名称"))
    name_en = text_field(_l("英文名称"))
    lowest = number_field(_l("从多少分起"))
    drop = BooleanField(_l("删去"))


class ConditionForm(Form):  # type: ignore[misc]
    """A disqualifying condition: where it holds, the result is the lowest grade regardless of points."""

    code = HiddenField()
    name = text_field(_l("情形"))
    name_en = text_field(_l("英文名称"))
    kind = choice_field(_l("怎么判断"), CONDITIONS)
    quantity = choice_field(_l("看哪个数字"), FACT_NUMBERS)
    midterm = number_field(_l("中期界限"))
    final = number_field(_l("末期界限"))
    drop = BooleanField(_l("删去"))
