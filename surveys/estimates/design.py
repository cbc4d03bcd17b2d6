"""The stratified design: inputs checked, weights, variance, and strata with too few answers.

Estimator Σ N_h ȳ_h / N: people not reached are taken to be like those of their stratum who answered (weighting
classes). Variance by Taylor linearisation with the finite-population correction of each stratum (Särndal, Swensson &
Wretman 1992, 5.7; Cochran 1977, 5.9). Three things are declared in the notes:

- a stratum in which nobody answered: its people are counted at the average of the rest of its area; where a whole area
  is silent, at the average of the other areas;
- a stratum with one answer of several people has no variance of its own: for the variance alone it is joined with the
  nearest stratum of its area in the order of the codes (Cochran 1977, 5A.12); the estimate keeps its weight;
- where there is no such neighbour there is no variance, and so no interval.

A domain that cuts across strata keeps the whole design: its mean is the ratio of two estimated sums, its variance that
of the linearised variable d (y - R) over all answers, also those outside (Särndal, Swensson & Wretman 1992, 10.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from sampling.text import Text, joined
from surveys.estimates.figures import NO_RESPONDENTS, EstimateInputError, NoFigure, StratumCount, StratumSums

Limits = tuple[float | None, float | None]


@dataclass(frozen=True)
class DesignStratum:
    """A stratum with answers: people these speak for, the answers, those in the domain, and their sums (scaled)."""

    stratum: str
    area: str
    people: Fraction
    answered: int
    base: int
    total: int
    squares: int

    @property
    def complete(self) -> bool:
        """Whether everyone the answers speak for has answered."""
        return self.answered == self.people


Group = tuple[DesignStratum, ...]
"""Cells whose spread is measured together; nearly always a single one."""

Residuals = Callable[[DesignStratum], tuple[Fraction, Fraction]]
"""Of a stratum Σ z and Σ z² of its answers, z a linearised value, nothing outside the domain."""


@dataclass(frozen=True)
class StratumWeight:
    """How many people one answer of a stratum speaks for, and the people of the group its spread is measured in.

    A group is named by its first stratum; it has several where a lonely stratum was joined.
    """

    stratum: str
    weight: Fraction
    group: str
    people: Fraction


class MeanEstimator(Protocol):
    """What an estimate is made from: a Design, or answers weighted to known numbers (surveys.estimates.weighting)."""

    @property
    def population(self) -> int:
        """The people the figure speaks of."""

    @property
    def n(self) -> int:
        """Answers behind it."""

    @property
    def total(self) -> int:
        """The plain sum of these answers, scaled."""

    @property
    def complete(self) -> bool:
        """Whether nothing is estimated."""

    @property
    def degrees_of_freedom(self) -> int:
        """Of the variance."""

    @property
    def notes(self) -> tuple[Text, ...]:
        """What is to be said beside the figure."""

    @property
    def weighting(self) -> Text:
        """How the value was made."""

    def value(self) -> Fraction:
        """The mean, scaled."""

    def variance(self, value: Fraction) -> Fraction | None:
        """Its variance; None when it cannot be known."""

    def equal_variance_size(self) -> Fraction:
        """n0, the sample with replacement that is as exact if all strata were alike."""


@dataclass(frozen=True)
class Design:
    """Strata ready for estimation. Sums are in scaled units; all arithmetic is exact.

    `population` are the people the figure speaks of, `everyone` those of all strata; they differ for a domain. `scale`
    are the lowest and the highest value there can be; None for a value without bounds.
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
        """Whether everyone the figure speaks of answered, so that nothing is estimated."""
        return self.n == self.population or sum(cell.answered for cell in self.cells) == self.everyone

    @property
    def degrees_of_freedom(self) -> int:
        """Answers minus strata, of those in the domain (R `degf` of the subset)."""
        return self.n - sum(any(cell.base for cell in group) for group in self.groups)

    @property
    def weight(self) -> Fraction:
        """How many people the answers speak for: the population, or the estimated size of the domain."""
        return sum((c.people * c.base / c.answered for c in self.cells), Fraction(0))

    @property
    def weighting(self) -> Text:
        """How the value was made."""
        if self.complete:
            return Text(
                f"{self.population} 人全部作答，没有抽样误差。",
                f"All {self.population} people answered: no sampling error.",
            )
        stratified = len(self.cells) > 1
        by = Text("分层加权", "Weighted by strata") if stratified else Text("简单随机样本", "Simple random sample")
        return by + standing_for(self.n, self.population)

    def value(self) -> Fraction:
        """Σ N_h ȳ_h / N; in a domain of known size no further than the people not heard could bring it."""
        value = sum((c.people * c.total / c.answered for c in self.cells), Fraction(0)) / self.weight
        if self.scale is None:
            return value
        answered_total, missing = sum(c.total for c in self.cells), self.population - self.n
        worst, best = (Fraction(answered_total + edge * missing, self.population) for edge in self.scale)
        return max(worst, min(value, best))

    def stratum_weights(self) -> tuple[StratumWeight, ...]:
        """The weight of an answer in every stratum with answers, and the group its spread is measured in."""
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
        """The linearised variance of the value; None when it cannot be known."""
        if self.complete:
            return Fraction(0)
        if self.n < 2:
            return None
        total = self.variance_of_sum(residuals_around(value))
        return None if total is None else total / self.weight**2

    def variance_of_sum(self, residuals: Residuals) -> Fraction | None:
        """The variance of Σ w z over the answers, z linearised values; None when it cannot be known."""
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
        """n0, the size of a simple random sample with replacement as exact as this design if all strata were alike.

        1/n0 = n/(n-1) · Σ w²(1-f_h) / (Σ w)² over the answering units, where (Σ w) = N. For a simple random sample
        (n-1)/(1-f), which also serves a domain that was found in completely asked strata alone and yet has more people.
        Only for a design that is not complete and has two answers or more.
        """
        excess = sum(
            (c.base * (c.people / c.answered) ** 2 * (1 - c.answered / c.people) for c in self.cells), Fraction(0)
        )
        if excess == 0:
            return (self.n - 1) / (1 - Fraction(self.n, self.population))
        return self.weight**2 / (Fraction(self.n, self.n - 1) * excess)


