"""Answers sorted into strata and cells of known size, and their weights: post-stratification, raking, classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.text import Text, joined
from surveys.estimates.figures import NO_RESPONDENTS, EstimateInputError, NoFigure, WeightsImpossible

RAKING_TOLERANCE = 1e-12
RAKING_ROUNDS = 1_000
Codes = tuple[str, ...]


@dataclass(frozen=True)
class StratumCell:
    """The answers of one stratum in one cell: how many, their sum and sum of squares (scaled as in StratumSums).

    `cell` has a code for each variable that is known of everyone. `sampled` is how many people of the stratum and cell
    were asked; only weighting classes need it.
    """

    stratum: str
    cell: Codes
    answered: int
    total: int
    squares: int
    sampled: int = 0


def check_cells(rows: Sequence[StratumCell], populations: Mapping[str, int], low: int, high: int) -> None:
    """Raise EstimateInputError for sums no answers have, NoFigure when there are no answers."""
    if len({(row.stratum, row.cell) for row in rows}) != len(rows):
        raise EstimateInputError("a cell of a stratum occurs twice")
    if len({len(row.cell) for row in rows}) > 1:
        raise EstimateInputError("every cell needs a code for every variable")
    for row in rows:
        where = f"stratum {row.stratum}, cell {'/'.join(row.cell)}"
        if any(type(number) is not int for number in (row.answered, row.total, row.squares, row.sampled)):
            raise EstimateInputError(f"{where}: whole numbers are needed")
        on_scale = row.answered * low <= row.total <= row.answered * high
        squares = row.total**2 <= row.answered * row.squares and (row.answered > 0 or row.squares == 0)
        inside = row.squares <= (low + high) * row.total - row.answered * low * high
        if row.answered < 0 or not (on_scale and squares and inside):
            raise EstimateInputError(f"{where}: no answers have these sums")
    for stratum in {row.stratum for row in rows}:
        answered = sum(row.answered for row in rows if row.stratum == stratum)
        if stratum not in populations or not answered <= populations[stratum]:
            raise EstimateInputError(f"stratum {stratum}: {answered} answers of {populations.get(stratum)} people")
    if not any(row.answered for row in rows):
        raise NoFigure("no-respondents", NO_RESPONDENTS)


def base_weights(rows: Sequence[StratumCell], populations: Mapping[str, int]) -> dict[str, float]:
    """N_h / n_h of every stratum with answers."""
    answered: dict[str, int] = {}
    for row in rows:
        answered[row.stratum] = answered.get(row.stratum, 0) + row.answered
    return {stratum: populations[stratum] / n for stratum, n in answered.items() if n}


def estimated_sizes(rows: Sequence[StratumCell], weights: Mapping[str, float]) -> dict[Codes, float]:
    """How many people the answers of each cell represent, before adjustment; only cells with answers."""
    sizes: dict[Codes, float] = {}
    for row in rows:
        if row.answered:
            sizes[row.cell] = sizes.get(row.cell, 0.0) + weights[row.stratum] * row.answered
    return sizes


def rake(sizes: Mapping[Codes, float], margins: Sequence[Mapping[str, int]]) -> dict[Codes, float]:
    """The factor of every cell that brings all margins to their known numbers (Deming & Stephan 1940).

    Stops when no margin is off by more than RAKING_TOLERANCE of its number. Raises EstimateInputError when margins do
    not add to the same total, when a category has people and no answers or the reverse, or when RAKING_ROUNDS rounds do
    not suffice: then no weights satisfy the margins.
    """
    totals = {sum(margin.values()) for margin in margins}
    if not margins or len(totals) > 1:
        shown = joined(sorted(totals))
        raise WeightsImpossible(
            Text(f"各边际的合计不一致：{shown.zh}。", f"The margins do not add to the same total: {shown.en}.")
        )
    if any(len(cell) != len(margins) for cell in sizes):
        raise EstimateInputError("every cell needs a code for every margin")
    for place, margin in enumerate(margins):
        answered = {cell[place] for cell in sizes}
        unanswered = [code for code, people in margin.items() if people and code not in answered]
        unknown = [code for code in answered if not margin.get(code)]
        if unanswered or unknown:
            code = (unanswered or sorted(unknown))[0]
            reason = unmatched(margin[code] if unanswered else None)
            raise WeightsImpossible(
                Text(
                    f"第 {place + 1} 个边际的「{code}」{reason.zh}，不能按边际加权。",
                    f"“{code}” of margin {place + 1} {reason.en}, so that weights by margins are impossible.",
                )
            )
    factors = dict.fromkeys(sizes, 1.0)
    for _ in range(RAKING_ROUNDS):
        for place, margin in enumerate(margins):
            for code, ratio in _ratios(sizes, factors, place, margin).items():
                for cell in sizes:
                    if cell[place] == code:
                        factors[cell] *= ratio
        worst = max(
            abs(ratio - 1)
            for place, margin in enumerate(margins)
            for ratio in _ratios(sizes, factors, place, margin).values()
        )
        if worst <= RAKING_TOLERANCE:
            return factors
    raise WeightsImpossible(
        Text(
            f"加权 {RAKING_ROUNDS} 轮仍不能同时满足各边际，请合并类别。",
            f"After {RAKING_ROUNDS} rounds the weights still do not satisfy all margins; join some categories.",
        )
    )


def unmatched(people: int | None) -> Text:
    """Why a category cannot be weighted: so many people and no answers, or (None) answers and no number of people."""
    if people is None:
        return Text("有人作答，人数却不知道", "has answers, but nobody knows how many people")
    return Text(f"有 {people} 人，却没有人作答", f"has {people} people and no answers")


def _ratios(
    sizes: Mapping[Codes, float], factors: Mapping[Codes, float], place: int, margin: Mapping[str, int]
) -> dict[str, float]:
    sizes_by_code: dict[str, float] = {}
    for cell, size in sizes.items():
        sizes_by_code[cell[place]] = sizes_by_code.get(cell[place], 0.0) + size * factors[cell]
    return {code: margin[code] / size for code, size in sizes_by_code.items()}
