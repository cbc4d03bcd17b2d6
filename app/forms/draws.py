"""The form of a draw."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import Optional

from app.forms.fields import at_most


class DrawForm(FlaskForm):  # type: ignore[misc]
    """How many, and the seed if it comes from outside."""

    size = IntegerField(_l("抽多少人"), validators=[Optional()])
    seed = StringField(_l("种子"), validators=[at_most(200)])
    seed_source = StringField(_l("种子的来源"), validators=[at_most(200)])
