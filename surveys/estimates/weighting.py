"""Shares and means weighted to numbers that are known of everyone: for people who were not reached.

Post-stratification and raking are calibration: the variance is that of the residuals from the fit of the answers on the
cells (or on the margins), each with its weight, with the finite-population correction of each stratum (Deville &
Särndal 1992; Särndal, Swensson & Wretman 1992, 6.6). Unbiased only if within cells or margins those reached are like
those not reached. Weighting by response classes: surveys.estimates.response_classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sampling.text import Text, joined
from surveys.estimates.cells import Codes, StratumCell, base_weights, check_cells, estimated_sizes, rake, unmatched
from surveys.estimates.design import standing_for
from surveys.estimates.figures import Estimate, WeightsImpossible
from surveys.estimates.mean import mean_of
from surveys.estimates.share import share_of

# A sum of squared residuals smaller than this part of its largest possible value is rounding, not variance.
ROUNDING_SHARE = 1e-14
Known = Mapping[Codes, int]
Margins = Sequence[Mapping[str, int]]


@dataclass(frozen=True)
class Weighted:
    """Answers with weights, a surveys.estimates.estimator.MeanEstimator. `weights` are by stratum and cell.

    `mean` is scaled, `mean_variance` its variance in squared scaled units, None when it cannot be estimated.
    """

    rows: tuple[StratumCell, ...]
    populations: Mapping[str, int]
    weights: Mapping[tuple[str, Codes], float]
    mean: float
    mean_variance: float | None
    weighting: Text
    notes: tuple[Text, ...] = ()

    @property
    def population(self) -> int:
        """The number of people in these strata."""
        return sum(self.populations.values())

    @property
    def n(self) -> int:
        """The number of answers."""
        return sum(row.answered for row in self.rows)

    @property
    def total(self) -> int:
        """The unweighted sum of the answers, scaled."""
        return sum(row.total for row in self.rows)

    @property
    def complete(self) -> bool:
        """Whether everyone answered."""
        return self.n == self.population

    @property
    def degrees_of_freedom(self) -> int:
        """Answers less strata, as R `degf`."""
        return self.n - len({row.stratum for row in self.rows if row.answered})

    def value(self) -> Fraction:
        """The weighted mean, scaled."""
        return Fraction(self.mean)

    def variance(self, value: Fraction) -> Fraction | None:
        """The variance of the mean, in squared scaled units; None when it cannot be estimated."""
        if self.complete:
            return Fraction(0)
        return None if self.mean_variance is None or self.n < 2 else Fraction(self.mean_variance)

    def equal_variance_size(self) -> Fraction:
        """n0 of the weights, as for a design: 1/n0 = n/(n-1) · Σ w² (1 - 1/w) / (Σ w)²."""
        weight_sum = sum(self.weights[row.stratum, row.cell] * row.answered for row in self.rows)
        excess = sum(max(w * w - w, 0.0) * row.answered for row in self.rows for w in (self._weight(row),))
        if excess <= 0:
            return (self.n - 1) / (1 - Fraction(self.n, self.population))
        return Fraction(weight_sum * weight_sum / (self.n / (self.n - 1) * excess))

    def _weight(self, row: StratumCell) -> float:
        return self.weights[row.stratum, row.cell]


def post_stratified(rows: Sequence[StratumCell], populations: Mapping[str, int], known: Known, high: int) -> Weighted:
    """Answers weighted so that every cell has its `known` number of people; values from 0 to `high` (scaled).

    `populations` are the people of each stratum. Raises NoFigure without answers, EstimateInputError for impossible
    sums, and naming the cell when one has people and no answers, or answers and no people.
    """
    check_cells(rows, populations, 0, high)
    base = base_weights(rows, populations)
    sizes = estimated_sizes(rows, base)
    unanswered = [cell for cell, people in known.items() if people and cell not in sizes]
    unknown = [cell for cell in sizes if not known.get(cell)]
    if unanswered or unknown:
        cell = (unanswered or sorted(unknown))[0]
        name, reason = "/".join(cell), unmatched(known[cell] if unanswered else None)
        raise WeightsImpossible(
            Text(
                f"「{name}」{reason.zh}，不能按这些类别加权。",
                f"“{name}” {reason.en}, so that weights by these categories are impossible.",
            )
        )
    factors = {cell: known[cell] / size for cell, size in sizes.items()}
    fitted = {cell: _sum(rows, base, cell) / size for cell, size in sizes.items()}
    description = Text("按各类已知人数加权", "Weighted to the known number of people in each category")
    return _calibrated(rows, populations, base, factors, fitted, high, description)


def raked(rows: Sequence[StratumCell], populations: Mapping[str, int], margins: Margins, high: int) -> Weighted:
    """Answers weighted so that every margin has its known numbers of people; otherwise as post_stratified().

    The fit behind the variance is by least squares on the margins, weighted as the design weighs (R `calibrate` with
    calfun = "raking"; R `rake` fits without weights and is not followed).
    """
    check_cells(rows, populations, 0, high)
    base = base_weights(rows, populations)
    sizes = estimated_sizes(rows, base)
    factors = rake(sizes, margins)
    fitted = _fitted(sizes, {cell: _sum(rows, base, cell) / size for cell, size in sizes.items()}, len(margins))
    description = Text(
        f"按 {len(margins)} 个边际的已知人数加权",
        f"Weighted to the known numbers of people of {len(margins)} margins",
    )
    return _calibrated(rows, populations, base, factors, fitted, high, description)


def _sum(rows: Sequence[StratumCell], base: Mapping[str, float], cell: Codes) -> float:
    return sum(base[row.stratum] * row.total for row in rows if row.cell == cell and row.answered)


def _fitted(sizes: Mapping[Codes, float], means: Mapping[Codes, float], margins: int) -> dict[Codes, float]:
    """The weighted least-squares fit of the cell means on the categories of the margins."""
    import numpy as np

    cells = list(sizes)
    columns = sorted({(place, cell[place]) for cell in cells for place in range(margins)})
    table = np.array([[float(cell[place] == code) for place, code in columns] for cell in cells])
    root = np.sqrt(np.array([sizes[cell] for cell in cells]))
    target = np.array([means[cell] for cell in cells])
    coefficients, *_ = np.linalg.lstsq(table * root[:, None], target * root, rcond=None)
    return dict(zip(cells, (float(value) for value in table @ coefficients), strict=True))


def _calibrated(
    rows: Sequence[StratumCell],
    populations: Mapping[str, int],
    base: Mapping[str, float],
    factors: Mapping[Codes, float],
    fitted: Mapping[Codes, float],
    high: int,
    description: Text,
) -> Weighted:
    answered = [row for row in rows if row.answered]
    weights = {(row.stratum, row.cell): base[row.stratum] * factors[row.cell] for row in answered}
    weight_sum = sum(weights[row.stratum, row.cell] * row.answered for row in answered)
    mean = sum(weights[row.stratum, row.cell] * row.total for row in answered) / weight_sum
    variance: float | None = 0.0
    notes: list[Text] = []
    for stratum in sorted(base):
        own = [row for row in answered if row.stratum == stratum]
        n, people = sum(row.answered for row in own), populations[stratum]
        if n == people:
            continue
        if n == 1:
            notes.append(
                Text(
                    f"{stratum} 只有 1 人作答，加权后无法给出区间。",
                    f"Only 1 person answered in {stratum}: once weighted, there can be no interval.",
                )
            )
            variance = None
            continue
        sums = squares = 0.0
        for row in own:
            w, centre = weights[row.stratum, row.cell], fitted[row.cell]
            sums += w * (row.total - row.answered * centre)
            squares += w * w * _squared_deviations(row, centre, high)
        if variance is not None:
            variance += (1 - n / people) * n / (n - 1) * (squares - sums * sums / n)
    silent = sorted(populations.keys() - base.keys())
    if silent:
        names = joined(silent)
        notes.append(
            Text(
                f"{names.zh} 没有人作答，由同类的人代表。",
                f"Nobody answered in {names.en}; people of the same category stand for them.",
            )
        )
    count = sum(row.answered for row in answered)
    return Weighted(
        rows=tuple(answered),
        populations=populations,
        weights=weights,
        mean=mean,
        mean_variance=None if variance is None else max(variance, 0.0) / weight_sum**2,
        weighting=description + standing_for(count, sum(populations.values())),
        notes=tuple(notes),
    )


def _squared_deviations(row: StratumCell, centre: float, high: int) -> float:
    """Σ (y - centre)² of a cell; 0 where it is no more than rounding."""
    sum_of_squares = row.squares - 2 * centre * row.total + row.answered * centre * centre
    return sum_of_squares if sum_of_squares > ROUNDING_SHARE * row.answered * high * high else 0.0


def weighted_share(weighted: Weighted, *, confidence: float = 0.95, mid_p: bool = False) -> Estimate:
    """The share, 0-1, of weighted answers whose values are yes (1) and no (0); interval as in share()."""
    return share_of(weighted, confidence=confidence, mid_p=mid_p)


def weighted_mean(weighted: Weighted, *, high: int = 100, confidence: float = 0.95) -> Estimate:
    """The mean, in points, of weighted answers with scaled values from 0 to `high`; interval as in mean()."""
    return mean_of(weighted, low=0, high=high, confidence=confidence)
