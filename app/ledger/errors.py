"""A ledger file that cannot be read, and the limits it must keep."""

from __future__ import annotations

from dataclasses import dataclass


class LedgerFileError(ValueError):
    """Nothing of the file was taken; the message names place and reason, in Chinese, without anybody's data."""

    def __init__(self, code: str, message: str, place: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.place = place


@dataclass(frozen=True)
class Limits:
    """What a file may have before it is opened further."""

    max_bytes: int = 24 * 1024 * 1024
    max_rows: int = 60_000
    max_columns: int = 200
    max_cell: int = 2_000
    max_unpacked: int = 1 << 30
    max_ratio: int = 200
