"""Nonresponse bounds of a figure (worst and best case), and how few answers keep a figure above a threshold.

Source of the bounds: C. F. Manski, Anatomy of the selection problem, Journal of Human Resources 24 (1989).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from surveys.estimates.design_building import check_strata, counts_as_sums, design
from surveys.estimates.figures import INDEX_SCALE, EstimateInputError, StratumCount, StratumSums
from surveys.rounding import half_up


@dataclass(frozen=True)
class Bounds:
    """The figure if everyone without an answer were at the bottom, or at the top, of the scale; in hundredths of it.

    `heard` is the number of answers of the `population`.
    """

    worst: Decimal
    best: Decimal
    heard: int
    population: int

    @property
    def missing(self) -> int:
        """The number of people without an answer."""
        return self.population - self.heard


def share_bounds(counts: Sequence[StratumCount], sampled: int | None = None) -> Bounds:
    """Bounds of a share, in per cent: yes / N to (yes + missing) / N.

    `sampled` bounds the figure among those drawn instead of the whole population; for a part that cuts across the
    strata (`base`) it is needed, because the strata do not tell how many people the part has. Raises EstimateInputError
    for fewer people than answers, for impossible counts, and for a part of unknown size.
    """
    return _bounds(counts_as_sums(counts), 1, sampled)


def mean_bounds(sums: Sequence[StratumSums], sampled: int | None = None) -> Bounds:
    """Bounds of a mean on a scale of 0 to 100, in points; `sampled` and errors as in share_bounds()."""
    return _bounds(sums, 100 * INDEX_SCALE, sampled)


def _bounds(sums: Sequence[StratumSums], top: int, sampled: int | None) -> Bounds:
    """Bounds in hundredths of the scale from 0 to `top` (scaled)."""
    check_strata(sums, 0, top)
    if sampled is None and any(s.base is not None for s in sums):
        raise EstimateInputError("of a part of the strata it must be said how many people it has")
    answered = sum(s.in_domain for s in sums)
    people = sum(s.population for s in sums) if sampled is None else sampled
    if people < max(answered, 1):
        raise EstimateInputError(f"{answered} answers of {people} people")
    total = Fraction(100 * sum(s.total for s in sums), top)
    worst, best = total / people, (total + 100 * (people - answered)) / people
    return Bounds(half_up(worst, 2), half_up(best, 2), answered, people)


@dataclass(frozen=True)
class Flips:
    """How few answers (`people`), changed from best to worst, bring a figure below `line`, and the figure then."""

    line: Decimal
    people: int
    value: Decimal


def flips_below(sums: Sequence[StratumSums], threshold: Decimal, top: int = 100) -> Flips | None:
    """The fewest people at `top` (points) who, at 0 instead, would bring the published mean below `threshold`.

    The figure is published with two decimals, so it is the rounded figure that falls. Answers of the strata that weigh
    most are changed first, which makes it the least number. At least that many top answers are assumed to exist in
    those strata (a sum tells no more); None when the figure is below the line already or no number of people suffices.
    Raises NoFigure without answers.
    """
    sample_design = design(sums, low=0, high=top * INDEX_SCALE, confidence=0.95)
    value = sample_design.value() / INDEX_SCALE
    if half_up(value, 2) < threshold:
        return None
    people = 0
    for cell in sorted(sample_design.cells, key=lambda c: c.people / c.answered, reverse=True):
        step = top * cell.people / cell.answered / sample_design.weight
        top_answers = cell.total // (top * INDEX_SCALE)
        needed = _needed(value, step, Fraction(threshold))
        if needed <= top_answers:
            return Flips(threshold, people + needed, half_up(value - needed * step, 2))
        people, value = people + top_answers, value - top_answers * step
    return None


def _needed(value: Fraction, step: Fraction, threshold: Fraction) -> int:
    """The fewest steps down after which the value, rounded half-up to two places, is below the threshold."""
    # The lowest published figure that reaches the threshold, and the values that are rounded to it.
    edge = Fraction(math.ceil(threshold * 100), 100) - Fraction(1, 200)
    return max(math.floor((value - edge) / step) + 1, 0)


def after_flips(sums: Sequence[StratumSums], people: int, top: int = 100) -> Decimal | None:
    """The published mean (two decimals) if that many people at `top` were at 0 instead, those that weigh most first.

    None when there are not that many top answers to change. Raises NoFigure without answers.
    """
    sample_design = design(sums, low=0, high=top * INDEX_SCALE, confidence=0.95)
    value = sample_design.value() / INDEX_SCALE
    for cell in sorted(sample_design.cells, key=lambda c: c.people / c.answered, reverse=True):
        flipped = min(people, cell.total // (top * INDEX_SCALE))
        value -= flipped * top * cell.people / cell.answered / sample_design.weight
        people -= flipped
    return None if people else half_up(value, 2)
