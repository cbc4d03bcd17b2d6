"""The ratio of two sums, both estimated: contacts per person served, hours per visit."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sampling.text import NOTHING_SAID, Text
from surveys.estimates.design import Design, DesignStratum
from surveys.estimates.design_building import design
from surveys.estimates.estimator import square_root, student_interval
from surveys.estimates.figures import (
    PLACES,
    TOO_FEW_FOR_INTERVAL,
    Estimate,
    EstimateInputError,
    NoFigure,
    StratumPairs,
    StratumSums,
)
from surveys.rounding import half_up


def ratio(strata: Sequence[StratumPairs], *, confidence: float = 0.95) -> Estimate:
    """The sum of y over the population divided by that of x, in units of y for one of x as they were given.

    Variance: that of the linearised variable (y - R x) / X, exact where the sample is large for its strata (Särndal,
    Swensson & Wretman 1992, 5.6; Cochran 1977, 6.11, the combined ratio; R `svyratio`). Interval: Student's. It has no
    bounds to stay within, and is too short where few answers carry most of the sums.

    Raises NoFigure without respondents or when x sums to nothing, EstimateInputError for sums that no pairs have.
    """
    for stratum in strata:
        _check(stratum)
    above = _design(strata, [(s.y, s.y_squares) for s in strata], confidence)
    below = _design(strata, [(s.x, s.x_squares) for s in strata], confidence)
    divisor = below.value()
    if divisor == 0:
        zero = Text("分母合计为 0，算不出比率。", "The denominator adds to 0: there is no ratio.")
        raise NoFigure("nothing-to-divide-by", zero)
    value = above.value() / divisor
    variance = _variance(below, value, divisor, {s.stratum: s for s in strata})
    error = square_root(variance)
    low, high = student_interval(below, float(value), error, confidence)
    return Estimate(
        value=half_up(value, PLACES),
        low=low,
        high=high,
        n=below.n,
        population=below.population,
        method="full-coverage" if below.complete else "linearised-ratio-t",
        how=below.weighting + _how(below, low, confidence),
        standard_error=error,
        degrees_of_freedom=below.degrees_of_freedom,
        notes=below.notes,
        confidence=confidence,
        t_low=low,
        t_high=high,
    )


def _how(sample_design: Design, low: float | None, confidence: float) -> Text:
    if sample_design.complete:
        return NOTHING_SAID
    if low is None:
        return TOO_FEW_FOR_INTERVAL
    level = f"{confidence * 100:g}%"
    return Text(f"{level} 区间按线性化方差取 t 区间。", f"{level} interval: Student's t with the linearised variance.")


def _variance(
    sample_design: Design, value: Fraction, divisor: Fraction, pairs: dict[str, StratumPairs]
) -> Fraction | None:
    def residuals(cell: DesignStratum) -> tuple[Fraction, Fraction]:
        s = pairs[cell.stratum]
        return s.y - value * s.x, s.y_squares - 2 * value * s.products + value**2 * s.x_squares

    if sample_design.complete:
        return Fraction(0)
    total = None if sample_design.n < 2 else sample_design.variance_of_sum(residuals)
    return None if total is None else total / (divisor * sample_design.weight) ** 2


def _design(strata: Sequence[StratumPairs], sums: Sequence[tuple[int, int]], confidence: float) -> Design:
    rows = [
        StratumSums(s.stratum, s.area, s.population, s.answered, total, squares, s.base)
        for s, (total, squares) in zip(strata, sums, strict=True)
    ]
    return design(rows, low=None, high=None, confidence=confidence)


def _check(s: StratumPairs) -> None:
    """Raise EstimateInputError for sums no pairs have, by the Cauchy-Schwarz inequality."""
    if type(s.products) is not int:
        raise EstimateInputError(f"stratum {s.stratum}: whole numbers are needed, not {s.products}")
    n = s.in_domain
    bound = (n * s.x_squares - s.x**2) * (n * s.y_squares - s.y**2)
    if (n * s.products - s.x * s.y) ** 2 > bound or (n == 0 and s.products):
        raise EstimateInputError(f"stratum {s.stratum}: the sum of products does not fit the sums")
