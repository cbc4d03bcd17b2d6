"""The stratified design: its weights, the estimate of a mean and the variance of it.

Estimator Σ N_h ȳ_h / N: people not reached are taken to be like those of their stratum who answered (weighting
classes). Variance by Taylor linearisation with the finite-population correction of each stratum (Särndal, Swensson &
Wretman 1992, 5.7; Cochran 1977, 5.9). Three things that surveys.estimates.design_building does are declared in the
notes:

- a stratum in which nobody answered: its people are counted at the average of the rest of its area; where a whole area
  has no answers, at the average of the other areas;
- a stratum with one answer of several people has no variance of its own: for the variance alone it is collapsed with
  the nearest stratum of its area in the order of the codes (Cochran 1977, 5A.12); the estimate keeps its weight;
- where there is no such neighbour there is no variance, and so no interval.

A domain that cuts across strata keeps the whole design: its mean is the ratio of two estimated sums, its variance that
of the linearised variable d (y - R) over all answers, also those outside (Särndal, Swensson & Wretman 1992, 10.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sampling.text import Text


@dataclass(frozen=True)
class DesignStratum:
    """A stratum with answers: the people they represent, the answers, those in the domain, and their sums (scaled)."""

    stratum: str
    area: str
    people: Fraction
    answered: int
    base: int
    total: int
    squares: int

    @property
    def complete(self) -> bool:
        """Whether everyone the answers represent has answered."""
        return self.answered == self.people


Group = tuple[DesignStratum, ...]
"""Strata whose variance is estimated together; a single one unless strata were collapsed."""

Residuals = Callable[[DesignStratum], tuple[Fraction, Fraction]]
"""A function from a stratum to Σ z and Σ z² of its answers; z is the linearised value, 0 outside the domain."""


@dataclass(frozen=True)
class StratumWeight:
    """How many people one answer of a stratum represents, and the people of the group its variance is estimated in.

    A group is named by its first stratum; it has several where a stratum with one answer was collapsed with another.
    """

    stratum: str
    weight: Fraction
    group: str
    people: Fraction


@dataclass(frozen=True)
class Design:
    """Strata ready for estimation. Sums are in scaled units; all arithmetic is exact (fractions).

    `population` is the number of people the figure is about, `everyone` that of all strata; they differ for a domain.
    `scale` holds the lowest and the highest possible value (scaled); None for a value without bounds.
    """

    groups: tuple[Group, ...]
    population: int
    everyone: int
    notes: tuple[Text, ...]
    scale: tuple[int, int] | None

    @property
    def cells(self) -> Group:
        """Every stratum with answers."""
        return tuple(cell for group in self.groups for cell in group)

    @property
    def n(self) -> int:
        """Answers in the domain."""
        return sum(cell.base for cell in self.cells)

    @property
    def total(self) -> int:
        """The sum of the answers in the domain."""
        return sum(cell.total for cell in self.cells)

    @property
    def complete(self) -> bool:
        """Whether everyone the figure is about answered, so that nothing is estimated."""
        return self.n == self.population or sum(cell.answered for cell in self.cells) == self.everyone

    @property
    def degrees_of_freedom(self) -> int:
        """Answers minus strata, of those in the domain (R `degf` of the subset)."""
        return self.n - sum(any(cell.base for cell in group) for group in self.groups)

    @property
    def weight(self) -> Fraction:
        """How many people the answers represent: the population, or the estimated size of the domain."""
        return sum((c.people * c.base / c.answered for c in self.cells), Fraction(0))

    @property
    def weighting(self) -> Text:
        """The sentence that says how the value was weighted."""
        if self.complete:
            return Text(
                f"{self.population} 人全部作答，没有抽样误差。",
                f"All {self.population} people answered: no sampling error.",
            )
        stratified = len(self.cells) > 1
        by = Text("分层加权", "Weighted by strata") if stratified else Text("简单随机样本", "Simple random sample")
        return by + standing_for(self.n, self.population)

    def value(self) -> Fraction:
        """Σ N_h ȳ_h / N, scaled; in a domain of known size within the bounds left by people without an answer."""
        value = sum((c.people * c.total / c.answered for c in self.cells), Fraction(0)) / self.weight
        if self.scale is None:
            return value
        answered_total, missing = sum(c.total for c in self.cells), self.population - self.n
        worst, best = (Fraction(answered_total + edge * missing, self.population) for edge in self.scale)
        return max(worst, min(value, best))

    def stratum_weights(self) -> tuple[StratumWeight, ...]:
        """The weight of an answer in every stratum with answers, and the group its variance is estimated in."""
        return tuple(
            StratumWeight(
                stratum=cell.stratum,
                weight=cell.people / cell.answered,
                group=group[0].stratum,
                people=sum((member.people for member in group), Fraction(0)),
            )
            for group in self.groups
            for cell in group
        )

    def variance(self, value: Fraction) -> Fraction | None:
        """The linearised variance of the value, in squared scaled units; None when it cannot be estimated."""
        if self.complete:
            return Fraction(0)
        if self.n < 2:
            return None
        total = self.variance_of_sum(residuals_around(value))
        return None if total is None else total / self.weight**2

    def variance_of_sum(self, residuals: Residuals) -> Fraction | None:
        """The variance of Σ w z over the answers, z linearised values; None when it cannot be estimated."""
        total = Fraction(0)
        for group in self.groups:
            answered, people = sum(c.answered for c in group), sum((c.people for c in group), Fraction(0))
            if answered == people:
                continue  # a certainty stratum adds nothing
            if answered == 1:
                return None
            sums, squares = weighted_residual_sums(group, residuals)
            total += (1 - answered / people) * Fraction(answered, answered - 1) * (squares - sums**2 / answered)
        return total

    def equal_variance_size(self) -> Fraction:
        """n0: the size of the simple random sample with replacement of equal variance if all strata have the same.

        1/n0 = n/(n-1) · Σ w²(1-f_h) / (Σ w)² over the answering units, where (Σ w) = N. For a simple random sample
        (n-1)/(1-f); so also for a domain that has answers in complete strata only and yet more people than answers.
        Only for a design that is not complete and has two answers or more.
        """
        excess = sum(
            (c.base * (c.people / c.answered) ** 2 * (1 - c.answered / c.people) for c in self.cells), Fraction(0)
        )
        if excess == 0:
            return (self.n - 1) / (1 - Fraction(self.n, self.population))
        return self.weight**2 / (Fraction(self.n, self.n - 1) * excess)


def standing_for(answers: int, people: int) -> Text:
    """How many people the answers represent, as the middle of a sentence."""
    return Text(f"，{answers} 人代表 {people} 人；", f", {answers} answers stand for {people} people; ")


def residuals_around(centre: Fraction) -> Residuals:
    """The function from a stratum to Σ (y - centre) and Σ (y - centre)²; `centre` is scaled."""
    return lambda c: (c.total - c.base * centre, c.squares - 2 * centre * c.total + c.base * centre**2)


def weighted_residual_sums(group: Group, residuals: Residuals) -> tuple[Fraction, Fraction]:
    """Σ w z and Σ w² z² over the answers of a group."""
    sums = squares = Fraction(0)
    for cell in group:
        weight = cell.people / cell.answered
        first, second = residuals(cell)
        sums += weight * first
        squares += weight**2 * second
    return sums, squares
