"""Reading the rule of a computed item, with every mistake found at once."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from sampling.text import Text, joined
from surveys.problems import Problems
from surveys.reading import (
    HUNDRED,
    ZERO,
    ObjectReader,
    Reader,
    anything,
    decimal,
    default,
    flag,
    mapping,
    several,
    unknown_each,
)
from surveys.scoring.rules import Deduction, Linear, Proportional, Rule, Steps

KINDS = ("steps", "linear", "proportional", "deduction")


def parse_rule(problems: Problems, raw: object, place: str, maximum: Decimal) -> Rule | None:
    """Read a rule; a problem where it is not monotone or leaves 0..maximum."""
    body = mapping(problems, raw, place)
    kind = body.get("kind")
    if kind == "proportional":
        ObjectReader({"kind": anything}, unknown_each)(problems, body, place)
        return Proportional(maximum)
    if kind == "deduction":
        return _deduction(problems, body, place, maximum)
    if kind not in ("steps", "linear"):
        kinds = joined(KINDS)
        problems.add(f"{place}.kind", Text(f"规则应为 {kinds.zh} 之一。", f"The rule is one of {kinds.en}."))
        return None
    pairs = _pairs(problems, body, place, maximum)
    if len(pairs) < (1 if kind == "steps" else 2):
        problems.add(f"{place}.points", Text("档次不够。", "There are too few steps."))
        return None
    for (low_x, low_y), (high_x, high_y) in pairwise(pairs):
        if low_x >= high_x or low_y > high_y:
            problems.add(f"{place}.points", NOT_IN_ORDER)
            return None
    return Steps(tuple(reversed(pairs))) if kind == "steps" else Linear(tuple(pairs))


NOT_IN_ORDER = Text(
    "从低到高排列，界限递增，分数不减。",
    "Put the steps in order from low to high: the bounds must rise and the points must not fall.",
)
PARTIAL_MESSAGE = Text(
    "应为 true（按比例扣）或 false（不满不扣）。",
    "Write true (deducted in proportion) or false (only for each whole step).",
)


def _deduction(problems: Problems, body: dict[str, Any], place: str, maximum: Decimal) -> Deduction | None:
    before = len(problems.entries)
    table = ObjectReader(
        {
            "kind": anything,
            "from": _positive(HUNDRED),
            "per": _positive(HUNDRED),
            "points": _positive(maximum),
            "partial": default(flag(PARTIAL_MESSAGE), False),
        },
        unknown_each,
    )
    read = table(problems, body, place)
    if len(problems.entries) > before:
        return None
    return Deduction(maximum, read["from"], read["per"], read["points"], read["partial"])


def _positive(high: Decimal) -> Reader:
    """A decimal above 0."""

    def read(problems: Problems, value: object, place: str) -> Decimal:
        so_far = len(problems.entries)
        number: Decimal = decimal(ZERO, high)(problems, value, place)
        if number == 0 and len(problems.entries) == so_far:
            problems.add(place, Text("应大于 0。", "It must be more than 0."))
        return number

    return read


def _pairs(problems: Problems, body: dict[str, Any], place: str, maximum: Decimal) -> list[tuple[Decimal, Decimal]]:
    def pair(problems: Problems, value: object, place: str) -> tuple[Decimal, Decimal] | None:
        if not isinstance(value, list) or len(value) != 2:
            problems.add(place, Text('写成 ["界限", "分数"]。', 'Write ["bound", "points"].'))
            return None
        low: Decimal = decimal(ZERO, HUNDRED)(problems, value[0], f"{place}[0]")
        return low, decimal(ZERO, maximum)(problems, value[1], f"{place}[1]")

    read = ObjectReader({"kind": anything, "points": several(pair)}, unknown_each)(problems, body, place)
    return [pair for pair in read["points"] if pair is not None]
