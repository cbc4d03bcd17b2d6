"""The administrator's forms, and what the audit log is narrowed to."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Form, SelectField, TextAreaField
from wtforms.validators import Optional

from app.audit.queries import EventFilter
from app.evaluations.labels import EVENT_KINDS
from app.ledger.labels import READINGS
from app.models import MEMBER_ROLES
from app.shared.forms import Printable, at_most, choices, required, text_line
from app.shared.labels import ROLES, STAGES

NEW_STATION = "new"


class MemberForm(FlaskForm):  # type: ignore[misc]
    """Adds a user to an evaluation in a role."""

    username = text_line(_l("账号或姓名"), 120, render_kw={"list": "accounts", "autocomplete": "off"})
    role = SelectField(_l("角色"), choices=choices((role.value, str(role.value)) for role in MEMBER_ROLES))

    def __init__(self) -> None:
        super().__init__()
        self.role.choices = choices((role.value, str(ROLES[role])) for role in MEMBER_ROLES)


class EvaluationForm(FlaskForm):  # type: ignore[misc]
    """A new evaluation, of an existing station or of a new one."""

    title = text_line(_l("评估名称"), 200)
    slug = text_line(_l("简称（用于网址和命令）"), 80)
    stage = SelectField(_l("阶段"))
    reading = SelectField(_l("规定的读法"))
    period_start = DateField(_l("服务期开始"), validators=[required()])
    period_end = DateField(_l("服务期结束"), validators=[required()])
    held_on = DateField(_l("评估日期"), validators=[required()])
    keep_until = DateField(_l("资料保存到"), validators=[required()])
    evaluator = text_line(_l("评估方"), 200)
    commissioner = text_line(_l("委托方"), 200)
    purchaser = text_line(_l("购买方"), 200)
    hotline = text_line(_l("核实电话"), 40, optional=True)
    questionnaire = SelectField(_l("问卷"))
    scheme = SelectField(_l("评分方案"))
    station = SelectField(_l("社工站"))
    station_name = text_line(_l("社工站名称"), 200, optional=True)
    operator = text_line(_l("承办机构"), 200, optional=True)
    street = text_line(_l("街道（镇）"), 200, optional=True)
    district = text_line(_l("区"), 200, optional=True)
    areas = TextAreaField(_l("片区和村居"), validators=[at_most(4000), Printable("\r\n\t\u3000\u00a0")])

    def __init__(self) -> None:
        super().__init__()
        self.stage.choices = choices((code, str(label)) for code, label in STAGES.items())
        self.reading.choices = choices((code, str(label)) for code, label in READINGS.items())


class EventFilterForm(Form):  # type: ignore[misc]
    """What the audit log is narrowed to; its choices of people are set by the view."""

    kind = SelectField(
        _l("种类"),
        choices=choices([("", _l("全部")), *((code, name) for code, (name, _subjects) in EVENT_KINDS.items())]),
        default="",
    )
    person = SelectField(_l("谁"), default="")
    day = DateField(_l("哪一天"), [Optional()])

    def wanted(self) -> EventFilter:
        """The filter that was asked for; call it once the form is valid."""
        subjects = EVENT_KINDS[self.kind.data][1] if self.kind.data else ()
        return EventFilter(subjects, uuid.UUID(self.person.data) if self.person.data else None, self.day.data)
