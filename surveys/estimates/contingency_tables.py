"""Tests of a table of groups and answers: Rao & Scott's for the weighted table, Fisher's for small counts.

Source: J. N. K. Rao & A. J. Scott, On chi-squared tests for multiway contingency tables, Annals of Statistics 12
(1984).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.text import Text
from surveys.estimates.figures import NO_RESPONDENTS, NoFigure, StratumCount


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
    bases = [sum(c.in_domain for c in stratum) for stratum in zip(*(groups[name] for name in names), strict=True)]
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
    # An empty cell has no variance; R leaves it out in the same way.
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


def answers_of(counts: Sequence[StratumCount]) -> tuple[int, int]:
    """The numbers of yes and no among the answers of a group, those in its domain alone."""
    yes = sum(c.yes for c in counts)
    return yes, sum(c.in_domain for c in counts) - yes


def fisher_where_small(rows: Sequence[tuple[int, int]]) -> float | None:
    """Fisher's exact p-value of two groups of (yes, no) if a cell has fewer than five expected answers, else None."""
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
        [[number for c in stratum for number in (c.yes, c.in_domain - c.yes)] for stratum in zip(*groups, strict=True)],
        dtype=float,
    )
    return counts * weights[:, None], weights


def _covariance(strata: Sequence[StratumCount], cells, weights, shares):  # type: ignore[no-untyped-def]
    """The covariance matrix of the cell shares under the design; strata with a single answer add nothing."""
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
