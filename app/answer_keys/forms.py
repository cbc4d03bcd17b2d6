"""The form of the answer key: five texts, any of them empty."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from app.models.responses import FACTS
from app.shared.forms import text_line
from app.shared.limits import LONGEST_ANSWER_KEY, LONGEST_NOTE


def _text(label: Any, hint: Any) -> TextAreaField:
    too_long = _l("最多 %(n)s 个字符。", n=LONGEST_ANSWER_KEY)
    return TextAreaField(label, [Optional(), Length(max=LONGEST_ANSWER_KEY, message=too_long)], description=hint)


class AnswerKeyForm(FlaskForm):  # type: ignore[misc]
    """What counts as knowing each fact, and the lead's reason for a correction once interviews began."""

    address = _text(_l("社工站地址"), _l("地址、附近的地标，各村居社工点在哪里。"))
    services = _text(_l("服务内容"), _l("说出其中一样就算知道，如探访、个案帮扶、政策咨询。"))
    staff = _text(_l("社工人员"), _l("社工的姓名、姓氏和平时的称呼。"))
    help = _text(_l("求助渠道"), _l("电话、到站、微信、经村居转介等。"))
    funding = _text(_l("经费来源"), _l("免费，经费由谁出。"))
    note = text_line(_l("为什么更正"), LONGEST_NOTE, optional=True)

    def texts(self) -> dict[str, str]:
        """The texts entered, by fact."""
        return {fact: self[fact].data or "" for fact in FACTS}
