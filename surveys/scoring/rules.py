"""From a statistic to points, by a declared rule."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from surveys.problems import Complaints
from surveys.rounding import half_up

STATISTICS = {
    "satisfaction.mean": "满意度指数(均值)",
    "satisfaction.share": "满意率",
    "awareness.rate": "有效知晓率",
}
ZERO, HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True)
class Points:
    """Points a rule gives, and the sentence that says how."""

    value: Decimal
    reason: str


@dataclass(frozen=True)
class Steps:
    """The points of the highest step the statistic reaches."""

    steps: tuple[tuple[Decimal, Decimal], ...]

    def points(self, value: Decimal, places: int) -> Points:
        """Points for a statistic in per cent or index points."""
        reached = next(((low, given) for low, given in self.steps if value >= low), None)
        if reached is None:
            return Points(half_up(ZERO, places), f"低于最低一档 {self.steps[-1][0]},得 0 分")
        return Points(half_up(reached[1], places), f"达到 {reached[0]} 一档,得 {reached[1]} 分")


@dataclass(frozen=True)
class Linear:
    """Straight lines between declared points; below the first its value, above the last its value (the cap)."""

    points_at: tuple[tuple[Decimal, Decimal], ...]

    def points(self, value: Decimal, places: int) -> Points:
        """Points for a statistic in per cent or index points."""
        (first_x, first_y), (last_x, last_y) = self.points_at[0], self.points_at[-1]
        if value <= first_x:
            return Points(half_up(first_y, places), f"不高于 {first_x},得 {first_y} 分")
        if value >= last_x:
            return Points(half_up(last_y, places), f"达到 {last_x} 封顶,得 {last_y} 分")
        (x0, y0), (x1, y1) = next(pair for pair in pairwise(self.points_at) if pair[0][0] <= value < pair[1][0])
        exact = Fraction(y0) + (Fraction(value) - Fraction(x0)) * Fraction(y1 - y0) / Fraction(x1 - x0)
        return Points(half_up(exact, places), f"在 {x0} 与 {x1} 之间按比例,得 {half_up(exact, places)} 分")


@dataclass(frozen=True)
class Proportional:
    """The maximum times the statistic over one hundred."""

    maximum: Decimal

    def points(self, value: Decimal, places: int) -> Points:
        """Points for a statistic in per cent or index points."""
        exact = Fraction(self.maximum) * Fraction(value) / 100
        return Points(half_up(exact, places), f"{self.maximum} × {value}% = {half_up(exact, places)} 分")


Rule = Steps | Linear | Proportional


def parse_rule(notes: Complaints, raw: object, place: str, maximum: Decimal) -> Rule | None:
    """Read a rule; complains when it is not monotone or leaves 0..maximum."""
    body = notes.mapping(raw, place)
    kind = body.get("kind")
    if kind == "proportional":
        return Proportional(maximum)
    if kind not in ("steps", "linear"):
        notes.say(f"{place}.kind", "规则应为 steps、linear 或 proportional。")
        return None
    pairs = _pairs(notes, body, place, maximum)
    if len(pairs) < (1 if kind == "steps" else 2):
        notes.say(f"{place}.points", "档次不够。")
        return None
    for (low_x, low_y), (high_x, high_y) in pairwise(pairs):
        if low_x >= high_x or low_y > high_y:
            notes.say(f"{place}.points", "从低到高排列,界限递增,分数不减。")
            return None
    return Steps(tuple(reversed(pairs))) if kind == "steps" else Linear(tuple(pairs))


def _pairs(notes: Complaints, body: dict[str, Any], place: str, maximum: Decimal) -> list[tuple[Decimal, Decimal]]:
    found = []
    for number, pair in enumerate(notes.list(body, "points", f"{place}.")):
        here = f"{place}.points[{number}]"
        if not isinstance(pair, list) or len(pair) != 2:
            notes.say(here, '写成 ["界限", "分数"]。')
            continue
        low = notes.decimal(pair[0], f"{here}[0]", ZERO, HUNDRED)
        found.append((low, notes.decimal(pair[1], f"{here}[1]", ZERO, maximum)))
    return found
