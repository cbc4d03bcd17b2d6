"""Files no ledger should be, and what is said of each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import xlsxwriter

HEADER = ["姓名", "村居", "人员类别", "联系电话"]
ROW = ["示例甲", "甲村", "低保", "19900000001"]


def workbook(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> bytes:
    """An .xlsx written by `fill`."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    fill(book, book.add_worksheet("台账"))
    book.close()
    return buffer.getvalue()


def rows(*lines: list[str]) -> bytes:
    """An .xlsx with these rows."""

    def fill(_book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)

    return workbook(fill)


def with_formula() -> bytes:
    """A telephone computed by a formula."""

    def fill(_book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW[:3])
        sheet.write_formula("D2", '=CONCATENATE("199","00000001")', None, "19900000001")

    return workbook(fill)


def with_merged_cells() -> bytes:
    """One village written once over three people."""

    def fill(_book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, HEADER)
        for line in range(1, 4):
            sheet.write_row(line, 0, ROW)
        sheet.merge_range("B2:B4", "甲村")

    return workbook(fill)


def repacked(change: Callable[[zipfile.ZipFile], None]) -> bytes:
    """A good workbook with something added to its package."""
    buffer = io.BytesIO(rows(HEADER, ROW))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        change(archive)
    return buffer.getvalue()


def bomb() -> bytes:
    """A part of 300 MB of zeros in some 300 kB."""
    return repacked(lambda archive: archive.writestr("xl/media/image1.bin", bytes(300 << 20)))


def macro() -> bytes:
    """A workbook with a macro inside."""
    return repacked(lambda archive: archive.writestr("xl/vbaProject.bin", b"macro"))


def dtd() -> bytes:
    """A part that defines an entity."""
    text = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x>&a;</x>'
    return repacked(lambda archive: archive.writestr("customXml/item1.xml", text))


def many_rows() -> bytes:
    """Half a million rows as text."""
    line = ",".join(ROW).encode() + b"\n"
    return ",".join(HEADER).encode() + b"\n" + line * 500_000


def plain_zip() -> bytes:
    """A ZIP that is no workbook."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return buffer.getvalue()


# name → (file name, bytes, the code of the refusal, a word its message holds)
FILES: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "empty": ("名册.xlsx", lambda: b"", "empty", "空"),
    "a renamed program": ("名册.xlsx", lambda: b"MZ\x90\x00" + bytes(500), "wrong-type", "不是名册"),
    "a picture": ("名册.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(50), "wrong-type", "不是名册"),
    "binary text": ("名册.csv", lambda: "姓名,村居\n甲,\x00乙".encode(), "wrong-type", "第 2 行"),
    "prose": ("名册.csv", lambda: "这里没有表格".encode(), "not-a-ledger", "CSV"),
    "an empty sheet": ("名册.xlsx", lambda: rows([]), "empty-sheet", "没有内容"),
    "no header": ("名册.xlsx", lambda: rows(["甲", "乙"], ["丙", "丁"]), "no-header", "表头"),
    "a header alone": ("名册.xlsx", lambda: rows(HEADER), "no-rows", "第 1 行"),
    "merged cells": ("名册.xlsx", with_merged_cells, "merged", "B2:B4"),
    "a formula": ("名册.xlsx", with_formula, "formula", "D2"),
    "a macro": ("名册.xlsm", macro, "macro", "宏"),
    "an entity": ("名册.xlsx", dtd, "dtd", "DTD"),
    "a zip bomb": ("名册.xlsx", bomb, "bomb", "过大"),
    "a plain zip": ("名册.xlsx", plain_zip, "not-a-workbook", "压缩包"),
    "a cut-off workbook": ("名册.xlsx", lambda: rows(HEADER, ROW)[:2000], "corrupt", "损坏"),
    "an encrypted workbook": ("名册.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "corrupt", "损坏"),
    "half a million rows": ("名册.csv", many_rows, "too-many-rows", "500,00"),
    "UTF-16": ("名册.csv", lambda: "姓名,村居".encode("utf-16"), "encoding", "UTF-16"),
    "neither UTF-8 nor GB18030": ("名册.csv", lambda: "姓名,村居\n".encode() + b"\xff\xff,a\n", "encoding", "第 2 行"),
    "a cell without end": ("名册.csv", lambda: f"姓名,村居,电话\n{'甲' * 3000},乙,1\n".encode(), "cell", "第 2 行"),
}
