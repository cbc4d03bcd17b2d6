"""How many people: a share of a known number of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from surveys.estimates.design_building import counts_as_sums, design
from surveys.estimates.figures import PLACES, Estimate, StratumCount
from surveys.estimates.share import share
from surveys.rounding import half_up


def total(
    counts: Sequence[StratumCount], *, confidence: float = 0.95, domain: int | None = None, mid_p: bool = False
) -> Estimate:
    """How many people of the population of these strata are a yes: N times their share, and N times its interval.

    N is known, so that nothing is added to the error of the share; value, limits and standard error are in people. In
    a part that cuts across the strata (StratumCount.base): with `domain`, that many times the share of the part;
    without, those who belong to it and say yes, counted among everyone (R `svytotal`; Särndal, Swensson & Wretman
    1992, 10.2).

    Raises as share().
    """
    if domain is None:
        counts = [replace(count, base=None) for count in counts]
    estimate = share(counts, confidence=confidence, domain=domain, mid_p=mid_p)
    exact = design(counts_as_sums(counts), low=0, high=1, confidence=confidence, domain=domain).value()
    people = estimate.population

    def of_people(part: float | None) -> float | None:
        return None if part is None else people * part

    return replace(
        estimate,
        value=half_up(exact * people, PLACES),
        low=of_people(estimate.low),
        high=of_people(estimate.high),
        standard_error=of_people(estimate.standard_error),
        t_low=of_people(estimate.t_low),
        t_high=of_people(estimate.t_high),
    )
