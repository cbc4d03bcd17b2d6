"""The administrator's forms."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from app.forms.fields import at_most, choices, needed
from app.models import MEMBER_ROLES
from app.texts import READINGS, ROLES, STAGES

NEW_STATION = "new"


class UserForm(FlaskForm):  # type: ignore[misc]
    """A new account."""

    username = StringField(_l("账号"), validators=[needed(), at_most(80)])
    display_name = StringField(_l("姓名"), validators=[needed(), at_most(80)])
    password = PasswordField(
        _l("初始密码"), validators=[needed(), at_most(200)], render_kw={"autocomplete": "new-password"}
    )
    administrator = BooleanField(_l("管理员（管理账号和评估，看不到答卷）"))


class DocumentForm(FlaskForm):  # type: ignore[misc]
    """A questionnaire or scheme as JSON."""

    kind = SelectField(_l("种类"), choices=choices([("questionnaire", "问卷"), ("scheme", "评分方案")]))
    file = FileField(_l("文档文件（.json）"), validators=[FileRequired(_l("请选择文件。"))])


class MemberForm(FlaskForm):  # type: ignore[misc]
    """Somebody joins an evaluation in a role."""

    username = StringField(_l("账号"), validators=[needed(), at_most(80)])
    role = SelectField(_l("角色"), choices=choices((role.value, str(role.value)) for role in MEMBER_ROLES))

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = choices((role.value, str(ROLES[role])) for role in MEMBER_ROLES)


class EvaluationForm(FlaskForm):  # type: ignore[misc]
    """A new evaluation, of a station that is there or of a new one."""

    title = StringField(_l("评估名称"), validators=[needed(), at_most(200)])
    slug = StringField(_l("简称（用于网址和命令）"), validators=[needed(), at_most(80)])
    stage = SelectField(_l("阶段"))
    reading = SelectField(_l("规定的读法"))
    period_start = DateField(_l("服务期开始"), validators=[needed()])
    period_end = DateField(_l("服务期结束"), validators=[needed()])
    held_on = DateField(_l("评估日期"), validators=[needed()])
    keep_until = DateField(_l("资料保存到"), validators=[needed()])
    evaluator = StringField(_l("评估方"), validators=[needed(), at_most(200)])
    commissioner = StringField(_l("委托方"), validators=[needed(), at_most(200)])
    purchaser = StringField(_l("购买方"), validators=[needed(), at_most(200)])
    hotline = StringField(_l("核实电话"), validators=[Optional(), at_most(40)])
    questionnaire = SelectField(_l("问卷"))
    scheme = SelectField(_l("评分方案"))
    station = SelectField(_l("社工站"))
    station_name = StringField(_l("社工站名称"), validators=[at_most(200)])
    operator = StringField(_l("承办机构"), validators=[at_most(200)])
    street = StringField(_l("街道（镇）"), validators=[at_most(200)])
    district = StringField(_l("区"), validators=[at_most(200)])
    areas = TextAreaField(_l("片区和村居"), validators=[at_most(4000)])

    def __init__(self) -> None:
        super().__init__()
        self.stage.choices = choices((code, str(label)) for code, label in STAGES.items())
        self.reading.choices = choices((code, str(label)) for code, label in READINGS.items())
