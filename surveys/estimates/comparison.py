"""Differences between two groups or two rounds: value, interval, and whether it is more than chance.

A group is a domain of one stratified sample (an area, a mode, an interviewer's cases), so two groups of one sample
keep the whole design: the variance of a difference is that of the linearised variable d1 (y - R1)/N1 - d2 (y - R2)/N2
(Särndal, Swensson & Wretman 1992, 5.6, 10.3). Two rounds are two designs of their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sampling.text import Text
from surveys.estimates.contingency_tables import answers_of, fisher_where_small, rao_scott
from surveys.estimates.design import Design, residuals_around, weighted_residual_sums
from surveys.estimates.design_building import counts_as_sums, design
from surveys.estimates.estimator import square_root
from surveys.estimates.figures import (
    INDEX_SCALE,
    Estimate,
    EstimateInputError,
    NoFigure,
    StratumCount,
    StratumSums,
)
from surveys.estimates.multiple_testing import holm_p_values
from surveys.estimates.share import share

MID_P_UP_TO = Fraction(3, 10)
LEVEL = 0.05
FULL_COVERAGE = "full-coverage"


@dataclass(frozen=True)
class Difference:
    """First minus second, in the unit of the figures (points, or 0-1 for shares), with interval and p-value.

    `p_value` is that of the comparison alone; `adjusted` takes into account how many comparisons were made. Limits and
    p-values are None where the answers are too few to say anything.
    """

    value: float
    low: float | None
    high: float | None
    standard_error: float | None
    degrees_of_freedom: int | None
    p_value: float | None
    method: str
    adjusted: float | None = None

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the p-value is at most 0.05; None when there is none."""
        p = self.p_value if self.adjusted is None else self.adjusted
        return None if p is None else p <= LEVEL

    @property
    def words(self) -> Text:
        """The result of the test as one sentence."""
        if self.method == FULL_COVERAGE:
            return Text(
                "所有人都已作答，差异没有抽样误差。",
                "Everyone has answered: the difference has no sampling error.",
            )
        if self.beyond_chance is None:
            return Text("回答太少，看不出差异。", "Too few answers to see a difference.")
        if self.beyond_chance:
            return Text("差异大于偶然可以解释的。", "The difference is larger than chance would explain.")
        return Text("差异可能来自偶然。", "The difference may be due to chance.")


def mean_difference(first: Sequence[StratumSums], second: Sequence[StratumSums], *, high: int = 100) -> Difference:
    """The difference of two domain means of one sample, in points, with Student's interval and test.

    Both sequences name the same strata with the same people and answers; `base` and the sums are those of the domain.
    Raises NoFigure when one of the groups has no answer, EstimateInputError for impossible sums, for strata that are
    not the same, and for groups that share answers.
    """
    _check_disjoint(first, second)
    designs = [design(sums, low=0, high=high * INDEX_SCALE, confidence=0.95) for sums in (first, second)]
    value, variance = _difference(*designs)
    df = _degrees_of_freedom(designs)
    if designs[0].complete:
        return _without_sampling_error(float(value) / INDEX_SCALE)
    return _t_test(float(value) / INDEX_SCALE, _scaled(variance, INDEX_SCALE), df)


def share_difference(first: Sequence[StratumCount], second: Sequence[StratumCount]) -> Difference:
    """The difference of two domain shares of one sample: interval by variance recovery, p-value for the table.

    Limits: MOVER from the limits of both shares, with their correlation (Zou & Donner 2008); mid-P limits where at
    most three in ten people answered, exact ones above. p-value: Fisher's exact test where a cell of the table would
    hold fewer than five answers if nothing differed, otherwise Rao & Scott's second-order test. How many people a group
    has is estimated where the strata do not tell. Errors as in mean_difference().
    """
    _check_disjoint(first, second)
    designs = [design(counts_as_sums(counts), low=0, high=1, confidence=0.95) for counts in (first, second)]
    value, variance = _difference(*designs)
    if designs[0].complete:
        return _without_sampling_error(float(value))
    fraction = Fraction(sum(c.answered for c in first), sum(c.population for c in first))
    estimates = [
        share(counts, mid_p=fraction <= MID_P_UP_TO, domain=max(math.floor(sample_design.weight), sample_design.n))
        for counts, sample_design in zip((first, second), designs, strict=True)
    ]
    low, high = _mover_limits(value, estimates, _correlation(designs, variance))
    p_value, method = _table_p_value({"1": first, "2": second})
    return Difference(
        float(value), low, high, square_root(variance), _degrees_of_freedom(designs), p_value, f"mover, {method}"
    )


def between_rounds(current: Estimate, before: Estimate, covariance: float = 0.0) -> Difference:
    """The difference of one figure between two rounds: MOVER from both intervals, and Student's test.

    `covariance` is that of the two figures (in their unit, squared) where people were asked twice; share_change() and
    mean_change() find it. Left out, the rounds are taken as drawn apart, which errs on the side of 「可能来自偶然」:
    people asked twice mostly answer alike, and the true error is smaller. Neither figure may lack its interval for a
    statement to be made. Where all answers of each round agree there is no error to test with: if the interval leaves
    zero out, the p-value is that of its level (it is at most that), otherwise 1. Degrees of freedom: Satterthwaite's,
    of both variances. Raises EstimateInputError for intervals of different confidence.
    """
    if current.confidence != before.confidence:
        raise EstimateInputError("the two intervals are of different confidence")
    return change_of(Fraction(current.value) - Fraction(before.value), current, before, covariance)


