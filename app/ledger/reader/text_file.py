"""Reads delimited text (CSV) from bytes: detects encoding and separator, and parses the lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from app.ledger.reader.errors import LedgerFileError, Limits, too_many_columns, too_many_rows
from app.ledger.reader.sheet_scan import HEADER_WITHIN

UTF8_MARK = b"\xef\xbb\xbf"
# First bytes of files that are uploaded by mistake or disguised as ledgers, with their names.
KNOWN = (
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"{\\rtf", "文档"),
)
# With this many non-ASCII characters valid as UTF-8 the file is UTF-8, and what follows is damaged.
_SURELY_UTF8 = 8


@dataclass(frozen=True)
class Lines:
    """The lines of a text file, each with its number and cells, and notes for the user."""

    lines: tuple[tuple[int, list[str]], ...]
    notes: tuple[str, ...]


def read_lines(data: bytes, limits: Limits) -> Lines:
    """Parse delimited text; raises LedgerFileError for anything that is not a table."""
    _refuse_binary(data)
    text, notes = _decoded(data)
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype", "<?xml", "<table", "mime-version")):
        raise LedgerFileError("wrong-type", "这是网页格式的表格。用 Excel 打开后另存为 .xlsx，再上传。")
    return Lines(tuple(_parsed(text, limits)), notes)


def _refuse_binary(data: bytes) -> None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise LedgerFileError("encoding", "文件编码是 UTF-16。在 Excel 里另存为「CSV UTF-8」，再上传。", "第 1 行")
    place = data.find(b"\x00")
    for magic, name in KNOWN:
        # Two letters may begin a real heading, so the short ones count only with binary content behind them.
        if data.startswith(magic) and (len(magic) > 2 or place >= 0 or magic == b"\x1f\x8b"):
            raise LedgerFileError("wrong-type", f"这是{name}，不是名册。请上传 .xlsx、.xls 或 .csv。")
    if place >= 0:
        row = _row_at(data, place)
        raise LedgerFileError(
            "wrong-type", f"第 {row} 行含有二进制内容，不是文本。请上传 .xlsx、.xls 或 .csv。", f"第 {row} 行"
        )


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        utf8 = error.start + (len(UTF8_MARK) if data.startswith(UTF8_MARK) else 0)
    if data.startswith(UTF8_MARK):
        raise _undecodable(data, utf8, "文件标明是 UTF-8，{place}却不是。在 Excel 里另存为「CSV UTF-8」，再上传。")
    readable = data[:utf8].decode("utf-8")
    if sum(character > "\x7f" for character in readable) >= _SURELY_UTF8:
        raise _undecodable(data, utf8, "{place}不是 UTF-8 文字，其余部分是。改正这一行，再上传。")
    try:
        return data.decode("gb18030"), ("文件编码是 GB18030，已按此读取。",)
    except UnicodeDecodeError as error:
        # The encoding that decoded further is the likelier one; its error position is reported.
        place = max(utf8, error.start)
    raise _undecodable(data, place, "{place}既不是 UTF-8 也不是 GB18030 文字。在 Excel 里另存为「CSV UTF-8」，再上传。")


def _undecodable(data: bytes, place: int, message: str) -> LedgerFileError:
    row = _row_at(data, place)
    where = f"第 {row} 行"
    return LedgerFileError("encoding", message.format(place=f"{where}（第 {place + 1:,} 个字节）"), where)


def _row_at(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _parsed(text: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """The lines, each with the number of its first text line; a quoted cell may span several."""
    separator = _separator(text)
    if separator not in text:
        raise LedgerFileError(
            "not-a-ledger", "这不是工作簿，也不是用逗号分隔的文本（CSV）。请上传 .xlsx、.xls 或 .csv。"
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count, last = 0, 0
    try:
        for line in reader:
            count += 1
            if count > limits.max_rows + HEADER_WITHIN:
                raise too_many_rows(max(text.count("\n"), count), limits)
            if len(line) > limits.max_columns:
                raise too_many_columns(len(line), limits, f"第 {last + 1} 行")
            yield last + 1, line
            last = reader.line_num
    except csv.Error as error:
        where = f"第 {last + 1} 行"
        if "field larger" in str(error):
            raise LedgerFileError("cell", f"{where}有一格过长，可能是引号不成对。", where) from error
        raise LedgerFileError("quotes", f"{where}的引号不成对。改正后再上传。", where) from error


def _separator(text: str) -> str:
    """The separator that occurs most in the first lines."""
    first = "\n".join(text[:20_000].splitlines()[:HEADER_WITHIN])
    return max((",", "\t", ";", "|"), key=first.count)
