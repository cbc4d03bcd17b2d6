"""The form for excluding, restoring or erasing a response."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from app.shared.forms import at_most
from app.shared.limits import LONGEST_REASON


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """The reason for the exclusion, restoration or erasure."""

    reason = TextAreaField(_l("理由"), validators=[at_most(LONGEST_REASON)])