def standing_for(answers: int, people: int) -> Text:
    """How many people the answers stand for, as the middle of a sentence."""
    return Text(f"，{answers} 人代表 {people} 人；", f", {answers} answers stand for {people} people; ")


def residuals_around(centre: Fraction) -> Residuals:
    """Of every stratum Σ (y - centre) and Σ (y - centre)²."""
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


def counts_as_sums(counts: Sequence[StratumCount]) -> list[StratumSums]:
    """Yes and no as a scale of one and nothing."""
    return [StratumSums(c.stratum, c.area, c.population, c.answered, c.yes, c.yes, c.base) for c in counts]


def design(
    strata: Sequence[StratumSums], *, low: int | None, high: int | None, confidence: float, domain: int | None = None
) -> Design:
    """Check the strata, share out the silent ones, join the lonely ones; `low` and `high` bound a (scaled) value.

    Both are None for a value without bounds. `domain` is how many people the domain has, for a figure about a part that
    cuts across the strata.

    Raises EstimateInputError, or NoFigure when nobody answered.
    """
    if not 0 < confidence < 1:
        raise EstimateInputError("confidence lies between 0 and 1")
    check_strata(strata, low, high)
    if not any(_base(s) for s in strata):
        raise NoFigure("no-respondents", NO_RESPONDENTS)
    strata_with_answers, imputed_notes = _with_unanswered_strata_imputed(strata)
    groups, collapsed_notes = _with_single_answer_strata_collapsed(strata_with_answers)
    everyone = sum(s.population for s in strata)
    people = everyone if domain is None else domain
    if not sum(_base(s) for s in strata) <= people <= everyone:
        raise EstimateInputError(f"a domain of {people} people")
    scale = None if low is None or high is None else (low, high)
    return Design(groups, people, everyone, (*imputed_notes, *collapsed_notes), scale)


def stratum_weights(strata: Sequence[StratumCount]) -> tuple[StratumWeight, ...]:
    """The weights a share or mean of these strata is made with, for use in other programs; none without answers.

    Only `population` and `answered` matter. Raises EstimateInputError for impossible counts.
    """
    try:
        sample_design = design(counts_as_sums(strata), low=0, high=1, confidence=0.95)
    except NoFigure:
        return ()
    return sample_design.stratum_weights()


def _base(stratum: StratumSums) -> int:
    return stratum.answered if stratum.base is None else stratum.base


