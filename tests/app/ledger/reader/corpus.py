"""Files that are no valid ledgers, each with the expected error code and place."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace

import xlsxwriter

from app.ledger.reader.errors import Limits
from app.ledger.reader.reading import read_workbook
from app.ledger.reader.sheets import SheetTable
from tests.app.ledger.reader.old_workbooks import container, formula, label, old_workbook, record

HEADER = ["姓名", "村居", "人员类别", "联系电话"]
ROW = ["示例甲", "甲村", "低保", "19900000001"]


def read_table(data: bytes, filename: str, *, limits: Limits) -> SheetTable:
    """The first sheet that is not hidden, with the notes on its file; raises LedgerFileError."""
    read = read_workbook(data, filename, limits=limits)
    table = next((sheet for sheet in read.sheets if not sheet.hidden), read.sheets[0])
    return replace(table, notes=read.notes + table.notes)


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
    definition = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    return rewritten(
        rows(HEADER, ROW), lambda name, content: definition + content if name == "xl/sharedStrings.xml" else content
    )


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


def sheets_in_another_order() -> bytes:
    """A formula on the first sheet, whose part is the second."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("统计")
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ROW[:3])
    sheet.write_formula("D2", "=1+1", None, "19900000001")
    book.close()
    first, second = b'<sheet name="\xe7\xbb\x9f', b'<sheet name="\xe5\x8f\xb0'

    def swap(name: str, content: bytes) -> bytes:
        if name != "xl/workbook.xml":
            return content
        start, middle = content.index(first), content.index(second)
        end = content.index(b"</sheets>")
        return content[:start] + content[middle:end] + content[start:middle] + content[end:]

    return rewritten(buffer.getvalue(), swap)


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook with every part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return buffer.getvalue()


def far_cell() -> bytes:
    """Two rows, and one cell at the far end of the sheet: a parser that keeps rectangles needs gigabytes."""

    def fill(_book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW)
        sheet.write(1_048_575, 150, "x")

    return workbook(fill)


def wide_cell() -> bytes:
    """The same, to the right."""
    return rewritten(rows(HEADER, ROW), lambda _, content: content.replace(b'<c r="D2"', b'<c r="XFD2"'))


def forged(pattern: bytes, replacement: bytes) -> Callable[[], bytes]:
    """Makes a workbook with something replaced in all its parts."""
    return lambda: rewritten(rows(HEADER, ROW), lambda _, content: re.sub(pattern, replacement, content))


def lying_bomb() -> bytes:
    """Texts of 64 MB whose directory and header say 1,000 bytes."""
    name = "xl/sharedStrings.xml"
    text = b"<sst>" + b"<si/> " * (11 << 20) + b"</sst>"
    data = bytearray(rewritten(rows(HEADER, ROW), lambda part, content: text if part == name else content))
    local, central = data.index(name.encode()) - 30, data.rindex(name.encode()) - 46
    struct.pack_into("<I", data, local + 22, 1000)
    struct.pack_into("<I", data, central + 24, 1000)
    return bytes(data)


def hidden_dtd() -> bytes:
    """A definition in UTF-16, where a search for its letters finds nothing."""
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "a">]><sst>&a;</sst>'.encode("utf-16")
    return rewritten(rows(HEADER, ROW), lambda name, content: text if name == "xl/sharedStrings.xml" else content)


def locked_zip() -> bytes:
    """A package whose parts are marked as encrypted."""
    data = bytearray(rows(HEADER, ROW))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(signature)
        data[start + place] |= 1
    return bytes(data)


def misnamed_encoding() -> bytes:
    """GB18030 behind a mark that says UTF-8."""
    return b"\xef\xbb\xbf" + f"{','.join(HEADER)}\n{','.join(ROW)}\n".encode("gb18030")


def damaged_text() -> bytes:
    """Fifty good lines of UTF-8 and one broken character."""
    lines = [",".join(HEADER), *[",".join(ROW)] * 50]
    return "\n".join(lines).encode() + b"\n\xe7\xa4\xff,x,y,z\n"


