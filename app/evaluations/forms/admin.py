"""The administrator's forms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, PasswordField, SelectField

from app.documents.labels import DOCUMENT_KINDS
from app.models import MEMBER_ROLES
from app.shared.forms import at_most, choices, required, text_line
from app.shared.labels import ROLES


class UserForm(FlaskForm):  # type: ignore[misc]
    """A new account."""

    username = text_line(_l("账号"), 80)
    display_name = text_line(_l("姓名"), 80)
    password = PasswordField(
        _l("初始密码"), validators=[required(), at_most(200)], render_kw={"autocomplete": "new-password"}
    )
    administrator = BooleanField(_l("管理员（管理账号和评估，看不到答卷）"))


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """A questionnaire, scheme or list of outcome codes as JSON."""

    kind = SelectField(_l("种类"), choices=choices(DOCUMENT_KINDS.items()))
    file = FileField(_l("文档文件（.json）"), validators=[FileRequired(_l("请选择文件。"))])


class MemberForm(FlaskForm):  # type: ignore[misc]
    """Adds a user to an evaluation in a role."""

    username = text_line(_l("账号"), 80)
    role = SelectField(_l("角色"), choices=choices((role.value, str(role.value)) for role in MEMBER_ROLES))

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = choices((role.value, str(ROLES[role])) for role in MEMBER_ROLES)