def check_strata(strata: Sequence[StratumSums], low: int | None, high: int | None) -> None:
    """Raise EstimateInputError for sums that no answers on a scale from `low` to `high` (scaled) could have."""
    if low is not None and high is not None and low >= high:
        raise EstimateInputError("the scale has no width")
    if len({s.stratum for s in strata}) != len(strata):
        raise EstimateInputError("a stratum occurs twice")
    for s in strata:
        numbers = (s.population, s.answered, s.total, s.squares)
        if any(type(number) is not int for number in numbers):
            raise EstimateInputError(f"stratum {s.stratum}: whole numbers are needed, not {numbers}")
        if not 0 <= s.answered <= s.population or s.population == 0:
            raise EstimateInputError(f"stratum {s.stratum}: {s.answered} answers of {s.population} people")
        base = _base(s)
        if type(base) is not int or not 0 <= base <= s.answered:
            raise EstimateInputError(f"stratum {s.stratum}: {base} of {s.answered} answers in the domain")
        # Σ(y - ȳ)² ≥ 0 and Σ(y - low)(high - y) ≥ 0: sums that no answers on the scale could have.
        fits = s.total**2 <= base * s.squares and (base > 0 or s.squares == 0)
        if low is not None and high is not None:
            if not base * low <= s.total <= base * high:
                raise EstimateInputError(f"stratum {s.stratum}: a sum of {s.total} is off the scale")
            fits = fits and s.squares <= (low + high) * s.total - base * low * high
        if not fits:
            raise EstimateInputError(f"stratum {s.stratum}: the sum of squares does not fit the sum")


def _with_unanswered_strata_imputed(strata: Sequence[StratumSums]) -> tuple[list[DesignStratum], list[Text]]:
    """The answering strata, by area and code, carrying the people of the silent ones."""
    notes: list[Text] = []
    answering: dict[str, int] = {}
    everyone: dict[str, int] = {}
    for s in strata:
        everyone[s.area] = everyone.get(s.area, 0) + s.population
        if s.answered:
            answering[s.area] = answering.get(s.area, 0) + s.population
    for area in sorted(answering):
        unanswered = sorted((s for s in strata if s.area == area and not s.answered), key=_order)
        if unanswered:
            names, people = joined(s.stratum for s in unanswered), sum(s.population for s in unanswered)
            notes.append(
                Text(
                    f"{names.zh} 没有人作答，其 {people} 人按同片区其他人的平均计入。",
                    f"Nobody answered in {names.en}; the average of the rest of the area stands for the {people} "
                    "people there.",
                )
            )
    for area in sorted(everyone.keys() - answering.keys()):
        notes.append(
            Text(
                f"片区 {area} 没有人作答，其 {everyone[area]} 人按其他片区的平均计入，结果不反映该片区。",
                f"Nobody answered in area {area}; the average of the other areas stands for the {everyone[area]} "
                "people there, so the result says nothing about this area.",
            )
        )
    overall = Fraction(sum(everyone.values()), sum(everyone[area] for area in answering))
    lift = {area: overall * everyone[area] / people for area, people in answering.items()}
    cells = [
        DesignStratum(s.stratum, s.area, s.population * lift[s.area], s.answered, _base(s), s.total, s.squares)
        for s in sorted(strata, key=_order)
        if s.answered
    ]
    return cells, notes


def _order(stratum: StratumSums) -> tuple[str, str]:
    return stratum.area, stratum.stratum


def _with_single_answer_strata_collapsed(cells: Sequence[DesignStratum]) -> tuple[tuple[Group, ...], list[Text]]:
    """Each lonely stratum in one group with its nearest sampled neighbour of the same area."""
    groups: list[Group] = [(cell,) for cell in cells]
    notes: list[Text] = []
    for single in (cell for cell in cells if cell.answered == 1 and not cell.complete):
        home = next(n for n, group in enumerate(groups) if single in group)
        if len(groups[home]) > 1:
            continue  # already joined by an earlier lonely one
        near = [n for n, g in enumerate(groups) if n != home and g[0].area == single.area and not g[0].complete]
        if not near:
            notes.append(
                Text(
                    f"{single.stratum} 只有 1 人作答，同片区没有可以合并的层，无法给出区间。",
                    f"Only 1 person answered in {single.stratum}, and its area has no stratum to join it with: "
                    "there can be no interval.",
                )
            )
            continue
        host = min(near, key=lambda n: (abs(n - home), n))
        names = joined(cell.stratum for cell in groups[host])
        notes.append(
            Text(
                f"{single.stratum} 只有 1 人作答，估计误差时与 {names.zh} 合并。",
                f"Only 1 person answered in {single.stratum}; for the error it is joined with {names.en}.",
            )
        )
        groups[host] += groups[home]
        del groups[home]
    return tuple(groups), notes


def student_interval(estimator: MeanEstimator, value: float, standard_error: float | None, confidence: float) -> Limits:
    """Student's interval around a value; none without a standard error or degrees of freedom."""
    if estimator.complete:
        return value, value
    if standard_error is None or estimator.degrees_of_freedom < 1:
        return None, None
    from scipy.special import stdtrit

    reach = float(stdtrit(estimator.degrees_of_freedom, (1 + confidence) / 2)) * standard_error
    return value - reach, value + reach


def square_root(variance: Fraction | None) -> float | None:
    """The standard error of a variance."""
    return None if variance is None else math.sqrt(variance)