def unclosed_quote() -> bytes:
    """A quote that never ends and would swallow the rest of the ledger."""
    lines = [HEADER, ROW, ['"示例乙', *ROW[1:]], *[ROW] * 20]
    return "\n".join(",".join(line) for line in lines).encode()


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
    "a formula": ("名册.xlsx", with_formula, "formula", "D2"),
    "a macro": ("名册.xlsm", macro, "macro", "宏"),
    "an entity": ("名册.xlsx", dtd, "dtd", "DTD"),
    "a zip bomb": ("名册.xlsx", bomb, "bomb", "过大"),
    "a plain zip": ("名册.xlsx", plain_zip, "not-a-workbook", "压缩包"),
    "a cut-off workbook": ("名册.xlsx", lambda: rows(HEADER, ROW)[:2000], "corrupt", "损坏"),
    "an encrypted workbook": ("名册.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "corrupt", "损坏"),
    "half a million rows": ("名册.csv", many_rows, "too-many-rows", "500,00"),
    "an old workbook with a formula": (
        "名册.xls",
        lambda: old_workbook([HEADER, ROW[:3]], more=formula(1, 3, 19900000001.0)),
        "formula",
        "D2",
    ),
    "an old workbook with a password": (
        "名册.xls",
        lambda: old_workbook([HEADER], before=record(0x2F, bytes(6))),
        "encrypted",
        "密码",
    ),
    "an old workbook with a macro": (
        "名册.xls",
        lambda: container("Workbook", b"", "_VBA_PROJECT_CUR"),
        "macro",
        "宏",
    ),
    "a new workbook with a password": (
        "名册.xlsx",
        lambda: container("Other", b"", "EncryptedPackage"),
        "encrypted",
        "密码",
    ),
    "a letter called a ledger": ("名册.xls", lambda: container("WordDocument", b""), "wrong-type", "文档"),
    "an old workbook with a far cell": (
        "名册.xls",
        lambda: old_workbook([HEADER, ROW], more=label(65_000, 3, "x")),
        "too-many-rows",
        "65,001",
    ),
    "a locked package": ("名册.xlsx", locked_zip, "encrypted", "密码"),
    "a formula on a sheet moved to the front": ("名册.xlsx", sheets_in_another_order, "formula", "D2"),
    "a far cell": ("名册.xlsx", far_cell, "too-many-rows", "1,048,576"),
    "a wide cell": ("名册.xlsx", wide_cell, "too-many-columns", "16,384"),
    "an old workbook with a very far cell": (
        "名册.xls",
        lambda: old_workbook([HEADER, ROW], more=label(65_535, 65_535, "x")),
        "too-many-rows",
        "65,536",
    ),
    # The parser would end the whole process over each of these.
    "ten thousand million texts announced": (
        "名册.xlsx",
        forged(rb'uniqueCount="[0-9]+"', b'uniqueCount="9999999999"'),
        "corrupt",
        "数目",
    ),
    "a far cell in small letters": ("名册.xlsx", forged(b'r="D2"', b'r="xfd1048576"'), "too-many-rows", "1,048,576"),
    "a far cell with zeros": ("名册.xlsx", forged(b'r="D2"', b'r="A0000001048576"'), "too-many-rows", "1,048,576"),
    "a far cell without a space": (
        "名册.xlsx",
        forged(b'<c r="D2" t="s"', b'<c t="s"r="XFD1048576"'),
        "too-many-rows",
        "1,048,576",
    ),
    "a column beyond all": ("名册.xlsx", forged(b'r="D2"', b'r="AAAAAAA2"'), "too-many-columns", "栏"),
    "a bomb that lies about its size": ("名册.xlsx", lying_bomb, "bomb", "过大"),
    "an entity in another encoding": ("名册.xlsx", hidden_dtd, "corrupt", "编码"),
    "GB18030 declared as UTF-8": ("名册.csv", misnamed_encoding, "encoding", "第 1 行"),
    "one damaged line": ("名册.csv", damaged_text, "encoding", "第 52 行"),
    "an unclosed quote": ("名册.csv", unclosed_quote, "quotes", "第 3 行"),
    "a web page called a workbook": ("名册.xls", lambda: b"<html><table><tr><td>1,2", "wrong-type", "网页"),
    "UTF-16": ("名册.csv", lambda: "姓名,村居".encode("utf-16"), "encoding", "UTF-16"),
    "neither UTF-8 nor GB18030": ("名册.csv", lambda: "姓名,村居\n".encode() + b"\xff\xff,a\n", "encoding", "第 2 行"),
    "a cell without end": ("名册.csv", lambda: f"姓名,村居,电话\n{'甲' * 3000},乙,1\n".encode(), "cell", "第 2 行"),
}
