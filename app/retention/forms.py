"""Forms: erasing personal data after the retention period, and changing the day on which it ends."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import ValidationError

from app.shared.forms import at_most, required, text_line
from app.shared.limits import LONGEST_SHORT_REASON


class EraseForm(FlaskForm):  # type: ignore[misc]
    """Confirms the erasure by typing the title of the evaluation."""

    typed_title = text_line(_l("输入评估名称以确认"), 200)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title

    def validate_typed_title(self, field: StringField) -> None:
        """Require the exact title, so that nobody erases another evaluation by mistake."""
        if field.data != self.title.strip():
            raise ValidationError(_("请照样输入评估名称「%(title)s」。", title=self.title))


class KeepUntilForm(FlaskForm):  # type: ignore[misc]
    """The new day until which data are kept, and the reason for it."""

    keep_until = DateField(_l("资料保存到"), validators=[required()])
    reason = TextAreaField(_l("为什么改"), validators=[at_most(LONGEST_SHORT_REASON)])

    def __init__(self, keep_until: date) -> None:
        super().__init__(data={"keep_until": keep_until})
