"""Grade probabilities: how likely each number of points, and each grade, is given the sampling error.

They come from the confidence distribution of the published interval: mid-way between its lower and upper limit at every
level (T. Schweder & N. L. Hjort, Confidence, Likelihood, Probability, 2016, 3.8). Only sampling error is in them, not
nonresponse and not untrue answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from surveys.estimates import Estimate
from surveys.rounding import half_up, plain
from surveys.scoring.rules import Rule
from surveys.scoring.scheme import Grade

PLACES = Decimal("0.01")
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Chance:
    """A number of points, or a grade (`name`), and its probability, 0-1."""

    name: str
    chance: float


def statistic_chances(estimate: Estimate, percent: bool) -> dict[Decimal, float]:
    """The probability, 0-1, of each published value (two decimals, 0 to 100) of a figure.

    `percent` for a share(), otherwise a mean() of 0 to 100 points. A figure of everyone, or one without an interval,
    has a single value: there is no sampling error, or none is known.
    """
    value = half_up(estimate.value * (100 if percent else 1), 2)
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high or estimate.effective is None:
        return {value: 1.0}
    import numpy as np

    up_to = _share_up_to(estimate) if percent else _mean_up_to(estimate)
    steps = np.diff(up_to, prepend=0.0)
    return _normal({Decimal(i) * PLACES: float(p) for i, p in enumerate(steps) if p > NEGLIGIBLE})


def _mean_up_to(estimate: Estimate):  # type: ignore[no-untyped-def]
    """The confidence that the mean is published as at most 0.00, 0.01 … 100.00: both Clopper-Pearson limits halved."""
    import numpy as np
    from scipy.special import betainc

    size = float(estimate.effective or 0)
    hits, misses = float(estimate.value) / 100 * size, (1 - float(estimate.value) / 100) * size
    edges = np.append((np.arange(10_000) + 0.5) / 10_000, 1.0)
    lower = np.ones_like(edges) if hits <= 0 else betainc(hits, misses + 1, edges)
    upper = np.zeros_like(edges) if misses <= 0 else betainc(hits + 1, misses, edges)
    upper[-1] = 1.0
    return (lower + upper) / 2


def _share_up_to(estimate: Estimate):  # type: ignore[no-untyped-def]
    """The confidence that a share is published as at most 0.00, 0.01 … 100.00 per cent: hypergeometric limits.

    With x' of n' yes, the lower limit says K of N with confidence P(X ≥ x' | K), the upper with P(X > x' | K + 1).
    """
    import numpy as np
    from scipy.stats import hypergeom

    people, size = estimate.population, int(estimate.effective or 0)
    hits = int(Fraction(estimate.value) * size + Fraction(1, 2))
    # The largest K published as at most i hundredths of a per cent: K/N below (i + 1/2) / 10,000.
    most = np.minimum(((2 * np.arange(10_001) + 1) * people - 1) // 20_000, people)
    lower = hypergeom.sf(hits - 1, people, most, size)
    upper = np.where(most == people, 1.0, hypergeom.sf(hits, people, np.minimum(most + 1, people), size))
    return (lower + upper) / 2


def points_chances(values: Mapping[Decimal, float], rule: Rule, places: int) -> dict[Decimal, float]:
    """The probability of each number of counted points, from the probabilities of the values of the statistic."""
    chances: dict[Decimal, float] = {}
    for value, chance in values.items():
        points = plain(half_up(rule.points(value).value, places))
        chances[points] = chances.get(points, 0.0) + chance
    return _normal(chances)


def total_chances(fixed: Decimal, items: Sequence[Mapping[Decimal, float]]) -> dict[Decimal, float]:
    """The probability of each total: the fixed points plus computed items, taken as independent of each other."""
    totals = {plain(fixed): 1.0}
    for item in items:
        joined: dict[Decimal, float] = {}
        for total, chance in totals.items():
            for points, item_chance in item.items():
                joined[total + points] = joined.get(total + points, 0.0) + chance * item_chance
        totals = joined
    return totals


def grade_chances(totals: Mapping[Decimal, float], grades: Sequence[Grade]) -> tuple[Chance, ...]:
    """The probability of each grade, from the best; those of less than 1e-9 are left out."""
    chances: dict[str, float] = {}
    for total, chance in totals.items():
        grade = next(g for g in grades if total >= g.lowest)
        chances[grade.code] = chances.get(grade.code, 0.0) + chance
    return tuple(Chance(g.code, chances[g.code]) for g in grades if chances.get(g.code, 0.0) > NEGLIGIBLE)


def _normal(chances: Mapping[Decimal, float]) -> dict[Decimal, float]:
    total = sum(chances.values())
    return {points: chance / total for points, chance in chances.items()}
