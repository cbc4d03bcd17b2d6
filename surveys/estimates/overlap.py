"""The change of a share or a mean between two rounds in which some people were asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from surveys.estimates.comparison import MID_P_UP_TO, Difference, change_of
from surveys.estimates.contingency_tables import answers_of, fisher_where_small
from surveys.estimates.design import Design
from surveys.estimates.design_building import counts_as_sums, design
from surveys.estimates.figures import INDEX_SCALE, EstimateInputError, StratumCount, StratumOverlap, StratumSums
from surveys.estimates.mean import mean
from surveys.estimates.share import share


def mean_change(
    current: Sequence[StratumSums],
    before: Sequence[StratumSums],
    twice: Sequence[StratumOverlap],
    *,
    high: int = 100,
    confidence: float = 0.95,
) -> Difference:
    """The mean of this round less that of the round before, in points of a scale from 0 to `high`.

    `twice` are the people who answered in both rounds, stratum by stratum, their values scaled as in StratumSums; see
    rounds_covariance(). Interval and p-value as in between_rounds(). Raises NoFigure when a round has no answers,
    EstimateInputError for impossible sums.
    """
    top = high * INDEX_SCALE
    designs = [design(sums, low=0, high=top, confidence=confidence) for sums in (current, before)]
    covariance = rounds_covariance(designs[0], designs[1], twice, top) / INDEX_SCALE**2
    figures = [mean(sums, high=high, confidence=confidence) for sums in (current, before)]
    change = (designs[0].value() - designs[1].value()) / INDEX_SCALE
    return change_of(change, figures[0], figures[1], float(covariance))


def share_change(
    current: Sequence[StratumCount],
    before: Sequence[StratumCount],
    twice: Sequence[StratumOverlap],
    *,
    confidence: float = 0.95,
) -> Difference:
    """The share of this round less that of the round before, 0-1; `twice` and errors as in mean_change().

    Limits: from mid-P limits of both shares where at most three in ten people answered in either round, from exact ones
    above. p-value: Fisher's exact test of the answers where a cell would hold fewer than five if nothing differed,
    which takes the rounds as drawn apart: too large, never too small, where people who were asked twice answered alike.
    """
    mid_p = all(sum(c.answered for c in r) <= MID_P_UP_TO * sum(c.population for c in r) for r in (current, before))
    designs = [design(counts_as_sums(counts), low=0, high=1, confidence=confidence) for counts in (current, before)]
    covariance = rounds_covariance(designs[0], designs[1], twice, 1)
    figures = [share(counts, confidence=confidence, mid_p=mid_p) for counts in (current, before)]
    change = change_of(designs[0].value() - designs[1].value(), figures[0], figures[1], float(covariance))
    exact = (
        None if change.standard_error in (None, 0.0) else fisher_where_small([answers_of(current), answers_of(before)])
    )
    return change if exact is None else replace(change, p_value=exact, method="mover, fisher")


def rounds_covariance(current: Design, before: Design, twice: Sequence[StratumOverlap], top: int) -> Fraction:
    """The covariance of the means of two rounds, in squared units of the sums (0 to `top`).

    Per stratum (m / (n1 n2) - C / (N1 N2)) s12, times what it weighs in both rounds: m people asked twice and s12 the
    covariance of their values, C people on both lists. Exact where the list did not change (N1 = N2 = C; Tam 1984;
    Qualité & Tillé 2008) and zero on average where the second sample was drawn without regard to the first. Strata with
    fewer than two people asked twice, and people who changed stratum, are taken as independent.

    Raises EstimateInputError for sums no answers have, and more people asked twice than asked once.
    """
    cells = [{cell.stratum: cell for cell in round_design.cells} for round_design in (current, before)]
    total = Fraction(0)
    if len({s.stratum for s in twice}) != len(twice):
        raise EstimateInputError("a stratum occurs twice")
    for s in twice:
        cell_now, cell_before = (round_cells.get(s.stratum) for round_cells in cells)
        answers = [0 if cell is None else cell.answered for cell in (cell_now, cell_before)]
        if not 0 <= s.both <= min(*answers, s.listed):
            raise EstimateInputError(f"stratum {s.stratum}: {s.both} answered twice of {answers} and {s.listed} listed")
        _check(s, top)
        if cell_now is None or cell_before is None or s.both < 2:
            continue
        value_covariance = (s.products - Fraction(s.current * s.before, s.both)) / (s.both - 1)
        factor = Fraction(s.both, cell_now.answered * cell_before.answered) - s.listed / (
            cell_now.people * cell_before.people
        )
        total += cell_now.people / current.weight * cell_before.people / before.weight * factor * value_covariance
    return total


def _check(s: StratumOverlap, top: int) -> None:
    numbers = (s.listed, s.both, s.current, s.before, s.products)
    if any(type(number) is not int for number in numbers):
        raise EstimateInputError(f"stratum {s.stratum}: whole numbers are needed, not {numbers}")
    if not (0 <= s.current <= s.both * top and 0 <= s.before <= s.both * top):
        raise EstimateInputError(f"stratum {s.stratum}: a sum is off the scale")
    # Σ xy and Σ (top - x)(top - y) are not negative, nor Σ x (top - y) and Σ (top - x) y.
    if not max(0, top * (s.current + s.before - s.both * top)) <= s.products <= top * min(s.current, s.before):
        raise EstimateInputError(f"stratum {s.stratum}: the sum of products does not fit the sums")
