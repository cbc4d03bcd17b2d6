"""A share with an exact interval: the hypergeometric limits of an equivalent simple random sample.

The usual intervals fail in the range of these figures (N = 100-5,000, n = 100-130, shares of 0.85-1): Wald covers 89 %
on average and 2 % at worst where 95 % is nominal. The limits here cover at least 95 % under simple random sampling, by
construction. Source of the limits: Buonaccorsi 1987; of the equivalent sample: Korn & Graubard 1998, Dean & Pagano
2015.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from sampling.text import NOTHING_SAID, Text
from surveys.estimates.design_building import counts_as_sums, design
from surveys.estimates.estimator import Limits, MeanEstimator, square_root, student_interval
from surveys.estimates.figures import PLACES, TOO_FEW_FOR_INTERVAL, Estimate, StratumCount
from surveys.rounding import half_up

# A whole number computed in floating point may come out a little below itself; weights are such numbers.
ROUNDING = Fraction(1, 10**9)


def share(
    counts: Sequence[StratumCount], *, confidence: float = 0.95, domain: int | None = None, mid_p: bool = False
) -> Estimate:
    """The share of yes among the population of these strata, 0-1, with its interval.

    With `domain`, the share in a part of that many people that cuts across the strata (StratumCount.base). `mid_p`
    counts the observed number half: a shorter interval, whose coverage is nominal on average and not in every case.

    Raises NoFigure without respondents and EstimateInputError for impossible counts. All yes never gives [1, 1]
    unless everyone was asked and answered.
    """
    sample_design = design(counts_as_sums(counts), low=0, high=1, confidence=confidence, domain=domain)
    return share_of(sample_design, confidence=confidence, mid_p=mid_p)


def share_of(estimator: MeanEstimator, *, confidence: float, mid_p: bool = False) -> Estimate:
    """The share, 0-1, from a Design or from answers weighted to known numbers; interval as in share()."""
    value = estimator.value()
    variance = estimator.variance(value)
    limits = _interval(estimator, value, variance, confidence, mid_p)
    students = student_interval(estimator, float(value), square_root(variance), confidence)
    return Estimate(
        value=half_up(value, PLACES),
        low=limits[0],
        high=limits[1],
        n=estimator.n,
        population=estimator.population,
        method="full-coverage" if estimator.complete else f"equivalent-sample-hypergeometric{'-mid-p' * mid_p}",
        how=estimator.weighting + _how(estimator, limits, confidence, mid_p),
        standard_error=square_root(variance),
        degrees_of_freedom=estimator.degrees_of_freedom,
        notes=estimator.notes,
        confidence=confidence,
        t_low=students[0],
        t_high=students[1],
        effective=None
        if estimator.complete or variance is None
        else float(equivalent_size(estimator, value, variance)),
    )


def _how(estimator: MeanEstimator, limits: Limits, confidence: float, mid_p: bool) -> Text:
    if estimator.complete:
        return NOTHING_SAID
    if limits[0] is None:
        return TOO_FEW_FOR_INTERVAL
    level = f"{confidence * 100:g}%"
    kind = Text("中间概率", "mid-P") if mid_p else Text("精确", "exact")
    return Text(
        f"{level} 区间为等效样本的超几何{kind.zh}区间。",
        f"{level} interval: {kind.en} hypergeometric limits of the equivalent sample.",
    )


def _interval(
    estimator: MeanEstimator, value: Fraction, variance: Fraction | None, confidence: float, mid_p: bool
) -> Limits:
    if estimator.complete:
        return float(value), float(value)
    if variance is None:
        return None, None
    size = equivalent_size(estimator, value, variance)
    hits = math.floor(value * size + Fraction(1, 2) + ROUNDING)
    low, high = hypergeometric_limits(estimator.population, size, hits, (1 - confidence) / 2, mid_p)
    # Widened to contain the estimate, cut to the shares that are possible given the answers.
    yes = estimator.total
    proved = Fraction(yes, estimator.population), 1 - Fraction(estimator.n - yes, estimator.population)
    low, high = max(min(low, value), proved[0]), min(max(high, value), proved[1])
    if low == high:
        # All agree and nearly everyone answered: the test at 95 % would rule out that one of the others differs. A
        # figure about people without an answer must keep an interval of some width.
        low, high = proved
    return float(low), float(high)


def equivalent_size(estimator: MeanEstimator, value: Fraction, variance: Fraction) -> int:
    """n': the size of the simple random sample without replacement of equal variance; at most the number of answers."""
    most = estimator.equal_variance_size()
    used = most if variance == 0 else min(value * (1 - value) / variance, most)
    return max(min(math.floor((used + 1) / (1 + used / estimator.population) + ROUNDING), estimator.n), 1)


def hypergeometric_limits(
    population: int, size: int, hits: int, tail: float, mid_p: bool = False
) -> tuple[Fraction, Fraction]:
    """The smallest and largest share that a test at level `tail` on each side does not reject, given hits of size.

    K/N for the smallest K with P(X ≥ hits | K) > tail and the largest with P(X ≤ hits | K) > tail, X hypergeometric;
    with `mid_p` half of P(X = hits) is taken off each. Both are monotone in K, so each limit is found by bisection.
    """
    from scipy.stats import hypergeom

    def half(count: int) -> float:
        return float(hypergeom.pmf(hits, population, count, size)) / 2 if mid_p else 0.0

    def at_least(count: int) -> bool:
        return bool(hypergeom.sf(hits - 1, population, count, size) - half(count) > tail)

    def at_most_leaving(misses: int) -> bool:
        count = population - misses
        return bool(hypergeom.cdf(hits, population, count, size) - half(count) > tail)

    lowest = _first(hits, population - (size - hits), at_least)
    highest = population - _first(size - hits, population - hits, at_most_leaving)
    return Fraction(lowest, population), Fraction(highest, population)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number from low to high at which a monotone condition holds; high when none below does."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