def change_of(exact: Fraction, current: Estimate, before: Estimate, covariance: float) -> Difference:
    """between_rounds() of a difference that is known better than from the published figures."""
    value = float(exact)
    errors = [e for e in (current.standard_error, before.standard_error) if e is not None]
    product = math.prod(errors)
    correlation = max(-1.0, min(1.0, covariance / product)) if product else 0.0
    low, high = _mover_limits(exact, [current, before], correlation)
    if low is None or high is None or len(errors) < 2:
        return Difference(value, low, high, None, None, None, "mover")
    if current.low == current.high and before.low == before.high:
        return _without_sampling_error(value)
    error = math.sqrt(max(0.0, errors[0] ** 2 + errors[1] ** 2 - 2 * correlation * product))
    if error == 0:
        p_value = 1.0 if low <= 0 <= high else round(1 - current.confidence, 12)
    else:
        from scipy.special import stdtr

        p_value = 2 * float(stdtr(_satterthwaite(current, before), -abs(value) / error))
    return Difference(value, low, high, error, None, p_value, "mover")


def _satterthwaite(*figures: Estimate) -> float:
    """Degrees of freedom of a sum of variances (Satterthwaite 1946); a known figure adds none of its own."""
    parts = [(f.standard_error or 0.0, f.degrees_of_freedom or 0) for f in figures]
    denominator = sum(error**4 / max(df, 1) for error, df in parts)
    return max(sum(error**2 for error, _ in parts) ** 2 / denominator, 1.0) if denominator else math.inf


def holm(differences: Mapping[str, Difference]) -> dict[str, Difference]:
    """The same comparisons with p-values for having made several (Holm 1979); those without one are not counted."""
    adjusted = holm_p_values({name: d.p_value for name, d in differences.items()})
    return {name: replace(d, adjusted=adjusted.get(name)) for name, d in differences.items()}


def _check_disjoint(
    first: Sequence[StratumSums] | Sequence[StratumCount], second: Sequence[StratumSums] | Sequence[StratumCount]
) -> None:
    """Raise EstimateInputError unless two groups have the same strata and no answer in common."""
    strata = [{s.stratum: (s.area, s.population, s.answered) for s in group} for group in (first, second)]
    if strata[0] != strata[1]:
        raise EstimateInputError("the two groups are not of the same strata")
    others = {s.stratum: s.in_domain for s in second}
    for s in first:
        if s.in_domain + others[s.stratum] > s.answered:
            raise EstimateInputError(f"stratum {s.stratum}: the two groups share answers")


def _without_sampling_error(value: float) -> Difference:
    """The difference where everyone answered: no error, a p-value of 0 or 1."""
    return Difference(value, value, value, 0.0, None, 1.0 if value == 0 else 0.0, FULL_COVERAGE)


def _difference(first: Design, second: Design) -> tuple[Fraction, Fraction | None]:
    values = first.value(), second.value()
    weights = first.weight, second.weight
    total = Fraction(0)
    for first_group, second_group in zip(first.groups, second.groups, strict=True):
        answered, people = sum(c.answered for c in first_group), sum((c.people for c in first_group), Fraction(0))
        if answered == people:
            continue
        if answered == 1:
            return values[0] - values[1], None
        (sum1, squares1), (sum2, squares2) = (
            weighted_residual_sums(first_group, residuals_around(values[0])),
            weighted_residual_sums(second_group, residuals_around(values[1])),
        )
        squares = squares1 / weights[0] ** 2 + squares2 / weights[1] ** 2
        centre = sum1 / weights[0] - sum2 / weights[1]
        total += (1 - answered / people) * Fraction(answered, answered - 1) * (squares - centre**2 / answered)
    return values[0] - values[1], total


def _degrees_of_freedom(designs: Sequence[Design]) -> int:
    strata = sum(
        any(c.base for c in (*first_group, *second_group))
        for first_group, second_group in zip(designs[0].groups, designs[1].groups, strict=True)
    )
    return designs[0].n + designs[1].n - strata


def _scaled(variance: Fraction | None, scale: int) -> float | None:
    return square_root(None if variance is None else variance / scale**2)


def _t_test(value: float, error: float | None, df: int) -> Difference:
    if not error or df < 1:
        return Difference(value, None, None, error, df, None, "t")
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(df, 0.975)) * error
    p_value = 2 * float(stdtr(df, -abs(value) / error))
    return Difference(value, value - reach, value + reach, error, df, p_value, "t")


def _correlation(designs: Sequence[Design], variance: Fraction | None) -> float:
    own = [sample_design.variance(sample_design.value()) for sample_design in designs]
    if variance is None or not own[0] or not own[1]:
        return 0.0
    covariance = (own[0] + own[1] - variance) / 2
    return max(-1.0, min(1.0, float(covariance) / math.sqrt(own[0] * own[1])))


def _mover_limits(
    value: Fraction, estimates: Sequence[Estimate], correlation: float
) -> tuple[float | None, float | None]:
    """Limits of a difference from the limits of both figures; the published figures are rounded, the difference not."""
    (p1, l1, u1), (p2, l2, u2) = ((float(e.value), e.low, e.high) for e in estimates)
    if l1 is None or u1 is None or l2 is None or u2 is None:
        return None, None

    def reach(mine: float, theirs: float) -> float:
        return math.sqrt(max(0.0, mine**2 + theirs**2 - 2 * correlation * mine * theirs))

    difference = float(value)
    return difference - reach(p1 - l1, u2 - p2), difference + reach(u1 - p1, p2 - l2)


def _table_p_value(groups: Mapping[str, Sequence[StratumCount]]) -> tuple[float | None, str]:
    rows = [answers_of(counts) for counts in groups.values()]
    if 0 in (sum(row[i] for row in rows) for i in (0, 1)):
        return 1.0, "all alike"
    exact = fisher_where_small(rows)
    if exact is not None:
        return exact, "fisher"
    try:
        return rao_scott(groups).p_value, "rao-scott"
    except NoFigure:
        return None, "none"
