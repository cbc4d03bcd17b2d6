"""The code book: every variable and every code with its meaning, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.exports.variables import CODED, DATE, FLAG, NUMBER, TEXT, Variable
from app.spreadsheets import Column, Sheet


def codebook_sheets(variables: Sequence[Variable]) -> list[Sheet]:
    """Two sheets: variables, and codes."""
    kinds = {TEXT: _("文字"), DATE: _("日期"), NUMBER: _("数值"), FLAG: _("是否（1/0）"), CODED: _("代码")}
    return [
        Sheet(
            name=_("变量"),
            columns=(
                Column(_("变量名"), 22),
                Column(_("含义"), 60),
                Column(_("英文含义"), 60),
                Column(_("类型"), 14),
                Column(_("小数位"), 8),
            ),
            rows=tuple((v.name, v.label.zh, v.label.en, kinds[v.kind], v.places) for v in variables),
        ),
        Sheet(
            name=_("代码"),
            columns=(
                Column(_("变量名"), 22),
                Column(_("代码"), 10),
                Column(_("含义"), 40),
                Column(_("英文含义"), 40),
                Column(_("算作缺失"), 10),
            ),
            rows=tuple(
                (v.name, code, text.zh, text.en, _("是") if code in v.missing else "")
                for v in variables
                for code, text in v.values
            ),
        ),
    ]
