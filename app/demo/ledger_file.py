"""The demonstration's ledger as an Excel file, as a street office would send it."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace

import xlsxwriter

from app.demo.people import Invented, invented_people, ledger_rows

TITLE = "石壁街困难群众和特殊群体台账（演示数据，人物均为虚构）"
HEADINGS = (
    "序号", "姓名", "性别", "出生年月", "村居", "人员类别", "联系电话", "其他联系电话", "监护人", "监护人电话",
    "居住地址", "备注",
)  # fmt: skip
FILENAME = "石壁街困难群众台账.xlsx"
# Rows with mistakes in the first delivery, by the number of the person from 0.
MISTAKES: dict[int, dict[str, str]] = {
    17: {"village": "石壁1村"},
    58: {"village": "石壁一"},
    203: {"name": ""},
    377: {"categories": "困难户"},
    512: {"village": "韦涌"},
    640: {"categories": ""},
    777: {"name": ""},
    901: {"village": "屏山村"},
    1010: {"categories": "待核实"},
    1187: {"village": ""},
}


def ledger_workbook(*, corrected: bool) -> bytes:
    """The ledger as .xlsx, byte for byte the same every time; the first delivery holds ten mistakes."""
    rows = ledger_rows(invented_people())
    if not corrected:
        rows = [replace(row, **MISTAKES.get(place, {})) for place, row in enumerate(rows)]
    return _workbook(rows)


def _workbook(rows: list[Invented]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": TITLE, "created": datetime.datetime(2023, 10, 31, tzinfo=datetime.UTC)})
    sheet = book.add_worksheet("台账")
    bold = book.add_format({"bold": True, "align": "center"})
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, TITLE, bold)
    sheet.write_row(1, 0, HEADINGS, bold)
    for number, row in enumerate(rows, 1):
        cells = (
            str(number), row.name, row.sex, row.birth, row.village, row.categories, row.phone, row.other_phone,
            row.guardian, row.guardian_phone, row.address, "",
        )  # fmt: skip
        sheet.write_row(number + 1, 0, cells)
    sheet.set_column(1, len(HEADINGS) - 1, 16)
    sheet.freeze_panes(2, 2)
    book.close()
    return buffer.getvalue()
