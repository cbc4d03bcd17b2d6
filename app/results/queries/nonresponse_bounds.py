"""Worst and best case of the figures if nonrespondents had answered, and how few flipped answers cost points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from app.results.queries.results import Results
from app.results.queries.strata import StratumRow
from surveys.estimates import (
    INDEX_SCALE,
    Bounds,
    Flips,
    StratumCount,
    StratumSums,
    after_flips,
    flips_below,
    mean_bounds,
    share_bounds,
)
from surveys.indicators import bands

TOP = 100
NEAREST = 2


@dataclass(frozen=True)
class NonresponseBounds:
    """The bounds of one figure among the people drawn: per cent, or points for a mean."""

    name: str
    bounds: Bounds


def nonresponse_bounds_of(results: Results) -> tuple[NonresponseBounds, ...]:
    """The bounds of the headline figures; empty while there is no valid response.

    They concern the people drawn only: the interval covers those not drawn, the bounds those drawn without response.
    """
    rows = results.strata
    if not results.valid:
        return ()
    drawn = sum(row.drawn for row in rows)
    satisfied = _counts(rows, lambda row: row.valid, lambda row: row.satisfied)
    aware = _counts(rows, lambda row: row.awareness_n, lambda row: row.aware)
    return (
        NonresponseBounds("satisfaction.mean", mean_bounds(_sums(rows), drawn)),
        NonresponseBounds("satisfaction.share", share_bounds(satisfied, drawn)),
        NonresponseBounds("awareness.rate", share_bounds(aware, drawn)),
    )


def _sums(rows: Sequence[StratumRow]) -> list[StratumSums]:
    return [StratumSums(r.stratum, r.area, r.population, r.valid, r.index_total, r.index_squares) for r in rows]


def _counts(
    rows: Sequence[StratumRow], base: Callable[[StratumRow], int], yes: Callable[[StratumRow], int]
) -> list[StratumCount]:
    return [StratumCount(r.stratum, r.area, r.population, base(r), yes(r)) for r in rows]


def value_after_flips(results: Results, statistic: str, people: int) -> Decimal | None:
    """A statistic (surveys.scoring.STATISTICS) if that many of the most satisfied, or most aware, were the opposite.

    Those with the largest weights are flipped first; None when there are not that many.
    """
    rows = results.strata
    if statistic == "satisfaction.mean":
        return after_flips(_sums(rows), people)
    base, yes = COUNTED[statistic]
    whole = TOP * INDEX_SCALE
    return after_flips(
        [StratumSums(r.stratum, r.area, r.population, base(r), yes(r) * whole, yes(r) * whole * whole) for r in rows],
        people,
    )


COUNTED: dict[str, tuple[Callable[[StratumRow], int], Callable[[StratumRow], int]]] = {
    "satisfaction.share": (lambda row: row.valid, lambda row: row.satisfied),
    "satisfaction.at_least_95": (lambda row: row.valid, lambda row: row.bands[0].count),
    "awareness.rate": (lambda row: row.awareness_n, lambda row: row.aware),
}


def flips_below_bands(results: Results) -> tuple[Flips, ...]:
    """The fewest people who, flipped, bring the mean below each of the two nearest lower edges of a band."""
    if results.satisfaction.value is None:
        return ()
    edges = sorted((band.low for band in bands() if band.low > 0), reverse=True)
    flips_at = (flips_below(_sums(results.strata), edge) for edge in edges)
    return tuple(islice((flips for flips in flips_at if flips is not None), NEAREST))


def fewest(holds: Callable[[int], bool], most: int) -> int | None:
    """The smallest number from 1 to most at which a monotone condition holds; None when it never does."""
    if most < 1 or not holds(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
