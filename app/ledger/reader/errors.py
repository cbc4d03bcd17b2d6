"""A ledger file that cannot be read, and the limits a file must keep."""

from __future__ import annotations

from dataclasses import dataclass


class LedgerFileError(ValueError):
    """A file was refused; the message says in Chinese why and what to do, `place` says where.

    Neither contains the content of a cell, so both may be logged and shown.
    """

    def __init__(self, code: str, message: str, place: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
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


def too_many_rows(rows: int, limits: Limits, place: str = "") -> LedgerFileError:
    """The error for more rows than one file may have."""
    message = f"有 {rows:,} 行，一次最多 {limits.max_rows:,} 行。按村居分开，再上传。"
    return LedgerFileError("too-many-rows", message, place)


def too_many_columns(columns: int, limits: Limits, place: str = "") -> LedgerFileError:
    """The error for more columns than one file may have."""
    message = f"有 {columns:,} 栏，最多 {limits.max_columns} 栏。删去用不着的栏，再上传。"
    return LedgerFileError("too-many-columns", message, place)
