"""Rows of the page of retention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.retention.labels import HOLDINGS, REMAINS
from app.shared.cells import Cell


@dataclass(frozen=True)
class AmountRow:
    """The number of records of one kind of data."""

    what: Cell
    amount: Cell


def holding_rows(counts: Mapping[str, int]) -> list[AmountRow]:
    """What will be erased, or was."""
    return [AmountRow(name, counts.get(kind, 0)) for kind, name in HOLDINGS.items()]


def remaining_rows(counts: Mapping[str, int]) -> list[AmountRow]:
    """What is kept."""
    return [AmountRow(name, counts[kind]) for kind, name in REMAINS.items()]
