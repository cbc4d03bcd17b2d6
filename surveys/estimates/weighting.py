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
NOTHING = 1e-14
LONELY_CLASS = Text(
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
    spread: float | None
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
        return None if self.spread is None or self.n < 2 else Fraction(self.spread)

    def equal_spread_size(self) -> Fraction:
        """n0 of the weights, as for a design: 1/n0 = n/(n-1) · Σ w² (1 - 1/w) / (Σ w)²."""
        whole = sum(self.weights[row.stratum, row.cell] * row.answered for row in self.rows)
        spread = sum(max(w * w - w, 0.0) * row.answered for row in self.rows for w in (self._weight(row),))
        if spread <= 0:
            return (self.n - 1) / (1 - Fraction(self.n, self.population))
        return Fraction(whole * whole / (self.n / (self.n - 1) * spread))

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
    silent = [cell for cell, people in known.items() if people and cell not in sizes]
    unknown = [cell for cell in sizes if not known.get(cell)]
    if silent or unknown:
        cell = (silent or sorted(unknown))[0]
        name, told = "/".join(cell), unmatched(known[cell] if silent else None)
        raise WeightsImpossible(
            Text(
                f"「{name}」{told.zh}，不能按这些类别加权。",
                f"“{name}” {told.en}, so that weights by these categories are impossible.",
            )
        )
    factors = {cell: known[cell] / size for cell, size in sizes.items()}
    fitted = {cell: _sum(rows, base, cell) / size for cell, size in sizes.items()}
    words = Text("按各类已知人数加权", "Weighted to the known number of people in each category")
    return _calibrated(rows, populations, base, factors, fitted, high, words)


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
    words = Text(
        f"按 {len(margins)} 个边际的已知人数加权",
        f"Weighted to the known numbers of people of {len(margins)} margins",
    )
    return _calibrated(rows, populations, base, factors, fitted, high, words)


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
    found, *_ = np.linalg.lstsq(table * root[:, None], target * root, rcond=None)
    return dict(zip(cells, (float(value) for value in table @ found), strict=True))


def _calibrated(
    rows: Sequence[StratumCell],
    populations: Mapping[str, int],
    base: Mapping[str, float],
    factors: Mapping[Codes, float],
    fitted: Mapping[Codes, float],
    high: int,
    words: Text,
) -> Weighted:
    answered = [row for row in rows if row.answered]
    weights = {(row.stratum, row.cell): base[row.stratum] * factors[row.cell] for row in answered}
    whole = sum(weights[row.stratum, row.cell] * row.answered for row in answered)
    mean = sum(weights[row.stratum, row.cell] * row.total for row in answered) / whole
    spread: float | None = 0.0
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
            spread = None
            continue
        sums = squares = 0.0
        for row in own:
            w, centre = weights[row.stratum, row.cell], fitted[row.cell]
            sums += w * (row.total - row.answered * centre)
            squares += w * w * _around(row, centre, high)
        if spread is not None:
            spread += (1 - n / people) * n / (n - 1) * (squares - sums * sums / n)
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
        spread=None if spread is None else max(spread, 0.0) / whole**2,
        weighting=words + standing_for(count, sum(populations.values())),
        notes=tuple(notes),
    )


def _around(row: StratumCell, centre: float, high: int) -> float:
    """Σ (y - centre)² of a cell; rounding is no spread."""
    found = row.squares - 2 * centre * row.total + row.answered * centre * centre
    return found if found > NOTHING * row.answered * high * high else 0.0


def class_weighted(rows: Sequence[StratumCell], populations: Mapping[str, int], high: int) -> Weighted:
    """Answers weighted by m/n within each cell as a response class: m people asked there, n answered.

    A stratum's people asked are those of its rows (StratumCell.sampled). Raises as post_stratified(), and when a class
    was asked and nobody in it answered.
    """
    check_cells(rows, populations, 0, high)
    asked = {stratum: sum(row.sampled for row in rows if row.stratum == stratum) for stratum in populations}
    for row in rows:
        if not row.answered <= row.sampled:
            raise EstimateInputError(f"stratum {row.stratum}: {row.answered} answers of {row.sampled} asked")
    for stratum, people in populations.items():
        if not 0 < asked[stratum] <= people:
            raise EstimateInputError(f"stratum {stratum}: {asked[stratum]} asked of {people} people")
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
    first = {stratum: people / asked[stratum] for stratum, people in populations.items()}
    weights = {(r.stratum, r.cell): first[r.stratum] * classes[r.cell][0] / classes[r.cell][1] for r in own}
    whole = sum(weights[row.stratum, row.cell] * row.answered for row in own)
    mean = sum(weights[row.stratum, row.cell] * row.total for row in own) / whole
    spread = _two_phase(own, populations, asked, first, classes, mean)
    count = sum(row.answered for row in own)
    return Weighted(
        rows=tuple(own),
        populations=populations,
        weights=weights,
        mean=mean,
        spread=None if spread is None else max(spread, 0.0) / whole**2,
        weighting=Text(f"按 {len(classes)} 个应答类别加权", f"Weighted by {len(classes)} response classes")
        + standing_for(count, sum(populations.values())),
        notes=() if spread is not None else (LONELY_CLASS,),
    )


def _class(rows: Sequence[StratumCell], cell: Codes) -> tuple[int, int]:
    own = [row for row in rows if row.cell == cell]
    return sum(row.sampled for row in own), sum(row.answered for row in own)


def _two_phase(
    rows: Sequence[StratumCell],
    populations: Mapping[str, int],
    asked: Mapping[str, int],
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
            one, two = centred[row.stratum, row.cell]
            sums += first[row.stratum] * one
            squares += first[row.stratum] ** 2 * two
        spread = (squares - sums * sums / answered) / (answered - 1)
        total += sampled**2 * (1 - answered / sampled) / answered * spread
    for stratum, people in populations.items():
        m = asked[stratum]
        if m == people:
            continue
        if m < 2:
            return None
        own = [(classes[row.cell], *centred[row.stratum, row.cell]) for row in rows if row.stratum == stratum]
        squares = sum(two * sampled / answered for (sampled, answered), _, two in own)
        pairs = sum(one * sampled / answered for (sampled, answered), one, _ in own) ** 2
        for (sampled, answered), one, two in own:
            pairs -= (one * sampled / answered) ** 2
            if answered > 1:
                pairs += (one * one - two) * sampled * (sampled - 1) / (answered * (answered - 1))
            elif sampled > 1:
                return None
        total += people**2 * (1 - m / people) / m * (squares / m - pairs / (m * (m - 1)))
    return total


def _centred(row: StratumCell, mean: float) -> tuple[float, float]:
    return row.total - row.answered * mean, row.squares - 2 * mean * row.total + row.answered * mean * mean


def weighted_share(plan: Weighted, *, confidence: float = 0.95, mid_p: bool = False) -> Estimate:
    """The share of a plan whose values are yes (1) and no (0)."""
    return share_of(plan, confidence=confidence, mid_p=mid_p)


def weighted_mean(plan: Weighted, *, high: int = 100, confidence: float = 0.95) -> Estimate:
    """The mean of a plan whose values are points from 0 to `high`, scaled."""
    return mean_of(plan, low=0, high=high, confidence=confidence)
