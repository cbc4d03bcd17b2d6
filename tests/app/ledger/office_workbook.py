"""A workbook of 17 sheets as an office sends it: merged cells, 同上, 合计, headings, hidden sheets and rows."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter

from tests.builders import VILLAGES

CATEGORIES = ("低保", "特困人员", "残疾人", "空巢老人", "独居老人")
HEADER = ["序号", "姓名", "村居", "联系电话", "监护人", "联系电话", "备注"]
PEOPLE = 6
# Who is on the hidden sheet, and in the hidden row: to be asked about.
HIDDEN_SHEET, HIDDEN_ROWS_SHEET = "旧名册", "失能老人"
# 5 sheets by category, 5 by village, 4 with a title and 1 with a hidden row, 6 people each; 2 people are hidden away.
IN_SIGHT = 15 * PEOPLE


def office_workbook() -> bytes:
    """The file, as .xlsx; every name and telephone in it is invented and different."""
    output = io.BytesIO()
    people = iter(range(1, 1000))
    with xlsxwriter.Workbook(output) as book:
        _lines(book.add_worksheet("封面"), [["某街困难群众台账"], ["二〇二五年"]])
        for category in CATEGORIES:
            _by_category(book.add_worksheet(f"{category}台账"), people)
        for village in VILLAGES:
            lines = [[_name(n), "低保", _phone(n)] for n in _next(people)]
            _lines(book.add_worksheet(village), [["姓名", "人员类别", "联系电话"], *lines])
        for number, village in enumerate(VILLAGES[:4], 1):
            lines = [[_name(n), _phone(n)] for n in _next(people)]
            _lines(
                book.add_worksheet(f"重残老年人{number}"), [[f"{village}服务对象登记表"], ["姓名", "联系电话"], *lines]
            )
        sheet = book.add_worksheet(HIDDEN_ROWS_SHEET)
        _lines(sheet, [["姓名", "村居", "联系电话"], *([_name(n), "甲村", _phone(n)] for n in _next(people))])
        sheet.set_row(3, None, None, {"hidden": True})
        sheet = book.add_worksheet(HIDDEN_SHEET)
        _lines(sheet, [["姓名", "村居", "人员类别"], *([_name(n), "乙村", "低保"] for n in _next(people))])
        sheet.hide()
    return output.getvalue()


def _by_category(sheet: Any, people: Iterable[int]) -> None:
    """Villages in merged cells and by 同上, a total, and a signature."""
    lines = [
        [str(place), _name(n), "", _phone(n), f"监护{n:03d}", _phone(n + 500), ""]
        for place, n in enumerate(_next(people), 1)
    ]
    lines[3][2], lines[4][2], lines[5][2] = "丙村", "同上", "同上"
    _lines(sheet, [HEADER, *lines, ["合计", f"{PEOPLE}人"], ["填表人：", "某人"]])
    sheet.merge_range("C2:C4", "甲村")


def _next(people: Iterable[int]) -> list[int]:
    return [next(iter(people)) for _ in range(PEOPLE)]


def _lines(sheet: Any, lines: Iterable[list[str]]) -> None:
    for number, line in enumerate(lines):
        sheet.write_row(number, 0, line)


def _name(number: int) -> str:
    return f"示例{number:03d}"


def _phone(number: int) -> str:
    return f"13800000{number:03d}"
