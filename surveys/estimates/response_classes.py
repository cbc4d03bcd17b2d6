"""Answers weighted by response classes: two-phase sampling with response as the second phase.

Response is taken to be at random within a class, so the people asked are known in each class and those of the
population need not be. Source: Särndal, Swensson & Wretman 1992, 15.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sampling.text import Text
from surveys.estimates.cells import Codes, StratumCell, check_cells
from surveys.estimates.design import standing_for
from surveys.estimates.figures import EstimateInputError, NoFigure
from surveys.estimates.weighting import Weighted

SINGLE_ANSWER_CLASS = Text(
    "有的应答类别或层只有 1 人作答，无法给出区间。",
    "A response class or stratum has only 1 answer: there can be no interval.",
)


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
