"""From strata to a Design: inputs checked, strata without answers imputed, strata with one answer collapsed.

Source of collapsed strata: W. G. Cochran, Sampling Techniques, 3rd ed. 1977, 5A.12. What is done is declared in the
notes of the Design.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sampling.text import Text, joined
from surveys.estimates.design import Design, DesignStratum, Group, StratumWeight
from surveys.estimates.figures import NO_RESPONDENTS, EstimateInputError, NoFigure, StratumCount, StratumSums


def counts_as_sums(counts: Sequence[StratumCount]) -> list[StratumSums]:
    """Counts of yes as sums of the values 1 (yes) and 0 (no), one StratumSums for each StratumCount."""
    return [StratumSums(c.stratum, c.area, c.population, c.answered, c.yes, c.yes, c.base) for c in counts]


def design(
    strata: Sequence[StratumSums], *, low: int | None, high: int | None, confidence: float, domain: int | None = None
) -> Design:
    """The Design of these strata: checked, strata without answers imputed, strata with one answer collapsed.

    `low` and `high` bound a (scaled) value; both are None for a value without bounds. `domain` is how many people the
    domain has, for a figure about a part that cuts across the strata. `confidence` is only checked.

    Raises EstimateInputError for sums that no answers have, for a confidence outside 0-1 and for an impossible domain;
    NoFigure when nobody answered.
    """
    if not 0 < confidence < 1:
        raise EstimateInputError("confidence lies between 0 and 1")
    check_strata(strata, low, high)
    if not any(s.in_domain for s in strata):
        raise NoFigure("no-respondents", NO_RESPONDENTS)
    strata_with_answers, imputed_notes = _with_unanswered_strata_imputed(strata)
    groups, collapsed_notes = _with_single_answer_strata_collapsed(strata_with_answers)
    everyone = sum(s.population for s in strata)
    people = everyone if domain is None else domain
    if not sum(s.in_domain for s in strata) <= people <= everyone:
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
        base = s.in_domain
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
    """The strata with answers, by area and code; they represent the people of those without, and notes say so."""
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
        DesignStratum(s.stratum, s.area, s.population * lift[s.area], s.answered, s.in_domain, s.total, s.squares)
        for s in sorted(strata, key=_order)
        if s.answered
    ]
    return cells, notes


def _order(stratum: StratumSums) -> tuple[str, str]:
    return stratum.area, stratum.stratum


def _with_single_answer_strata_collapsed(cells: Sequence[DesignStratum]) -> tuple[tuple[Group, ...], list[Text]]:
    """The groups of strata: one with a single answer together with its nearest neighbour of the same area."""
    groups: list[Group] = [(cell,) for cell in cells]
    notes: list[Text] = []
    for single in (cell for cell in cells if cell.answered == 1 and not cell.complete):
        home = next(n for n, group in enumerate(groups) if single in group)
        if len(groups[home]) > 1:
            continue  # already collapsed with an earlier stratum that has a single answer
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
