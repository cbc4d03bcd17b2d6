"""The mean of a bounded scale, with an interval that stays inside it.

Interval: Clopper-Pearson on the scale moved to 0-1, with the effective sample size (design variance against the
variance of a single yes or no). Where nearly everyone is satisfied a t interval covers 0.88-0.93; this one 0.945-0.953
(our simulation). With a few very low scores no method covers (0.90-0.93), and the figure says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sampling.text import NOTHING_SAID, Text
from surveys.estimates.design_building import design
from surveys.estimates.estimator import Limits, MeanEstimator, square_root, student_interval
from surveys.estimates.figures import INDEX_SCALE, PLACES, TOO_FEW_FOR_INTERVAL, Estimate, StratumSums
from surveys.rounding import half_up


def mean(
    sums: Sequence[StratumSums], *, low: int = 0, high: int = 100, confidence: float = 0.95, domain: int | None = None
) -> Estimate:
    """The mean over the population of these strata, in points from `low` to `high`, with its interval.

    With `domain`, the mean over a part of that many people that cuts across the strata (StratumSums.base).

    Raises NoFigure without respondents and EstimateInputError for impossible sums. When all answers are equal the
    interval is still not a point, unless everyone answered.
    """
    sample_design = design(sums, low=low * INDEX_SCALE, high=high * INDEX_SCALE, confidence=confidence, domain=domain)
    return mean_of(sample_design, low=low, high=high, confidence=confidence)


def mean_of(estimator: MeanEstimator, *, low: int, high: int, confidence: float) -> Estimate:
    """The mean, in points, from a Design or from answers weighted to known numbers; interval as in mean()."""
    scaled = estimator.value()
    value = scaled / INDEX_SCALE
    variance = estimator.variance(scaled)
    points_squared = None if variance is None else variance / INDEX_SCALE**2
    standard_error = square_root(points_squared)
    limits = _interval(estimator, value, points_squared, low, high, confidence)
    students = student_interval(estimator, float(value), standard_error, confidence)
    return Estimate(
        value=half_up(value, PLACES),
        low=limits[0],
        high=limits[1],
        n=estimator.n,
        population=estimator.population,
        method="full-coverage" if estimator.complete else "effective-size-clopper-pearson",
        how=estimator.weighting + _how(estimator, limits, confidence),
        standard_error=standard_error,
        degrees_of_freedom=estimator.degrees_of_freedom,
        notes=estimator.notes,
        confidence=confidence,
        t_low=students[0],
        t_high=students[1],
        effective=None
        if estimator.complete or points_squared is None
        else effective_size(estimator, (value - low) / (high - low), points_squared / (high - low) ** 2),
    )


def _how(estimator: MeanEstimator, limits: Limits, confidence: float) -> Text:
    if estimator.complete:
        return NOTHING_SAID
    if limits[0] is None:
        return TOO_FEW_FOR_INTERVAL
    level = f"{confidence * 100:g}%"
    return Text(
        f"{level} 区间按等效样本量取 Clopper-Pearson；没有抽到的极少数低分，任何区间都看不到。",
        f"{level} interval by Clopper-Pearson on the effective sample size; very few low scores that were not drawn "
        "cannot be seen by any interval.",
    )


def _interval(
    estimator: MeanEstimator, value: Fraction, variance: Fraction | None, low: int, high: int, confidence: float
) -> Limits:
    if estimator.complete:
        return float(value), float(value)
    if variance is None:
        return None, None
    share = (value - low) / (high - low)
    size = effective_size(estimator, share, variance / (high - low) ** 2)
    below, above = clopper_pearson(float(share), size, (1 - confidence) / 2)
    return low + (high - low) * below, low + (high - low) * above


def effective_size(estimator: MeanEstimator, share: Fraction, variance: Fraction) -> float:
    """The effective sample size: yes-or-no answers of equal variance, p(1-p)/v on the 0-1 scale.

    n0 where all answers agree (v = 0), since the formula would give infinity.
    """
    return float(estimator.equal_variance_size() if variance == 0 else share * (1 - share) / variance)


def clopper_pearson(share: float, size: float, tail: float) -> tuple[float, float]:
    """Beta limits of a share for a sample size that need not be whole (Korn & Graubard 1998)."""
    from scipy.special import betaincinv

    hits = share * size
    below = 0.0 if share <= 0 else float(betaincinv(hits, size - hits + 1, tail))
    above = 1.0 if share >= 1 else float(betaincinv(hits + 1, size - hits, 1 - tail))
    return below, above
