"""Differences between two groups, and tables of groups: is it more than chance?

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
from surveys.estimates.design import (
    Design,
    counts_as_sums,
    design,
    residuals_around,
    square_root,
    weighted_residual_sums,
)
from surveys.estimates.figures import (
    INDEX_SCALE,
    NO_RESPONDENTS,
    Estimate,
    EstimateInputError,
    NoFigure,
    StratumCount,
    StratumSums,
)
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
        """Whether chance alone hardly explains the difference; None when nothing can be said."""
        p = self.p_value if self.adjusted is None else self.adjusted
        return None if p is None else p <= LEVEL

    @property
    def words(self) -> Text:
        """The finding as one sentence."""
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


def holm_p_values(p_values: Mapping[str, float | None]) -> dict[str, float]:
    """P-values for having made all of these tests (Holm 1979); tests without one are not counted and left out."""
    ordered = sorted((p, name) for name, p in p_values.items() if p is not None)
    adjusted, largest = {}, 0.0
    for place, (p, name) in enumerate(ordered):
        largest = max(largest, min(1.0, p * (len(ordered) - place)))
        adjusted[name] = largest
    return adjusted


@dataclass(frozen=True)
class TableTest:
    """Rao & Scott's second-order test that a share is the same in all groups; df are those of the F distribution."""

    statistic: float
    df1: float
    df2: float
    p_value: float


def rao_scott(groups: Mapping[str, Sequence[StratumCount]]) -> TableTest:
    """Is the share of yes the same in these groups, domains of one sample?

    Pearson's statistic of the weighted table, scaled to the number of answers, divided by the mean generalised design
    effect; F with Satterthwaite's degrees of freedom (Rao & Scott 1984; R `svychisq(statistic = "F")`, of the subset
    where the groups are not everyone who answered). A stratum with one answer adds nothing to the variance. Raises
    NoFigure when a row or a column of the table is empty or the design has no variance.
    """
    import numpy as np
    from scipy.stats import f as f_distribution

    names = sorted(groups)
    cells, weights = _cells([groups[name] for name in names])
    bases = [sum(_base(c) for c in stratum) for stratum in zip(*(groups[name] for name in names), strict=True)]
    table, n = cells.sum(axis=0), sum(bases)
    if n == 0:
        raise NoFigure("no-respondents", NO_RESPONDENTS)
    shares = table / table.sum()
    two_way = shares.reshape(len(names), 2)
    expected = np.outer(two_way.sum(axis=1), two_way.sum(axis=0))
    if (expected == 0).any() or len(names) < 2:
        empty = Text("有一行或一列没有人，无法检验。", "A row or a column is empty, so that nothing can be tested.")
        raise NoFigure("empty-margin", empty)
    covariance = _covariance(groups[names[0]], cells, weights, shares)
    pearson = n * float((((two_way - expected) ** 2) / expected).sum())
    contrasts = _interaction(len(names))
    # An empty cell has no spread; R leaves it out in the same way.
    inverse = np.diag(np.divide(1.0, shares, out=np.zeros_like(shares), where=shares > 0))
    base = contrasts.T @ (inverse / n) @ contrasts
    effects = np.linalg.solve(base, contrasts.T @ inverse @ covariance @ inverse @ contrasts)
    trace = float(np.trace(effects))
    if trace <= 0:
        raise NoFigure("no-variance", Text("没有抽样误差可以比较。", "There is no sampling error to compare with."))
    df1 = trace**2 / float(np.trace(effects @ effects))
    df2 = df1 * (n - sum(base > 0 for base in bases))
    statistic = pearson / trace
    return TableTest(statistic, df1, df2, float(f_distribution.sf(statistic, df1, df2)))


def _check_disjoint(
    first: Sequence[StratumSums] | Sequence[StratumCount], second: Sequence[StratumSums] | Sequence[StratumCount]
) -> None:
    """Two groups of one sample: the same strata, and nobody in both."""
    strata = [{s.stratum: (s.area, s.population, s.answered) for s in group} for group in (first, second)]
    if strata[0] != strata[1]:
        raise EstimateInputError("the two groups are not of the same strata")
    others = {s.stratum: _base(s) for s in second}
    for s in first:
        if _base(s) + others[s.stratum] > s.answered:
            raise EstimateInputError(f"stratum {s.stratum}: the two groups share answers")


def _base(stratum: StratumSums | StratumCount) -> int:
    return stratum.answered if stratum.base is None else stratum.base


def _without_sampling_error(value: float) -> Difference:
    """The difference where everyone answered: a fact."""
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


def answers_of(counts: Sequence[StratumCount]) -> tuple[int, int]:
    """Yes and no among the answers of a group."""
    yes = sum(c.yes for c in counts)
    return yes, sum(_base(c) for c in counts) - yes


def fisher_where_small(rows: Sequence[tuple[int, int]]) -> float | None:
    """Fisher's exact p-value of two groups where a cell would hold fewer than five answers; None elsewhere."""
    from scipy.stats import fisher_exact

    total, columns = sum(map(sum, rows)), [sum(row[i] for row in rows) for i in (0, 1)]
    if 0 in columns or min(sum(row) * column / total for row in rows for column in columns) >= 5:
        return None
    return float(fisher_exact(rows).pvalue)


def _cells(groups: Sequence[Sequence[StratumCount]]):  # type: ignore[no-untyped-def]
    """Weighted counts per stratum and cell (group 1 yes, group 1 no, group 2 yes …), and the weight of a stratum."""
    import numpy as np

    weights = np.array([c.population / c.answered if c.answered else 0.0 for c in groups[0]])
    counts = np.array(
        [[number for c in stratum for number in (c.yes, _base(c) - c.yes)] for stratum in zip(*groups, strict=True)],
        dtype=float,
    )
    return counts * weights[:, None], weights


def _covariance(strata: Sequence[StratumCount], cells, weights, shares):  # type: ignore[no-untyped-def]
    """The design's covariance matrix of the cell shares; strata with a single answer add nothing."""
    import numpy as np

    everyone, total = cells.sum(), np.zeros((cells.shape[1],) * 2)
    for stratum, row, weight in zip(strata, cells, weights, strict=True):
        n = stratum.answered
        if n < 2 or n == stratum.population:
            continue
        counts = row / weight
        # Scores z = w (1{cell} - share) / W of the answers of this stratum; those outside all groups have none.
        inside = counts.sum()
        sums = weight * (counts - inside * shares) / everyone
        squares = (
            np.diag(counts) - np.outer(counts, shares) - np.outer(shares, counts) + inside * np.outer(shares, shares)
        )
        squares = squares * (weight / everyone) ** 2
        total += (1 - n / stratum.population) * n / (n - 1) * (squares - np.outer(sums, sums) / n)
    return total


def _interaction(rows: int):  # type: ignore[no-untyped-def]
    """Interaction contrasts of a rows × 2 table, orthogonal to both margins; cells run row by row."""
    import numpy as np

    row = np.repeat(np.eye(rows), 2, axis=0)
    column = np.tile([[1.0], [0.0]], (rows, 1))
    margins = np.hstack([row, column])
    products = row[:, 1:] * column
    fitted, *_ = np.linalg.lstsq(margins, products, rcond=None)
    return products - margins @ fitted
