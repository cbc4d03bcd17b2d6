"""Reads delimited text (CSV) from bytes: detects encoding and separator, and parses the lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from app.ledger.reader.errors import ACCEPTED, LedgerFileError, Limits, at_row, too_many_columns, too_many_rows
from app.ledger.reader.sheet_scan import HEADER_WITHIN
from sampling.text import Text

UTF8_MARK = b"\xef\xbb\xbf"
# First bytes of files people mistake for ledgers, or pass off as one, and what to call them.
_PROGRAM, _PICTURE = Text("程序", "a program"), Text("图片", "a picture")
_ARCHIVE, _DOCUMENT = Text("压缩包", "an archive"), Text("文档", "a document")
KNOWN = (
    (b"MZ", _PROGRAM),
    (b"\x7fELF", _PROGRAM),
    (b"%PDF", Text("PDF 文件", "a PDF file")),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"Rar!", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"{\\rtf", _DOCUMENT),
)
# With this many non-ASCII characters valid as UTF-8 the file is UTF-8, and what follows is damaged.
_SURELY_UTF8 = 8
_WEB_PAGE = Text(
    "这是网页格式的表格。用 Excel 打开后另存为 .xlsx，再上传。",
    "This table is a web page. Open it in Excel, save it as .xlsx, then upload.",
)
_UTF_16 = Text(
    "文件编码是 UTF-16。在 Excel 里另存为「CSV UTF-8」，再上传。",
    "The file is encoded in UTF-16. Save it in Excel as “CSV UTF-8”, then upload.",
)
_READ_AS_GB18030 = Text("文件编码是 GB18030，已按此读取。", "The file is encoded in GB18030 and was read as such.")
# With the row and byte as {place}.
_NOT_AS_MARKED = Text(
    "文件标明是 UTF-8，{place}却不是。在 Excel 里另存为「CSV UTF-8」，再上传。",
    "The file says that it is UTF-8, but {place} is not. Save it in Excel as “CSV UTF-8”, then upload.",
)
_NOT_LIKE_THE_REST = Text(
    "{place}不是 UTF-8 文字，其余部分是。改正这一行，再上传。",
    "The file is UTF-8, except {place}. Correct this row, then upload.",
)
_NEITHER_ENCODING = Text(
    "{place}既不是 UTF-8 也不是 GB18030 文字。在 Excel 里另存为「CSV UTF-8」，再上传。",
    "The text of {place} is neither UTF-8 nor GB18030. Save the file in Excel as “CSV UTF-8”, then upload.",
)
_RECORDS_COUNTED = Text(
    "有的格子里有换行；行号是记录的序号，与表格软件里看到的行号一致。",
    "Some cells hold line breaks; rows are counted as records, as a spreadsheet program shows them.",
)
_NO_TABLE = (
    Text(
        "这不是工作簿，也不是用逗号分隔的文本（CSV）。",
        "This is neither a workbook nor text separated by commas (CSV). ",
    )
    + ACCEPTED
)


@dataclass(frozen=True)
class Lines:
    """The records of a text file, each with its number and cells, and notes for the user.

    A record may span several lines of text, where a quoted cell holds line breaks; a blank line is a record too. So
    the numbers are those that a spreadsheet program shows.
    """

    lines: tuple[tuple[int, list[str]], ...]
    notes: tuple[Text, ...]


def read_lines(data: bytes, limits: Limits) -> Lines:
    """Parse delimited text; raises LedgerFileError for anything that is not a table."""
    _refuse_binary(data)
    text, notes = _decoded(data)
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<?xml", "<table", "mime-version")):
        raise LedgerFileError("wrong-type", _WEB_PAGE)
    lines = tuple(_parsed(text, limits))
    if any("\n" in cell for _, line in lines for cell in line):
        notes += (_RECORDS_COUNTED,)
    return Lines(lines, notes)


def _refuse_binary(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LedgerFileError("encoding", _UTF_16, at_row(1))
    place = data.find(b"\x00")
    for magic, name in KNOWN:
        # Two letters may begin a real heading, so the short ones count only with binary content behind them.
        if data.startswith(magic) and (len(magic) > 2 or place >= 0 or magic == b"\x1f\x8b"):
            raise _other_kind(name)
    if place >= 0:
        raise _binary(_row_at(data, place))


def _other_kind(name: Text) -> LedgerFileError:
    message = Text(
        f"这是{name.zh}，不是名册。",
        f"This is {name.en}, not a ledger. ",
    )
    return LedgerFileError("wrong-type", message + ACCEPTED)


def _binary(row: int) -> LedgerFileError:
    message = Text(
        f"第 {row} 行含有二进制内容，不是文本。",
        f"Row {row} has binary content; this is not text. ",
    )
    return LedgerFileError("wrong-type", message + ACCEPTED, at_row(row))


def _decoded(data: bytes) -> tuple[str, tuple[Text, ...]]:
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        utf8 = error.start + (len(UTF8_MARK) if data.startswith(UTF8_MARK) else 0)
    if data.startswith(UTF8_MARK):
        raise _undecodable(data, utf8, _NOT_AS_MARKED)
    readable = data[:utf8].decode("utf-8")
    if sum(character > "\x7f" for character in readable) >= _SURELY_UTF8:
        raise _undecodable(data, utf8, _NOT_LIKE_THE_REST)
    try:
        return data.decode("gb18030"), (_READ_AS_GB18030,)
    except UnicodeDecodeError as error:
        # The encoding that decoded further is the likelier one; its error position is reported.
        place = max(utf8, error.start)
    raise _undecodable(data, place, _NEITHER_ENCODING)


def _undecodable(data: bytes, place: int, template: Text) -> LedgerFileError:
    row = _row_at(data, place)
    where = at_row(row) + Text(f"（第 {place + 1:,} 个字节）", f" (byte {place + 1:,})")
    message = Text(template.zh.format(place=where.zh), template.en.format(place=where.en))
    return LedgerFileError("encoding", message, at_row(row))


def _row_at(data: bytes, place: int) -> int:
    """The number of the record at this byte; a line break between quotation marks ends no record."""
    outside = data[:place].split(b'"')[::2]
    return sum(piece.count(b"\n") for piece in outside) + 1


def _parsed(text: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """The records, numbered from 1; a quoted cell may span several lines of text."""
    separator = _separator(text)
    if separator not in text:
        raise LedgerFileError("not-a-ledger", _NO_TABLE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, line in enumerate(reader, 1):
            if number > limits.max_rows + HEADER_WITHIN:
                raise too_many_rows(max(text.count("\n"), number), limits)
            if len(line) > limits.max_columns:
                raise too_many_columns(len(line), limits, at_row(number))
            yield number, line
    except csv.Error as error:
        raise (_endless_cell if "field larger" in str(error) else _odd_quotes)(number + 1) from error


def _endless_cell(row: int) -> LedgerFileError:
    message = Text(
        f"第 {row} 行有一格过长，可能是引号不成对。",
        f"Row {row} has a cell that is too long; perhaps its quotation marks do not pair.",
    )
    return LedgerFileError("cell", message, at_row(row))


def _odd_quotes(row: int) -> LedgerFileError:
    message = Text(
        f"第 {row} 行的引号不成对。改正后再上传。",
        f"The quotation marks in row {row} do not pair. Correct them, then upload.",
    )
    return LedgerFileError("quotes", message, at_row(row))


def _separator(text: str) -> str:
    """The separator that occurs most in the first lines."""
    first = "\n".join(text[:20_000].splitlines()[:HEADER_WITHIN])
    return max((",", "\t", ";", "|"), key=first.count)
