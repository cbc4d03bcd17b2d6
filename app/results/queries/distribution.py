"""The distribution of the satisfaction index: quantiles, and the number of people who are not satisfied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from app.results.queries.figures import Figure, figure_of
from app.results.queries.results import Results
from surveys.estimates import StratumCount, StratumValues, quantile, total

PARTS = (10, 25, 50)


@dataclass(frozen=True)
class Distribution:
    """Quantiles of the index, as (per cent of the people at or below it, value), and the total not satisfied."""

    quantiles: tuple[tuple[int, Figure], ...]
    unsatisfied: Figure


def distribution_of(results: Results) -> Distribution:
    """Estimated from the same tallies as the results; cost grows with strata times distinct values of the index."""
    values = [StratumValues(r.stratum, r.area, r.population, r.valid, r.indices) for r in results.strata]
    counts = [StratumCount(r.stratum, r.area, r.population, r.valid, r.valid - r.satisfied) for r in results.strata]
    return Distribution(
        tuple((part, figure_of(lambda part=part: quantile(values, Fraction(part, 100)))) for part in PARTS),  # type: ignore[misc]
        replace(figure_of(lambda: total(counts)), people=True),
    )
