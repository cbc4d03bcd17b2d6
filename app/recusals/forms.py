"""Declaring an interest in a station."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField

from app.shared.forms import Printable, at_most, choices, required, stripped
from app.shared.limits import LONGEST_REASON


class RecusalForm(FlaskForm):  # type: ignore[misc]
    """The declaration of an interest: `who` is a station (for oneself), or a person (declared for somebody else)."""

    who = SelectField()
    reason = TextAreaField(
        _l("是什么利益关系"),
        validators=[required(), at_most(LONGEST_REASON), Printable("\r\n\u3000\u00a0")],
        filters=[stripped],
    )

    def __init__(self, label: str, offered: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.who.label.text = label
        self.who.choices = choices(offered)
