"""Rows of the page about how long people's data are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.retention.labels import HOLDINGS, REMAINS
from app.shared.cells import Cell


@dataclass(frozen=True)
class AmountRow:
    """How much there is of one kind of data."""

    what: Cell
    amount: Cell


def holding_rows(counts: Mapping[str, int]) -> list[AmountRow]:
    """What will be erased, or was."""
    return [AmountRow(name, counts.get(kind, 0)) for kind, name in HOLDINGS.items()]


def remaining_rows(counts: Mapping[str, int]) -> list[AmountRow]:
    """What stays."""
    return [AmountRow(name, counts[kind]) for kind, name in REMAINS.items()]
