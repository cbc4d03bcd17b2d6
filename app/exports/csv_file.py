"""Responses as CSV: UTF-8 with a byte-order mark, so that a spreadsheet opens it as Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

from app.exports.queries import ExportedResponse
from app.exports.variables import Value, Variable
from app.spreadsheets import neutralise_formula


def write_csv(file: IO[bytes], variables: Sequence[Variable], responses: Iterable[ExportedResponse]) -> int:
    """Write a header and one row for each response; returns how many rows. Numbers keep all their digits."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    rows = 0
    try:
        writer = csv.writer(text)
        writer.writerow([variable.name for variable in variables])
        for exported in responses:
            writer.writerow([neutralise_formula(_cell(variable.of(exported))) for variable in variables])
            rows += 1
    finally:
        # Without this the wrapper would close the caller's file.
        text.detach()
    return rows


def _cell(value: Value) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)
