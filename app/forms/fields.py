"""Field kinds that the templates know by name."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(value, label) pairs as WTForms takes them."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def needed() -> InputRequired:
    """Must be filled in."""
    return InputRequired(_l("请填写这一项。"))


def at_most(length: int) -> Length:
    """No longer than this."""
    return Length(max=length, message=_l("最多 %(n)s 个字符。", n=length))
