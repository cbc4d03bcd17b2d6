"""The form of the style guide: one field of each kind, with messages beside some of them."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

LEVELS = [SelectChoice(str(n), label) for n, label in enumerate(("很不满意", "不太满意", "一般", "满意", "很满意"), 1)]
MODES = [SelectChoice("phone", "电访"), SelectChoice("visit", "走访"), SelectChoice("web", "调查问卷")]


class StyleguideForm(FlaskForm):  # type: ignore[misc]
    """Every kind of field the pages use."""

    name = StringField("名册名称", description="写明年份和类别，例如「2023 年低保名册」。")
    ledger = FileField(
        "名册文件",
        description="Excel（.xlsx、.xls）或 CSV，不超过 24 MB。",
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )
    size = IntegerField("抽多少人")
    points = DecimalField("服务监测得分")
    opened = DateField("评估开始")
    area = SelectField("片区", choices=[SelectChoice("1", "第一片区"), SelectChoice("2", "第二片区")])
    modes = SelectMultipleField("调查方式", choices=MODES)
    contact = RadioField(
        "最近一年，社工有没有联系过您？",
        choices=[SelectChoice("1", "有"), SelectChoice("2", "没有"), SelectChoice("3", "说不清")],
    )
    overall = RadioField("总的来说，您对社工站的服务满意吗？", choices=LEVELS[::-1])
    reason = TextAreaField("方便讲讲是什么原因吗？")
    password = PasswordField("密码", render_kw={"autocomplete": "current-password"})
    left_out = BooleanField("去掉有错误的 12 行，其余照常封存")
    station = StringField("社工站名称")


def styleguide_form() -> StyleguideForm:
    """The form as it looks after invalid input."""
    form = StyleguideForm(formdata=None, data={"name": "低保", "area": "2", "modes": ["phone", "web"], "overall": "5"})
    form.size.errors = ["规则要求至少 100 人。请填 100 或更大的数。"]
    form.contact.errors = ["请选一项。"]
    return form
