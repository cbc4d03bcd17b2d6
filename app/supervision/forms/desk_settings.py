"""The form of an evaluation's desk settings; each problem of the document is shown at its field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FieldList, Form, FormField, StringField, TextAreaField

from app.localisation import to_visitor
from app.shared.forms import WholeField, stripped
from sampling.text import Text
from surveys.calling.reading import NUMBERS, QUIET, WINDOWS
from surveys.calling.settings import CallingSettings
from surveys.problems import Problem

BLANK_ROWS = 3
PARTS = {"from": "begins", "to": "ends", "reason": "reason"}
# The messages of surveys.calling.reading without the name of their field, in both languages.
SENTENCES = {
    r"应为 (?P<a>\d+) 到 (?P<b>\d+) 之间的整数。": _l("请填 %(a)s 到 %(b)s 之间的整数。"),
    r"每段写开始和结束.*": _l("每行写一段的开始和结束，例如 09:00-11:30。"),
    r"时刻应写成 09:00 的样子。": _l("时刻应写成 09:00 的样子。"),
    r"结束应晚于开始。": _l("结束应晚于开始。"),
    r"不能早于 (?P<a>[\d:]+)，也不能晚于 (?P<b>[\d:]+)。": _l("不能早于 %(a)s，也不能晚于 %(b)s。"),
    r"应从早到晚排列，互不重叠。": _l("应从早到晚排列，互不重叠。"),
    r"应为一个列表，最多 (?P<n>\d+) [段项]。": _l("最多 %(n)s 项。"),
    r"应写日期.*": _l("请写日期，例如 2026-02-16，或时刻，例如 2026-02-16 12:00。"),
    r"请写原因，最多 (?P<n>\d+) 个字。": _l("请写原因，最多 %(n)s 个字。"),
    r"不能少于放弃前的最低要求（(?P<n>\d+)）。": _l("不能少于放弃前的最低要求（%(n)s）。"),
    r"不能少于每天的。": _l("不能少于每天的次数。"),
    r"工作日和休息日至少要有一段拨打时段。": _l("工作日和休息日至少要有一段拨打时段。"),
    r"拨打时段只覆盖 (?P<n>\d+) 个时段，.*": _l("拨打时段只覆盖早、午、晚、周末里的 %(n)s 个，达不到这个要求。"),
}


class QuietForm(Form):  # type: ignore[misc]
    """One quiet time."""

    begins = StringField(_l("开始"), filters=[stripped])
    ends = StringField(_l("结束"), filters=[stripped])
    reason = StringField(_l("原因"), filters=[stripped])

    @property
    def filled(self) -> bool:
        """Whether anything was typed."""
        return bool(self.begins.data or self.ends.data or self.reason.data)


class CallingSettingsForm(FlaskForm):  # type: ignore[misc]
    """All settings of a desk."""

    form_errors: list[str]

    working_days = TextAreaField(_l("工作日的拨打时段"))
    rest_days = TextAreaField(_l("休息日的拨打时段"))
    call_on_public_holidays = BooleanField(_l("法定节假日也打电话，按休息日的时段"))
    quiet = FieldList(FormField(QuietForm), max_entries=200)
    most_attempts = WholeField(_l("最多联系几次"))
    least_attempts = WholeField(_l("放弃前至少联系几次"))
    least_days = WholeField(_l("放弃前至少在几天里联系"))
    least_day_parts = WholeField(_l("放弃前至少在几个时段联系"))
    most_calls_a_day = WholeField(_l("一个人一天最多打几次"))
    most_calls_a_week = WholeField(_l("一个人七天里最多打几次"))
    lease_minutes = WholeField(_l("访问员手上的个案没有动静，多久放回"))
    undo_seconds = WholeField(_l("登记结果后，多久以内可以撤销"))
    back_check_percent = WholeField(_l("回访比例"))
    web_wait_days = WholeField(_l("发出链接后，等多久再打电话"))
    clash_minutes = WholeField(_l("两个预约相隔不到多久要提醒"))

    @classmethod
    def of(cls, settings: CallingSettings) -> CallingSettingsForm:
        """The form filled with settings, and rows for more quiet times."""
        body = settings.to_json()
        for name in WINDOWS:
            body[name] = "\n".join("-".join(pair) for pair in body[name])
        body["quiet"] = [
            {
                "begins": quiet["from"].replace("T", " "),
                "ends": quiet["to"].replace("T", " "),
                "reason": quiet["reason"],
            }
            for quiet in body["quiet"]
        ] + [{}] * BLANK_ROWS
        return cls(data=body)

    def body(self) -> dict[str, Any]:
        """What was typed, as the document of settings; unreadable input is passed on, for the parser to report."""
        body: dict[str, Any] = {name: self[name].data for name in NUMBERS}
        body |= {name: windows(self[name].data or "") for name in WINDOWS}
        body["call_on_public_holidays"] = self.call_on_public_holidays.data
        body["quiet"] = [
            {place: unicodedata.normalize("NFKC", row[name].data) if place != "reason" else row[name].data
             for place, name in PARTS.items()}
            for row in self._filled()
        ]  # fmt: skip
        return body

    def _filled(self) -> list[QuietForm]:
        return [entry.form for entry in self.quiet if entry.form.filled]

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show each problem at its field."""
        general: list[str] = []
        for problem in problems:
            field, text = self._place(problem)
            if field is None:
                general.append(text)
            elif text not in field.errors:
                field.errors = [*field.errors, text]
        self.form_errors = [*self.form_errors, *general]

    def _place(self, problem: Problem) -> tuple[Field | None, str]:
        match = re.fullmatch(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?", problem.place)
        name, index, part = match.groups() if match else ("", None, None)
        text = in_words(name, problem.message)
        if name == "quiet" and index is not None:
            row = self._filled()[int(index)]
            return row[PARTS.get(part or "from", "begins")], text
        if name in WINDOWS and index is not None:
            return self[name], str(_l("第 %(n)s 段：%(text)s", n=int(index) + 1, text=text))
        if name == "quiet":
            return None, text
        return self._fields.get(name), text

    @property
    def wrong(self) -> list[Field]:
        """Every field with a problem, those of the quiet times too."""
        rows = [field for entry in self.quiet for field in entry.form]
        return [field for field in (*(f for f in self if f is not self.quiet), *rows) if field.errors]


def in_words(name: str, message: Text) -> str:
    """The message of a problem without its field's name, in the language of the page."""
    words = WINDOWS.get(name) or (NUMBERS[name][0] if name in NUMBERS else QUIET)
    plain = message.zh.removeprefix(words.zh).removeprefix("：")
    for pattern, sentence in SENTENCES.items():
        if match := re.fullmatch(pattern, plain):
            return str(sentence) % match.groupdict()
    return to_visitor(message)


def windows(text: str) -> list[list[str]]:
    """The lines of a field as pairs of clock times; several may stand on a line. 9:00 is 09:00.

    >>> windows("９：00－11:30、14:30 至 17:30")
    [['09:00', '11:30'], ['14:30', '17:30']]
    """
    plain = unicodedata.normalize("NFKC", text)
    lines = [line.strip() for line in re.split(r"[\n,、;]+", plain) if line.strip()]
    return [[_clock(part) for part in re.split(r"\s*[-–—~至到]+\s*", line)] for line in lines]


def _clock(text: str) -> str:
    return f"0{text}" if re.fullmatch(r"[0-9]:[0-9]{2}", text) else text
