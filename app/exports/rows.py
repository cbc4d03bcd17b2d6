"""Table rows of the export page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.exports.files import FORMATS
from app.exports.variables import Variable
from app.localisation import select_locale
from app.shared.cells import Button, Cell, Code


@dataclass(frozen=True)
class FormatRow:
    """An export format with its download button."""

    name: Cell
    what: Cell
    get: Cell


def format_rows(slug: str) -> list[FormatRow]:
    """A row for every export format."""
    words = {
        "xlsx": (
            _("结果工作簿"),
            _("主要结果、分布、知晓、片区、应答率和评分，带可以改的图表。"),
            _("下载结果工作簿"),
        ),
        "csv": (
            _("答卷（CSV）"),
            _("一份答卷一行，带抽样层和权重，可用表格软件、R、Python 打开。"),
            _("下载 CSV"),
        ),
        "sav": (_("答卷（SPSS）"), _("同样的内容，带中文变量标签、取值标签和缺失值定义。"), _("下载 SPSS 文件")),
        "codebook": (_("编码本"), _("每个变量、每个代码是什么意思，中英文对照。"), _("下载编码本")),
        "r": (_("R 脚本"), _("用 survey 程序包从 CSV 重算主要数字，和这里公布的逐个比对。"), _("下载 R 脚本")),
        "zip": (_("全部打包"), _("以上全部，加上抽样证书和每个文件的摘要。"), _("下载全部")),
    }
    return [_format(form, *words[form], slug) for form in FORMATS]


def _format(form: str, name: str, what: str, get: str, slug: str) -> FormatRow:
    return FormatRow(name, what, Button(get, url_for("exports.download", slug=slug, form=form)))


@dataclass(frozen=True)
class VariableRow:
    """A variable of the data file."""

    name: Cell
    label: Cell
    values: Cell


def variable_rows(variables: Iterable[Variable]) -> list[VariableRow]:
    """A row for every variable, with its codes."""
    language = select_locale()
    return [
        VariableRow(Code(variable.name), variable.label.in_language(language), _values(variable, language))
        for variable in variables
    ]


def _values(variable: Variable, language: str) -> str:
    return str(_("；").join(f"{code} = {text.in_language(language)}" for code, text in variable.values))
