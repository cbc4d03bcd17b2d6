"""A line of text as forms take it: without blanks around it, never only blanks, never control characters."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError


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


def line(label: Any, longest: int, *, optional: bool = False, **arguments: Any) -> StringField:
    """One line of text, to be filled in unless it is optional."""
    first = Optional() if optional else DataRequired(_l("请填写这一项。"))
    length = Length(max=longest, message=_l("最多 %(n)s 个字符。", n=longest))
    return StringField(label, validators=[first, length, Printable()], filters=[stripped], **arguments)
