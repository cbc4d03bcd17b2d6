"""The part luck has in a score: how likely each number of points, and each grade, is given the sampling error.

A confidence distribution is read off the interval the figure is published with: mid-way between its lower and upper
limit at every level. It answers 「如果再抽一次」 only as well as the interval does, and knows nothing of people who
cannot be reached or of answers that are not true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from surveys.estimates import Estimate
from surveys.rounding import half_up, plain
from surveys.scoring.rules import Rule
from surveys.scoring.scheme import Grade

PLACES = Decimal("0.01")
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Chance:
    """A number of points, or a grade, and how likely it is."""

    name: str
    chance: float


def statistic_chances(estimate: Estimate, percent: bool) -> dict[Decimal, float]:
    """How likely each published value (two decimals, 0 to 100) of a figure is.

    A figure of everyone, or one without an interval, has a single value: there is no sampling error, or none is known.
    """
    factor = 100 if percent else 1
    value = half_up(estimate.value * factor, 2)
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high or estimate.effective is None:
        return {value: 1.0}
    import numpy as np
    from scipy.special import betainc

    share = float(estimate.value) if percent else float(estimate.value) / 100
    size = estimate.effective
    hits, misses = share * size, (1 - share) * size
    edges = np.clip((np.arange(10_002) - 0.5) / 10_000, 0, 1)
    lower = np.ones_like(edges) if hits <= 0 else betainc(hits, misses + 1, edges)
    upper = np.zeros_like(edges) if misses <= 0 else betainc(hits + 1, misses, edges)
    steps = np.diff((lower + upper) / 2)
    steps[0] += (lower[0] + upper[0]) / 2
    steps[-1] += 1 - (lower[-1] + upper[-1]) / 2
    return {Decimal(i) * PLACES: float(p) for i, p in enumerate(steps) if p > NEGLIGIBLE}


def points_chances(values: Mapping[Decimal, float], rule: Rule, places: int) -> dict[Decimal, float]:
    """How likely each number of counted points is."""
    found: dict[Decimal, float] = {}
    for value, chance in values.items():
        points = plain(half_up(rule.points(value).value, places))
        found[points] = found.get(points, 0.0) + chance
    return _normal(found)


def total_chances(fixed: Decimal, items: Sequence[Mapping[Decimal, float]]) -> dict[Decimal, float]:
    """How likely each total is: what is fixed plus computed items, taken as independent of each other."""
    totals = {plain(fixed): 1.0}
    for item in items:
        joined: dict[Decimal, float] = {}
        for total, chance in totals.items():
            for points, other in item.items():
                joined[total + points] = joined.get(total + points, 0.0) + chance * other
        totals = joined
    return totals


def grade_chances(totals: Mapping[Decimal, float], grades: Sequence[Grade]) -> tuple[Chance, ...]:
    """How likely each grade is, from the best; grades that cannot be are left out."""
    found: dict[str, float] = {}
    for total, chance in totals.items():
        grade = next(g for g in grades if total >= g.lowest)
        found[grade.code] = found.get(grade.code, 0.0) + chance
    return tuple(Chance(g.code, found[g.code]) for g in grades if found.get(g.code, 0.0) > NEGLIGIBLE)


def _normal(found: Mapping[Decimal, float]) -> dict[Decimal, float]:
    whole = sum(found.values())
    return {points: chance / whole for points, chance in found.items()}
