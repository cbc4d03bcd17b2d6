"""The empty ledger that is sent to an office: headings, villages and categories to choose from, and notes."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from app.ledger.reader.columns import FIELDS, REQUIRED
from app.models import Evaluation
from app.spreadsheets import OPTIONS
from sampling.categories import CATEGORIES

# How many rows offer the choices.
ROWS = 5_000
GENERAL = "普通服务对象"
_COLUMNS = ("name", "phone", "other_phone", "village", "categories", "birth_year", "address", "guardian",
            "guardian_phone", "self_care")  # fmt: skip
_WIDTHS = {"categories": 24, "address": 32, "phone": 16, "other_phone": 16, "guardian_phone": 16}


def ledger_template(evaluation: Evaluation) -> bytes:
    """The workbook; its headings are those the reader knows, whatever the language of the page."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "vcenter"})
    text = book.add_format({"num_format": "@"})
    list_sheet, notes = book.add_worksheet("台账"), book.add_worksheet("填写说明")
    for place, field in enumerate(_COLUMNS):
        heading = FIELDS[field].label.zh + ("*" if field in REQUIRED else "")
        list_sheet.set_column(place, place, _WIDTHS.get(field, 14), text)
        list_sheet.write_string(0, place, heading, bold)
    list_sheet.freeze_panes(1, 0)
    villages = [village.name for village in evaluation.station.villages]
    categories = [category.zh for category in CATEGORIES.values()] + [GENERAL]
    _write_notes(notes, bold, book.add_format({"text_wrap": True, "valign": "top"}), villages, categories)
    _offer(list_sheet, "village", "B", len(villages), "stop")
    _offer(list_sheet, "categories", "C", len(categories), "information")
    book.close()
    return buffer.getvalue()


def _offer(sheet: Any, field: str, column: str, count: int, strictness: str) -> None:
    """A drop-down from a column of the notes; several categories in a cell are typed, so that list only advises."""
    place = _COLUMNS.index(field)
    rule = {
        "validate": "list",
        "source": f"='填写说明'!${column}$3:${column}${count + 2}",
        "error_type": strictness,
        "error_title": _("请核对"),
        "error_message": _("请照「填写说明」里的名单写。"),
    }
    if count:
        sheet.data_validation(1, place, ROWS, place, rule)


def _write_notes(sheet: Any, bold: Any, wrapped: Any, villages: list[str], categories: list[str]) -> None:
    """What to write in each column, and the two lists."""
    notes = (
        _("每人一行，从第 2 行写起；不要合并单元格，不要写合计。"),
        _("带 * 的三栏必须有：姓名、村居、人员类别。"),
        _("一个人属于几类，写在一格里，用顿号隔开。不属于困难群众和特殊群体的写「普通服务对象」。"),
        _("联系电话写本人的；没有的写监护人的。确实没有电话的留空，评估时走访。"),
        _("出生年月写成 1950-05。不要写身份证号码。"),
        _("村居照右边的名单写全称。名单里没有的，请告诉评估方。"),
    )
    for column, (heading, lines, width) in enumerate(
        ((_("怎么填"), notes, 60), (_("可填的村居"), villages, 24), (_("可填的类别"), categories, 36))
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, bold)
        for row, line in enumerate(lines, 2):
            sheet.write_string(row, column, line, wrapped)
