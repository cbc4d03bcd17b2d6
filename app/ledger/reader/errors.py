"""A ledger file that cannot be read, and the limits a file must keep."""

from __future__ import annotations

from dataclasses import dataclass

from sampling.text import NOTHING_SAID, Text, TextError, joined

# The kinds of files that are read, as a ledger's page, the command line and the refusals name them.
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".ods", ".xlsb", ".et")
ACCEPTED_SUFFIXES = (*WORKBOOK_SUFFIXES, ".csv")
ACCEPTED_KINDS = joined(ACCEPTED_SUFFIXES[:-1]) + Text(f" 或 {ACCEPTED_SUFFIXES[-1]}", f" or {ACCEPTED_SUFFIXES[-1]}")
ACCEPTED = Text(f"请上传 {ACCEPTED_KINDS.zh}。", f"Please upload {ACCEPTED_KINDS.en}.")
DOCUMENT = Text("这是文档或演示文稿，不是工作簿。", "This is a document or presentation, not a workbook. ") + ACCEPTED


class LedgerFileError(TextError, ValueError):
    """A file was refused; the message says why and what to do, `place` says where.

    Neither contains the content of a cell, so both may be logged and shown.
    """

    def __init__(self, code: str, message: Text, place: Text = NOTHING_SAID) -> None:
        super().__init__(message)
        self.code = code
        self.place = place


@dataclass(frozen=True)
class Limits:
    """The limits of a file: sizes in bytes, cells in characters, the ratio of unpacked to packed size."""

    max_bytes: int = 24 * 1024 * 1024
    max_rows: int = 60_000
    max_columns: int = 200
    max_cell: int = 2_000
    max_unpacked: int = 1 << 30
    max_ratio: int = 200
    max_parts: int = 2_000


def megabytes(size: int) -> str:
    """A size for a message: one decimal below 10 MB, whole megabytes above."""
    tenths = (size * 10 + (1 << 19)) >> 20
    return f"{tenths // 10}.{tenths % 10} MB" if tenths < 100 else f"{tenths // 10:,} MB"


def too_many_rows(rows: int, limits: Limits, place: Text = NOTHING_SAID) -> LedgerFileError:
    """The error for more rows than one file may have."""
    message = Text(
        f"有 {rows:,} 行，一次最多 {limits.max_rows:,} 行。按村居分开，再上传。",
        f"There are {rows:,} rows; at most {limits.max_rows:,} are taken at once. Divide them by village, then upload.",
    )
    return LedgerFileError("too-many-rows", message, place)


def too_many_columns(columns: int, limits: Limits, place: Text = NOTHING_SAID) -> LedgerFileError:
    """The error for more columns than one file may have."""
    message = Text(
        f"有 {columns:,} 栏，最多 {limits.max_columns} 栏。删去用不着的栏，再上传。",
        f"There are {columns:,} columns; at most {limits.max_columns} are taken. Remove those not needed, then upload.",
    )
    return LedgerFileError("too-many-columns", message, place)


def encrypted() -> LedgerFileError:
    """The error for a file that only opens with a password."""
    message = Text("文件加了密码。去掉密码后再上传。", "The file has a password. Remove it, then upload.")
    return LedgerFileError("encrypted", message)


def has_macros() -> LedgerFileError:
    """The error for a workbook with macros."""
    message = Text(
        "工作簿带有宏。另存为不带宏的 .xlsx，再上传。",
        "The workbook has macros. Save it as .xlsx without macros, then upload.",
    )
    return LedgerFileError("macro", message)


def corrupt() -> LedgerFileError:
    """The error for a workbook that cannot be opened."""
    message = Text(
        "文件已损坏，打不开。用 Excel 打开后另存为 .xlsx，再上传。",
        "The file is damaged and cannot be opened. Open it in Excel, save it as .xlsx, then upload.",
    )
    return LedgerFileError("corrupt", message)


def at_row(row: int) -> Text:
    """A row of the file as a place."""
    return Text(f"第 {row} 行", f"row {row}")


def at_sheet(name: str) -> Text:
    """A worksheet as a place."""
    return Text(f"工作表「{name[:20]}」", f"the sheet “{name[:20]}”")


def at_reference(name: str) -> Text:
    """A cell, or a part of the workbook, as a place: the same in both languages."""
    return Text(name, name)
