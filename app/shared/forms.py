"""Fields and validators that the forms of several subjects use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, IntegerField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(value, label) pairs as WTForms takes them."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def required() -> InputRequired:
    """A validator: the field must be filled in."""
    return InputRequired(_l("请填写这一项。"))


def at_most(length: int) -> Length:
    """A validator: at most `length` characters."""
    return Length(max=length, message=_l("最多 %(n)s 个字符。", n=length))


def stripped(value: str | None) -> str:
    """The text without blanks around it."""
    return (value or "").strip()


class Printable:
    """Refuses control characters; PostgreSQL cannot even keep the first of them."""

    def __init__(self, besides: str = "\u3000\u00a0") -> None:
        self.besides = besides

    def __call__(self, _form: Form, field: Field) -> None:
        if any(not c.isprintable() and c not in self.besides for c in field.data or ""):
            raise ValidationError(_l("这里有看不见的控制字符。请重新输入。"))


def text_line(label: Any, longest: int, *, optional: bool = False, **arguments: Any) -> StringField:
    """One line of text, to be filled in unless it is optional."""
    first = Optional() if optional else DataRequired(_l("请填写这一项。"))
    length = Length(max=longest, message=_l("最多 %(n)s 个字符。", n=longest))
    return StringField(label, validators=[first, length, Printable()], filters=[stripped], **arguments)


class ActionForm(FlaskForm):  # type: ignore[misc]
    """A button: the CSRF token and nothing else."""


class WholeField(IntegerField):  # type: ignore[misc]
    """A whole number of up to 12 digits, full-width ones too; `data` is None for other input."""

    data: Any

    def process_formdata(self, values: list[str]) -> None:
        """Read the number from the submitted text."""
        text = unicodedata.normalize("NFKC", values[0]).strip() if values else ""
        self.data = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
