"""Shares and means weighted to numbers that are known of everyone: for people who were not reached.

Post-stratification and raking are calibration: the variance is that of the residuals from the fit of the answers on the
cells (or on the margins), each with its weight, with the finite-population correction of each stratum (Deville &
Särndal 1992; Särndal, Swensson & Wretman 1992, 6.6). Weighting classes are two-phase sampling with response as the
second phase, alike within a class (Särndal, Swensson & Wretman 1992, 15.6): the people asked are known in each class,
not the population's. Unbiased only if within cells, margins or classes those reached are like those not reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sampling.text import Text, joined
from surveys.estimates.cells import Codes, StratumCell, base_weights, check_cells, estimated_sizes, rake, unmatched
from surveys.estimates.design import standing_for
from surveys.estimates.figures import Estimate, EstimateInputError, NoFigure, WeightsImpossible
from surveys.estimates.mean import mean_of
from surveys.estimates.share import share_of

# A sum of squared residuals smaller than this part of its largest possible value is rounding, not spread.
ROUNDING_SHARE = 1e-14
SINGLE_ANSWER_CLASS = Text(
    "有的应答类别或层只有 1 人作答，无法给出区间。",
    "A response class or stratum has only 1 answer: there can be no interval.",
)
Known = Mapping[Codes, int]
Margins = Sequence[Mapping[str, int]]


@dataclass(frozen=True)
class Weighted:
    """Answers with weights, as surveys.estimates.design.MeanEstimator. `weights` are by stratum and cell.

    `spread` is the variance of the mean in squared (scaled) units, None when it cannot be known.
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
        """Everyone in these strata."""
        return sum(self.populations.values())

    @property
    def n(self) -> int:
        """Answers."""
        return sum(row.answered for row in self.rows)

    @property
    def total(self) -> int:
        """Their plain sum."""
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
        """The weighted mean."""
        return Fraction(self.mean)

    def variance(self, value: Fraction) -> Fraction | None:
        """That of the mean."""
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
    """Σ (y - centre)² of a cell; rounding is no spread."""
    sum_of_squares = row.squares - 2 * centre * row.total + row.answered * centre * centre
    return sum_of_squares if sum_of_squares > ROUNDING_SHARE * row.answered * high * high else 0.0


def class_weighted(rows: Sequence[StratumCell], populations: Mapping[str, int], high: int) -> Weighted:
    """Answers weighted by m/n within each cell as a response class: m people asked there, n answered.

    A stratum's people asked are those of its rows (StratumCell.sampled). Raises as post_stratified(), and when a class
    was asked and nobody in it answered.
    """
    check_cells(rows, populations, 0, high)
    sampled_people = {stratum: sum(row.sampled for row in rows if row.stratum == stratum) for stratum in populations}
    for row in rows:
        if not row.answered <= row.sampled:
            raise EstimateInputError(f"stratum {row.stratum}: {row.answered} answers of {row.sampled} asked")
    for stratum, people in populations.items():
        if not 0 < sampled_people[stratum] <= people:
            raise EstimateInputError(f"stratum {stratum}: {sampled_people[stratum]} asked of {people} people")
    classes = {cell: _class(rows, cell) for cell in {row.cell for row in rows}}
    for cell, (sampled, answered) in sorted(classes.items()):
        if sampled and not answered:
            name = "/".join(cell)
            message = Text(
                f"「{name}」问了 {sampled} 人，没有人作答，不能按这些类别加权。",
                f"In “{name}” {sampled} people were asked and nobody answered, so that weights by these categories are "
                "impossible.",
            )
            raise NoFigure("silent-class", message)
    own = [row for row in rows if row.answered]
    first = {stratum: people / sampled_people[stratum] for stratum, people in populations.items()}
    weights = {(r.stratum, r.cell): first[r.stratum] * classes[r.cell][0] / classes[r.cell][1] for r in own}
    weight_sum = sum(weights[row.stratum, row.cell] * row.answered for row in own)
    mean = sum(weights[row.stratum, row.cell] * row.total for row in own) / weight_sum
    variance = _two_phase(own, populations, sampled_people, first, classes, mean)
    count = sum(row.answered for row in own)
    return Weighted(
        rows=tuple(own),
        populations=populations,
        weights=weights,
        mean=mean,
        mean_variance=None if variance is None else max(variance, 0.0) / weight_sum**2,
        weighting=Text(f"按 {len(classes)} 个应答类别加权", f"Weighted by {len(classes)} response classes")
        + standing_for(count, sum(populations.values())),
        notes=() if variance is not None else (SINGLE_ANSWER_CLASS,),
    )


def _class(rows: Sequence[StratumCell], cell: Codes) -> tuple[int, int]:
    own = [row for row in rows if row.cell == cell]
    return sum(row.sampled for row in own), sum(row.answered for row in own)


def _two_phase(
    rows: Sequence[StratumCell],
    populations: Mapping[str, int],
    sampled_people: Mapping[str, int],
    first: Mapping[str, float],
    classes: Mapping[Codes, tuple[int, int]],
    mean: float,
) -> float | None:
    """The variance of Σ w (y - mean): of the sample, estimated from those who answered, and of who answered."""
    centred = {(row.stratum, row.cell): _centred(row, mean) for row in rows}
    total = 0.0
    for cell, (sampled, answered) in classes.items():
        if sampled == answered:
            continue
        if answered < 2:
            return None
        sums = squares = 0.0
        for row in (row for row in rows if row.cell == cell):
            first_moment, second_moment = centred[row.stratum, row.cell]
            sums += first[row.stratum] * first_moment
            squares += first[row.stratum] ** 2 * second_moment
        variance = (squares - sums * sums / answered) / (answered - 1)
        total += sampled**2 * (1 - answered / sampled) / answered * variance
    for stratum, people in populations.items():
        m = sampled_people[stratum]
        if m == people:
            continue
        if m < 2:
            return None
        own = [(classes[row.cell], *centred[row.stratum, row.cell]) for row in rows if row.stratum == stratum]
        squares = sum(second_moment * sampled / answered for (sampled, answered), _, second_moment in own)
        pairs = sum(first_moment * sampled / answered for (sampled, answered), first_moment, _ in own) ** 2
        for (sampled, answered), first_moment, second_moment in own:
            pairs -= (first_moment * sampled / answered) ** 2
            if answered > 1:
                pairs += (
                    (first_moment * first_moment - second_moment)
                    * sampled
                    * (sampled - 1)
                    / (answered * (answered - 1))
                )
            elif sampled > 1:
                return None
        total += people**2 * (1 - m / people) / m * (squares / m - pairs / (m * (m - 1)))
    return total


def _centred(row: StratumCell, mean: float) -> tuple[float, float]:
    return row.total - row.answered * mean, row.squares - 2 * mean * row.total + row.answered * mean * mean


def weighted_share(weighted: Weighted, *, confidence: float = 0.95, mid_p: bool = False) -> Estimate:
    """The share of a plan whose values are yes (1) and no (0)."""
    return share_of(weighted, confidence=confidence, mid_p=mid_p)


def weighted_mean(weighted: Weighted, *, high: int = 100, confidence: float = 0.95) -> Estimate:
    """The mean of a plan whose values are points from 0 to `high`, scaled."""
    return mean_of(weighted, low=0, high=high, confidence=confidence)
