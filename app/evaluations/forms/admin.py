"""The administrator's forms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from app.models import MEMBER_ROLES
from app.shared.forms import choices, text_line
from app.shared.labels import ROLES


class MemberForm(FlaskForm):  # type: ignore[misc]
    """Adds a user to an evaluation in a role."""

    username = text_line(_l("账号或姓名"), 120, render_kw={"list": "accounts", "autocomplete": "off"})
    role = SelectField(_l("角色"), choices=choices((role.value, str(role.value)) for role in MEMBER_ROLES))

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = choices((role.value, str(ROLES[role])) for role in MEMBER_ROLES)
