"""Every kind of file an office may send is read alike, and what hides in it is refused."""

from __future__ import annotations

import re
import struct

import pytest

from app.ledger.reader import old_workbook, package
from app.ledger.reader.errors import ACCEPTED_SUFFIXES, LedgerFileError, Limits
from app.ledger.reader.text_volume import SharedTextSizes, TextVolume
from tests.app.ledger.reader.corpus import HEADER, ROW, read_table, rows
from tests.app.ledger.reader.old_workbooks import (
    codepage_workbook,
    container,
    hidden_row,
    label,
    record,
    records,
)
from tests.app.ledger.reader.old_workbooks import (
    old_workbook as xls,
)
from tests.app.ledger.reader.other_workbooks import (
    DIALECTS,
    binary_workbook,
    changed,
    open_document,
    zipped,
)

LIMITS = Limits()
LEDGER = [HEADER, ROW]


def code_page(number: int) -> bytes:
    return record(0x42, struct.pack("<H", number))


WRITTEN = {
    "a small .xls": lambda: xls(LEDGER, mini=True),
    "a small .xls in code page 936": lambda: xls(LEDGER, mini=True, before=code_page(936)),
    "an .xls in code page 1252": lambda: xls(LEDGER, before=code_page(1252)),
    "an .xls in code page 1200": lambda: xls(LEDGER, before=code_page(1200)),
    "an .xls of Excel 95": lambda: codepage_workbook(LEDGER, 936, "gb18030"),
    "an .xls named in capitals": lambda: xls(LEDGER, stream="BOOK"),
    "records without a container": lambda: records(LEDGER),
    "an .xls with false dimensions": lambda: xls(
        LEDGER, more=record(0x200, struct.pack("<IIHHH", 0, 0xFFFFFFF0, 0, 0xFFFF, 0))
    ),
    "an .xls with formatting far away": lambda: xls(LEDGER, more=record(0x201, struct.pack("<HHH", 65_535, 255, 0))),
    "an .ods": open_document,
    "an .ods with empty rows to the end": lambda: open_document(
        more='<table:table-row table:number-rows-repeated="1048574"><table:table-cell '
        'table:number-columns-repeated="16384" table:style-name="a"/></table:table-row>'
    ),
    "an .xlsb": binary_workbook,
    **{f"an .xlsx: {name}": lambda change=change: changed(change) for name, change in DIALECTS.items()},
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_ledger_is_read_whatever_program_wrote_it(name: str) -> None:
    table = read_table(WRITTEN[name](), "名册.et", limits=LIMITS)
    assert (table.name, table.headers) == ("台账", tuple(HEADER))
    assert [(row.number, row.cells) for row in table.rows] == [(2, tuple(ROW))]


@pytest.mark.parametrize("size", [1, 10, 25, 40, 400, 3_000])
def test_an_old_workbook_of_any_size_is_read(size: int) -> None:
    lines = [HEADER, *[ROW] * size]
    for mini in {False, len(records(lines)) < 4096}:
        assert len(read_table(xls(lines, mini=mini), "a.xls", limits=LIMITS).rows) == size


def test_hidden_rows_are_known_in_every_format() -> None:
    lines = [HEADER, ROW, ROW]
    row = '<table:table-row table:visibility="{}"><table:table-cell office:value-type="string"><text:p>x</text:p>'
    more = "".join(row.format(word) + "</table:table-cell></table:table-row>" for word in ("filter", "collapse"))
    assert old_workbook.inspect(xls(lines, more=hidden_row(2)), LIMITS).marks[0].hidden_rows == {3}
    assert package.inspect(open_document(lines, more=more), LIMITS).marks[0].hidden_rows == {4, 5}
    assert package.inspect(binary_workbook(lines, hidden=1), LIMITS).marks[0].hidden_rows == {2}


def test_error_values_and_formulas_are_marked() -> None:
    error = record(0x205, struct.pack("<HHHBB", 1, 3, 0, 0x2A, 1))
    value = struct.pack("<HHHBBB3xHHIH", 2, 1, 0, 2, 0, 0x07, 0xFFFF, 0, 0, 0)
    marks = old_workbook.inspect(xls([HEADER, ROW[:3]], more=error + record(0x06, value)), LIMITS).marks[0]
    assert marks.errors == {2: {3: "#N/A"}, 3: {1: "#DIV/0!"}}
    assert (marks.formula, marks.formulas) == ("B3", {1: (3,)})


CELL = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'


def test_the_values_of_an_open_document_are_read_as_shown() -> None:
    cells = [
        CELL.format("string", "", '甲<text:s text:c="2"/>乙'),
        CELL.format("float", 'office:value="19900000001"', "1.99E10"),
        CELL.format("date", 'office:date-value="1940-03-05T00:00:00"', "40年3月"),
        CELL.format("boolean", 'office:boolean-value="true"', "TRUE"),
    ]
    more = f'<table:table-row table:number-rows-repeated="2">{"".join(cells)}</table:table-row>'
    table = read_table(open_document([HEADER], more=more), "a.ods", limits=LIMITS)
    assert [row.cells for row in table.rows] == [("甲  乙", "19900000001", "1940-03-05", "是")] * 2


REFUSED = {
    "an .ods with a far cell": (
        lambda: open_document(
            more='<table:table-row table:number-rows-repeated="90000"><table:table-cell/></table:table-row>'
            f"<table:table-row>{CELL.format('string', '', 'x')}</table:table-row>"
        ),
        "too-many-rows",
    ),
    "an .ods with a wide cell": (
        lambda: open_document(
            more='<table:table-row><table:table-cell office:value-type="string" '
            'table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell></table:table-row>'
        ),
        "too-many-columns",
    ),
    "an .ods that repeats without end": (
        lambda: open_document(
            more='<table:table-row table:number-rows-repeated="60000"><table:table-cell office:value-type="string" '
            'table:number-columns-repeated="199"><text:p>x</text:p></table:table-cell></table:table-row>'
        ),
        "bomb",
    ),
    "an .ods with a password": (
        lambda: open_document(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "encrypted",
    ),
    "an .ods with macros": (lambda: open_document(**{"Basic/script-lc.xml": "<x/>"}), "macro"),
    "an .ods with definitions": (
        lambda: open_document(**{"content.xml": '<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>'}),
        "dtd",
    ),
    "a text document": (
        lambda: open_document(mimetype="application/vnd.oasis.opendocument.text"),
        "wrong-type",
    ),
    "an .xlsb with macros": (lambda: binary_workbook(**{"xl/vbaProject.bin": b"x"}), "macro"),
    "an .xlsb with a record cut off": (lambda: binary_workbook(**{"xl/sharedStrings.bin": b"\x13\xff"}), "corrupt"),
    "a workbook of Excel 4": (lambda: b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", "wrong-type"),
    "two sheets in one part": (
        lambda: changed(
            lambda parts: parts.update(
                {
                    "xl/workbook.xml": re.sub(
                        rb"<sheets>(.*)</sheets>",
                        lambda found: b"<sheets>" + found[1] + found[1].replace("台账".encode(), b"B") + b"</sheets>",
                        parts["xl/workbook.xml"],
                    )
                }
            )
        ),
        "corrupt",
    ),
    "a circle of sectors": (lambda: container("Workbook", b"")[:512] + bytes(4) * 128 + b"\x00" * 4096, "corrupt"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_be_parsed_is_refused(name: str) -> None:
    build, code = REFUSED[name]
    with pytest.raises(LedgerFileError) as refusal:
        read_table(build(), "名册", limits=LIMITS)
    assert refusal.value.code == code


def test_a_text_repeated_into_gigabytes_is_refused() -> None:
    texts = SharedTextSizes()
    texts.feed(b"<si><t>" + b"x" * 900_000 + b"</t></si><si><t>y</t></si>")
    for number, refused in ((b"0", True), (b"1", False), (b"&#48;", True)):
        sheet = b'<row r="1"><c r="A1" t="s"><v>' + number + b"</v></c></row>"
        volume = TextVolume(texts, LIMITS)
        volume.feed(sheet * 2_000)
        assert volume.doubtful
        if refused:
            with pytest.raises(LedgerFileError):
                volume.measure(sheet * 2_000)
        else:
            volume.measure(sheet * 2_000)


@pytest.mark.parametrize(
    "tags", [b"<row/>" * 60_011, b"<row>" + b"<c><v>1</v></c>" * 201, b"<x:row>" + b"<x:c />" * 201]
)
def test_rows_and_cells_that_do_not_say_their_place_are_counted(tags: bytes) -> None:
    with pytest.raises(LedgerFileError):
        TextVolume(SharedTextSizes(), LIMITS).feed(tags + b"<")


def test_an_old_workbook_that_repeats_a_text_into_gigabytes_is_refused() -> None:
    text = struct.pack("<IIHB", 1, 1, 32_000, 0) + b"x" * 32_000
    cell = record(0xFD, struct.pack("<HHHI", 1, 1, 0, 0))
    with pytest.raises(LedgerFileError) as refusal:
        read_table(xls(LEDGER, before=record(0xFC, text), more=cell * 12_000), "a.xls", limits=LIMITS)
    assert refusal.value.code == "bomb"


def test_cells_of_a_far_sheet_do_not_keep_the_others_from_being_read() -> None:
    marks = old_workbook.inspect(xls(LEDGER, more=label(65_000, 3, "x")), LIMITS).marks
    assert marks[0].beyond == "D65001"


def test_the_rows_of_text_are_records() -> None:
    text = f'{",".join(HEADER)}\n"甲\n乙",甲村,低保,1\n\n丙,甲村,低保,2\n'
    table = read_table(text.encode(), "a.csv", limits=LIMITS)
    assert [(row.number, row.cells[0]) for row in table.rows] == [(2, "甲\n乙"), (4, "丙")]
    assert any("记录" in note.zh for note in table.notes)
    with pytest.raises(LedgerFileError) as refusal:
        read_table(text.encode() + '"丁,甲村'.encode(), "a.csv", limits=LIMITS)
    assert "第 5 行" in refusal.value.message.zh
    with pytest.raises(LedgerFileError) as refusal:
        read_table(text.encode() + b"\xff\xff,x\n", "a.csv", limits=LIMITS)
    assert "第 5 行" in refusal.value.message.zh


@pytest.mark.parametrize("data", [b"", b"x", zipped({"a": b"b"}), b"%PDF-1.7"])
def test_a_refusal_names_every_accepted_kind(data: bytes) -> None:
    with pytest.raises(LedgerFileError) as refusal:
        read_table(data, "a", limits=LIMITS)
    for language in ("zh", "en"):
        assert all(suffix in refusal.value.message.in_language(language) for suffix in ACCEPTED_SUFFIXES)


def test_the_same_ledger_is_read_the_same_from_every_format() -> None:
    lines = [HEADER, *[[f"示例{n}", "甲村", "低保", f"1990000{n:04d}"] for n in range(50)]]
    read = [read_table(data, "a", limits=LIMITS).rows for data in (rows(*lines), xls(lines), open_document(lines))]
    assert read[0] == read[1] == read[2] == read_table(binary_workbook(lines), "a", limits=LIMITS).rows
