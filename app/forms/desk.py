"""The interviewer's small forms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField


class OutcomeForm(FlaskForm):  # type: ignore[misc]
    """An outcome by button; a final one asks once more."""

    attempt_key = HiddenField()
    mode = HiddenField()
    outcome = HiddenField()
    sure = BooleanField(_l("确定"))
