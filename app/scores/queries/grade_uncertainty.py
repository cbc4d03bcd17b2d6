"""The uncertainty of a score due to sampling: probabilities of points and grades, and flips that would lower them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.results.queries.nonresponse_bounds import fewest, value_after_flips
from app.results.queries.results import Results
from app.scores.queries.scores import ScoreOutcome
from surveys.rounding import half_up, plain
from surveys.scoring.grade_probabilities import Chance, grade_chances, points_chances, statistic_chances, total_chances
from surveys.scoring.scheme import Item, Scheme

# One respondent's satisfaction answers change all of these together.
SATISFACTION = ("satisfaction.mean", "satisfaction.share", "satisfaction.at_least_95")


@dataclass(frozen=True)
class ItemUncertainty:
    """A computed item: its points, the probability of each number of points, and how few flips would lower them.

    `turned` is the number of people flipped from best to worst; None when no number lowers the points.
    """

    code: str
    name: str
    name_en: str
    counts: bool
    points: Decimal
    chances: tuple[Chance, ...]
    turned: int | None


@dataclass(frozen=True)
class GradeUncertainty:
    """Computed items, the probability of each grade, and how few more dissatisfied people would lower the grade.

    `grades` is empty while there is no grade, or while no counting item is computed from the sample.
    """

    items: tuple[ItemUncertainty, ...]
    grades: tuple[Chance, ...]
    turned: int | None
    disqualified: bool

    @property
    def sample_counts(self) -> bool:
        """Whether any point of the total comes from the sample."""
        return any(item.counts for item in self.items)


@dataclass(frozen=True)
class _SampledItem:
    """A computed item whose points depend on the sample, and the probability of each number of points."""

    item: Item
    points: Decimal
    chances: Mapping[Decimal, float]


def grade_uncertainty_of(outcome: ScoreOutcome, scheme: Scheme) -> GradeUncertainty:
    """The uncertainty of the current score, from the published intervals (surveys.scoring.grade_probabilities)."""
    sheet = outcome.sheet
    computed = [item for party in scheme.parties for item in party.items if item.kind == "computed"]
    # Points overridden by an expert do not depend on the sample.
    counting = [item for item in computed if item.code not in sheet.inputs.overrides]
    sampled, compared = _sampled_items(counting, outcome, scheme), _sampled_items(scheme.comparison, outcome, scheme)
    items = [_item_uncertainty(item, outcome.results, scheme.places, counts=True) for item in sampled]
    items += [_item_uncertainty(item, outcome.results, scheme.places, counts=False) for item in compared]
    if sheet.total is None or sheet.grade_code is None or not counting:
        return GradeUncertainty(tuple(items), (), None, bool(sheet.disqualified))
    return GradeUncertainty(
        items=tuple(items),
        grades=_grades(sampled, sheet.total, scheme),
        turned=_flips_to_lower_grade(sampled, sheet.total, outcome.results, scheme),
        disqualified=bool(sheet.disqualified),
    )


def _sampled_items(items: Iterable[Item], outcome: ScoreOutcome, scheme: Scheme) -> list[_SampledItem]:
    """The items that have points by a rule, from a figure that can be given."""
    counted = {line.code: line.counted for line in (*outcome.sheet.lines, *outcome.sheet.comparison)}
    sampled = []
    for item in items:
        points, figure = counted.get(item.code), outcome.results.figures[item.statistic or ""]
        if points is None or item.rule is None or figure.estimate is None:
            continue
        chances = points_chances(statistic_chances(figure.estimate, figure.percent), item.rule, scheme.places)
        sampled.append(_SampledItem(item, points, chances))
    return sampled


def _item_uncertainty(sampled: _SampledItem, results: Results, places: int, *, counts: bool) -> ItemUncertainty:
    return ItemUncertainty(
        code=sampled.item.code,
        name=sampled.item.name,
        name_en=sampled.item.name_en,
        counts=counts,
        points=sampled.points,
        chances=tuple(Chance(str(p), chance) for p, chance in sorted(sampled.chances.items(), reverse=True)),
        turned=fewest(_falls_below(results, [sampled.item], places, sampled.points), results.valid),
    )


def _sum(sampled: Iterable[_SampledItem]) -> Decimal:
    return sum((item.points for item in sampled), Decimal(0))


def _grades(sampled: Sequence[_SampledItem], total: Decimal, scheme: Scheme) -> tuple[Chance, ...]:
    """The probability of each grade: the random points of the sampled items added to the fixed rest of the total."""
    totals = total_chances(total - _sum(sampled), [item.chances for item in sampled])
    return grade_chances(totals, scheme.grades)


def _flips_to_lower_grade(
    sampled: Sequence[_SampledItem], total: Decimal, results: Results, scheme: Scheme
) -> int | None:
    """The fewest people who, flipped from best to worst, would lower the grade; None where no number can."""
    satisfaction = [sampled_item for sampled_item in sampled if sampled_item.item.statistic in SATISFACTION]
    lowest = next(grade.lowest for grade in scheme.grades if total >= grade.lowest)
    if lowest <= 0 or not satisfaction:
        return None
    line = lowest - (total - _sum(satisfaction))
    return fewest(
        _falls_below(results, [sampled_item.item for sampled_item in satisfaction], scheme.places, line), results.valid
    )


def _falls_below(results: Results, items: list[Item], places: int, line: Decimal) -> Callable[[int], bool]:
    """A function of a number of people: whether, flipped, they bring the sum of these items' points below `line`."""

    def holds(people: int) -> bool:
        total = Decimal(0)
        for item in items:
            value = value_after_flips(results, item.statistic or "", people)
            # More people than can be flipped: everybody is at the bottom of the scale.
            points = item.rule.points(value if value is not None else Decimal(0)) if item.rule else None
            total += Decimal(0) if points is None else plain(half_up(points.value, places))
        return total < line

    return holds
