"""A quantile of the index: the value that a given part of the population does not exceed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sampling.text import NOTHING_SAID, Text
from surveys.estimates.design_building import counts_as_sums, design
from surveys.estimates.estimator import Limits
from surveys.estimates.figures import (
    INDEX_SCALE,
    PLACES,
    TOO_FEW_FOR_INTERVAL,
    Estimate,
    EstimateInputError,
    StratumCount,
    StratumValues,
)
from surveys.estimates.share import share
from surveys.rounding import half_up


def quantile(
    strata: Sequence[StratumValues],
    part: Fraction,
    *,
    low: int = 0,
    high: int = 100,
    confidence: float = 0.95,
    domain: int | None = None,
) -> Estimate:
    """The smallest value that at least `part` of the population does not exceed, in points from `low` to `high`.

    The estimate is the smallest value given whose estimated share of people at or below it reaches `part`: the inverse
    of the distribution function, no interpolation (R `svyquantile(qrule = "math")`). Interval: the values at which a
    test by the exact limits of that share does not reject, so that it keeps the coverage of share() (Francisco &
    Fuller 1991); where the answers do not reach far enough it ends at the end of the scale. `t_low` and `t_high` are
    Woodruff's (1952) from Student's interval of the share (R `svyquantile(interval.type = "mean")`): the share is that
    at the estimate, which lies above `part` where many give the same value, and a limit of the share outside 0-1 gives
    none. `standard_error` is None: a quantile of values that many people share has no usable one.

    Raises NoFigure without respondents, EstimateInputError for impossible counts, values off the scale and a `part` not
    between 0 and 1.
    """
    if not 0 < part < 1:
        raise EstimateInputError(f"a quantile lies between 0 and 1, not at {part}")
    ends = low * INDEX_SCALE, high * INDEX_SCALE
    values = _checked(strata, ends)
    up_to = {edge: _at_or_below(strata, edge) for edge in sorted({*values, *ends})}
    shares = {edge: share(counts, confidence=confidence, domain=domain) for edge, counts in up_to.items()}
    exact = {
        edge: design(counts_as_sums(up_to[edge]), low=0, high=1, confidence=confidence, domain=domain)
        for edge in values
    }
    reached = {edge: plan.value() for edge, plan in exact.items()}
    value = _inverse(reached, part)
    share_at_value = shares[value]
    students = _limits_of_woodruff(share_at_value, reached)
    limits = _inverted(shares, value, part)
    return Estimate(
        value=half_up(Fraction(value, INDEX_SCALE), PLACES),
        low=limits[0],
        high=limits[1],
        n=share_at_value.n,
        population=share_at_value.population,
        method="full-coverage" if exact[value].complete else "inverted-share-limits",
        how=exact[value].weighting + _how(share_at_value, confidence),
        standard_error=None,
        degrees_of_freedom=share_at_value.degrees_of_freedom,
        notes=share_at_value.notes,
        confidence=confidence,
        t_low=students[0],
        t_high=students[1],
    )


def _how(share_estimate: Estimate, confidence: float) -> Text:
    if share_estimate.method == "full-coverage":
        return NOTHING_SAID
    if share_estimate.low is None:
        return TOO_FEW_FOR_INTERVAL
    level = f"{confidence * 100:g}%"
    return Text(f"{level} 区间由占比的精确区间反推。", f"{level} interval: read back from the exact limits of shares.")


def _at_or_below(strata: Sequence[StratumValues], edge: int) -> list[StratumCount]:
    return [
        StratumCount(
            s.stratum,
            s.area,
            s.population,
            s.answered,
            sum(count for value, count in s.values.items() if value <= edge),
            sum(s.values.values()),
        )
        for s in strata
    ]


def _inverse(reached: Mapping[int, Fraction], part: Fraction) -> int:
    """The smallest value given at which the estimated share of people at or below it reaches `part`."""
    return next(value for value, up_to in reached.items() if up_to >= part)


def _limits_of_woodruff(share_estimate: Estimate, reached: Mapping[int, Fraction]) -> Limits:
    low, high = (
        None if limit is None or not 0 <= limit <= 1 else _inverse(reached, Fraction(limit)) / INDEX_SCALE
        for limit in (share_estimate.t_low, share_estimate.t_high)
    )
    return low, high


def _inverted(shares: Mapping[int, Estimate], value: int, part: Fraction) -> Limits:
    """From the lowest value whose share may reach `part` to the lowest whose share surely does, by the exact limits."""
    if shares[value].method == "full-coverage":
        return value / INDEX_SCALE, value / INDEX_SCALE
    if shares[value].low is None:
        return None, None
    target = float(part)
    low = next(edge for edge, s in shares.items() if s.high is not None and s.high >= target)
    high = next((edge for edge, s in shares.items() if s.low is not None and s.low >= target), max(shares))
    return min(low, value) / INDEX_SCALE, max(high, value) / INDEX_SCALE


def _checked(strata: Sequence[StratumValues], ends: tuple[int, int]) -> list[int]:
    """The values given, in order; raises EstimateInputError for impossible ones."""
    for s in strata:
        if any(type(number) is not int for pair in s.values.items() for number in pair):
            raise EstimateInputError(f"stratum {s.stratum}: whole numbers are needed")
        if any(count < 0 for count in s.values.values()):
            raise EstimateInputError(f"stratum {s.stratum}: a value was given fewer than 0 times")
        if any(not ends[0] <= value <= ends[1] for value in s.values):
            raise EstimateInputError(f"stratum {s.stratum}: a value is off the scale")
    return sorted({value for s in strata for value, count in s.values.items() if count})
