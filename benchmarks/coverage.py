"""Coverage of 95 % confidence intervals for N 150-5,000, n 100-130 and shares of 0.85-1, as evaluations have them.

Simple random samples are enumerated exactly: every possible number of yes answers with its hypergeometric probability.
Strata and means are simulated with a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
from scipy.stats import hypergeom, norm

from surveys.estimates import INDEX_SCALE, Estimate, StratumCount, StratumSums, mean, share

POPULATIONS = (150, 300, 600, 1_300, 5_000)
SIZES = (100, 115, 130)
SAMPLES = 1_500
Limits = tuple[float, float]
Z = float(norm.ppf(0.975))
STRATA = ((400, 0.98), (310, 0.93), (260, 0.99), (180, 0.88), (90, 1.0), (60, 0.8))


@cache
def exact(population: int, n: int, yes: int) -> Limits:
    """The exact hypergeometric limits that results are published with."""
    return _limits(share([StratumCount("s", "a", population, n, yes)]))


@cache
def mid_p(population: int, n: int, yes: int) -> Limits:
    """The mid-P limits, the shorter ones that can be chosen."""
    return _limits(share([StratumCount("s", "a", population, n, yes)], mid_p=True))


def wald(population: int, n: int, yes: int) -> Limits:
    """The Wald interval: p ± 1.96 standard errors, with finite-population correction."""
    p = yes / n
    reach = Z * math.sqrt((1 - n / population) * p * (1 - p) / (n - 1))
    return p - reach, p + reach


def wilson(population: int, n: int, yes: int) -> Limits:
    """Wilson's score interval with the effective sample size (n - 1) / (1 - f)."""
    p, size = yes / n, (n - 1) / (1 - n / population)
    centre = (p + Z * Z / (2 * size)) / (1 + Z * Z / size)
    reach = Z / (1 + Z * Z / size) * math.sqrt(p * (1 - p) / size + Z * Z / (4 * size * size))
    return centre - reach, centre + reach


METHODS: dict[str, Callable[[int, int, int], Limits]] = {
    "Wald": wald,
    "Wilson, effective n": wilson,
    "hypergeometric mid-P": mid_p,
    "hypergeometric exact": exact,
}


def _limits(estimate: Estimate) -> Limits:
    if estimate.low is None or estimate.high is None:
        raise AssertionError("an interval is missing")
    return estimate.low, estimate.high


def enumerated() -> None:
    """Coverage and width of each method for every share in the region, over every sample."""
    cells = {name: [] for name in METHODS}  # type: dict[str, list[Limits]]
    for population in POPULATIONS:
        for n in SIZES:
            lowest = math.ceil(0.85 * population)
            step = max(1, (population - lowest) // 60)
            for people in {*range(lowest, population, step), population}:
                yes = np.arange(max(0, n - (population - people)), min(n, people) + 1)
                chances = hypergeom.pmf(yes, population, people, n)
                likely = [(int(y), float(c)) for y, c in zip(yes, chances, strict=True) if c > 1e-12]
                for name, method in METHODS.items():
                    cells[name].append(_cell(population, n, people, likely, method))
    print("one share, simple random sample, enumerated: N 150-5,000, n 100-130, p 0.85-1")
    for name, results in cells.items():
        covered = np.array([cover for cover, _ in results])
        print(
            f"  {name:22} mean {covered.mean():.3f}, worst {covered.min():.3f}, cells below 0.93:"
            f" {(covered < 0.93).mean():.1%}, mean width {np.mean([width for _, width in results]):.3f}"
        )


def _cell(
    population: int, n: int, people: int, likely: Iterable[tuple[int, float]], method: Callable[[int, int, int], Limits]
) -> Limits:
    """(coverage, mean width) when `people` of the population would say yes."""
    truth, cover, width = people / population, 0.0, 0.0
    for yes, chance in likely:
        low, high = method(population, n, yes)
        cover += chance * (low - 1e-12 <= truth <= high + 1e-12)
        width += chance * (high - low)
    return cover, width


def stratified(dice: np.random.Generator) -> None:
    """Coverage for six strata of 60 to 400 people with shares of 0.8 to 1, 124 drawn in proportion."""
    sizes = np.array([people for people, _ in STRATA])
    yes = np.array([round(people * p) for people, p in STRATA])
    drawn = np.maximum(2, np.round(124 * sizes / sizes.sum()).astype(int))
    truth = yes.sum() / sizes.sum()
    covered = dict.fromkeys(("Wald", "mid-P", "exact"), 0)
    for _ in range(SAMPLES):
        hits = dice.hypergeometric(yes, sizes - yes, drawn)
        counts = [StratumCount(str(h), "a", int(sizes[h]), int(drawn[h]), int(hits[h])) for h in range(len(sizes))]
        exact_estimate = share(counts)
        reach = Z * (exact_estimate.standard_error or 0.0)
        covered["Wald"] += abs(float(exact_estimate.value) - truth) <= reach
        covered["exact"] += _holds(_limits(exact_estimate), truth)
        covered["mid-P"] += _holds(_limits(share(counts, mid_p=True)), truth)
    print(f"one share, {len(sizes)} strata, {SAMPLES:,} samples of {drawn.sum()}: " + _coverage_text(covered))


def means(dice: np.random.Generator) -> None:
    """Coverage for a satisfaction index: most answers at the top, some at 80 to 95, and a few very low."""
    print(f"mean of the index, simple random sample, {SAMPLES:,} samples each")
    for name, lows in (("2 % below 40", 0.02), ("0.5 % below 40", 0.005), ("nobody below 60", 0.0)):
        for population, n in ((300, 100), (1_300, 124)):
            unhappy = round(population * lows)
            some = dice.uniform(60, 97, population * 3 // 10)
            top = np.full(population - unhappy - len(some), 100.0)
            values = np.concatenate([dice.uniform(0, 40, unhappy), some, top])
            scaled = np.round(values * INDEX_SCALE).astype(np.int64)
            truth = scaled.mean() / INDEX_SCALE
            covered = dict.fromkeys(("t", "Clopper-Pearson"), 0)
            for _ in range(SAMPLES):
                values_drawn = dice.choice(scaled, n, replace=False)
                estimate = mean(
                    [StratumSums("s", "a", population, n, int(values_drawn.sum()), int((values_drawn**2).sum()))]
                )
                covered["Clopper-Pearson"] += _holds(_limits(estimate), truth)
                if estimate.t_low is not None and estimate.t_high is not None:
                    covered["t"] += _holds((estimate.t_low, estimate.t_high), truth)
            print(f"  {name}, N = {population:,}, n = {n}: " + _coverage_text(covered))


def _holds(limits: Limits, truth: float) -> bool:
    return limits[0] - 1e-12 <= truth <= limits[1] + 1e-12


def _coverage_text(covered: dict[str, int]) -> str:
    return ", ".join(f"{name} {count / SAMPLES:.3f}" for name, count in covered.items())


def main() -> None:
    """Print the actual coverage of nominal 95 % intervals."""
    enumerated()
    dice = np.random.default_rng(20231117)
    stratified(dice)
    means(dice)
