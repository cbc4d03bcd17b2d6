"""What the people who were not heard could change, and how few answers stand between a figure and a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from surveys.estimates.design import check, counts_as_sums, design
from surveys.estimates.figures import INDEX_SCALE, EstimateInputError, StratumCount, StratumSums
from surveys.rounding import half_up


@dataclass(frozen=True)
class Bounds:
    """The figure if everyone not heard were at the bottom, or at the top, of the scale (Manski 1989)."""

    worst: Decimal
    best: Decimal
    heard: int
    population: int

    @property
    def missing(self) -> int:
        """People of whom nothing is known."""
        return self.population - self.heard


def share_bounds(counts: Sequence[StratumCount], asked: int | None = None) -> Bounds:
    """Bounds of a share, in per cent: yes / N to (yes + missing) / N.

    `asked` bounds the figure among those drawn instead of the whole population; for a part that cuts across the strata
    (`base`) it is needed, because the strata do not tell how many people the part has. Raises EstimateInputError for
    fewer people than answers, for impossible counts, and for a part of unknown size.
    """
    return _bounds(counts_as_sums(counts), 1, asked)


def mean_bounds(sums: Sequence[StratumSums], asked: int | None = None) -> Bounds:
    """Bounds of a mean on a scale of 0 to 100, in points; `asked` and errors as in share_bounds()."""
    return _bounds(sums, 100 * INDEX_SCALE, asked)


def _bounds(sums: Sequence[StratumSums], top: int, asked: int | None) -> Bounds:
    """Bounds in hundredths of the scale from 0 to `top` (scaled)."""
    check(sums, 0, top)
    if asked is None and any(s.base is not None for s in sums):
        raise EstimateInputError("of a part of the strata it must be said how many people it has")
    heard = sum(s.answered if s.base is None else s.base for s in sums)
    people = sum(s.population for s in sums) if asked is None else asked
    if people < max(heard, 1):
        raise EstimateInputError(f"{heard} answers of {people} people")
    total = Fraction(100 * sum(s.total for s in sums), top)
    worst, best = total / people, (total + 100 * (people - heard)) / people
    return Bounds(half_up(worst, 2), half_up(best, 2), heard, people)


@dataclass(frozen=True)
class Flips:
    """How few answers, turned from best to worst, bring a figure below a line, and the figure then."""

    line: Decimal
    people: int
    value: Decimal


def flips_below(sums: Sequence[StratumSums], line: Decimal, top: int = 100) -> Flips | None:
    """The fewest people at `top` (points) who, at 0 instead, would bring the published mean below `line`.

    The figure is published with two decimals, so it is the rounded figure that falls. Answers of the strata that weigh
    most are turned first, which makes it a least number. At least that many top answers are assumed to exist in those
    strata (a sum tells no more); None when the figure is below the line already or no number of people suffices.
    Raises NoFigure without answers.
    """
    plan = design(sums, low=0, high=top * INDEX_SCALE, confidence=0.95)
    value = plan.value() / INDEX_SCALE
    if half_up(value, 2) < line:
        return None
    people = 0
    for cell in sorted(plan.cells, key=lambda c: c.people / c.answered, reverse=True):
        step = top * cell.people / cell.answered / plan.weight
        room = cell.total // (top * INDEX_SCALE)
        needed = _needed(value, step, Fraction(line))
        if needed <= room:
            return Flips(line, people + needed, half_up(value - needed * step, 2))
        people, value = people + room, value - room * step
    return None


def _needed(value: Fraction, step: Fraction, line: Fraction) -> int:
    """The fewest steps down after which the value, rounded half-up to two places, is below the line."""
    # The lowest published figure that reaches the line, and the values that are rounded to it.
    edge = Fraction(math.ceil(line * 100), 100) - Fraction(1, 200)
    return max(math.floor((value - edge) / step) + 1, 0)


def after_flips(sums: Sequence[StratumSums], people: int, top: int = 100) -> Decimal | None:
    """The published mean (two decimals) if that many people at `top` were at 0 instead, those that weigh most first.

    None when there are not that many top answers to turn. Raises NoFigure without answers.
    """
    plan = design(sums, low=0, high=top * INDEX_SCALE, confidence=0.95)
    value = plan.value() / INDEX_SCALE
    for cell in sorted(plan.cells, key=lambda c: c.people / c.answered, reverse=True):
        turned = min(people, cell.total // (top * INDEX_SCALE))
        value -= turned * top * cell.people / cell.answered / plan.weight
        people -= turned
    return None if people else half_up(value, 2)
