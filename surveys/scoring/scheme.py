"""The scoring scheme: a versioned, immutable document. Parties, items, grades and conditions are data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from surveys.problems import InvalidDocument
from surveys.scoring.facts import NUMBERS
from surveys.scoring.rules import Rule

FORMAT = "scheme-1"
KIND = "schemes"
STAGES = ("midterm", "final")


InvalidScheme = InvalidDocument


@dataclass(frozen=True)
class Item:
    """One row of the sheet: points given by its party, or computed from a statistic."""

    code: str
    name: str
    name_en: str
    maximum: Decimal
    kind: str
    per_area: bool
    statistic: str | None
    rule: Rule | None


@dataclass(frozen=True)
class Party:
    """One of the parties that score, with its items."""

    code: str
    name: str
    name_en: str
    maximum: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Grade:
    """A grade, from this total upwards."""

    code: str
    name: str
    name_en: str
    lowest: Decimal


@dataclass(frozen=True)
class Disqualifying:
    """A condition that makes the result the lowest grade: declared, or a quantity at or beyond a threshold."""

    code: str
    text: str
    text_en: str
    kind: str
    quantity: str | None
    comparison: str | None
    thresholds: dict[str, Decimal]


@dataclass(frozen=True)
class Scheme:
    """A whole scheme under its id, version and digest."""

    id: str
    version: int
    title: str
    title_en: str
    source: str
    places: int
    parties: tuple[Party, ...]
    comparison: tuple[Item, ...]
    grades: tuple[Grade, ...]
    disqualifying: tuple[Disqualifying, ...]
    digest: str

    @cached_property
    def facts(self) -> dict[str, str]:
        """Every fact that may be stated → "declared" or "number"."""
        declared = {c.code: "declared" for c in self.disqualifying}
        return declared | dict.fromkeys(NUMBERS, "number")
