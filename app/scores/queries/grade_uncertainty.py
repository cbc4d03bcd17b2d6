"""The part luck has in a score: chances of points and grades, and how few answers would change them."""

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

# The people asked about their satisfaction move these together.
SATISFACTION = ("satisfaction.mean", "satisfaction.share", "satisfaction.at_least_95")


@dataclass(frozen=True)
class ItemLuck:
    """A computed item: its points, how likely each number of points is, and how few answers would lower them.

    `turned` is None when no number of people turned from best to worst lowers the points.
    """

    code: str
    name: str
    name_en: str
    counts: bool
    points: Decimal
    chances: tuple[Chance, ...]
    turned: int | None


@dataclass(frozen=True)
class Luck:
    """Computed items, the chance of each grade, and how few dissatisfied people more would lower the grade.

    `grades` is empty while there is no grade or no counting item is computed: the sample then moves no point.
    """

    items: tuple[ItemLuck, ...]
    grades: tuple[Chance, ...]
    turned: int | None
    disqualified: bool

    @property
    def sample_counts(self) -> bool:
        """Whether any point of the total comes from the sample."""
        return any(item.counts for item in self.items)


@dataclass(frozen=True)
class _Moving:
    """A computed item whose points move with the sample, and the chance of each number of points."""

    item: Item
    points: Decimal
    chances: Mapping[Decimal, float]


def luck_of(outcome: ScoreOutcome, scheme: Scheme) -> Luck:
    """The luck in a score as it stands."""
    sheet = outcome.sheet
    computed = [item for party in scheme.parties for item in party.items if item.kind == "computed"]
    # An expert's points do not move with the sample.
    counting = [item for item in computed if item.code not in sheet.inputs.overrides]
    moved, compared = _moving(counting, outcome, scheme), _moving(scheme.comparison, outcome, scheme)
    items = [_item_luck(one, outcome.results, scheme.places, counts=True) for one in moved]
    items += [_item_luck(one, outcome.results, scheme.places, counts=False) for one in compared]
    if sheet.total is None or sheet.grade_code is None or not counting:
        return Luck(tuple(items), (), None, bool(sheet.disqualified))
    return Luck(
        items=tuple(items),
        grades=_grades(moved, sheet.total, scheme),
        turned=_turned(moved, sheet.total, outcome.results, scheme),
        disqualified=bool(sheet.disqualified),
    )


def _moving(items: Iterable[Item], outcome: ScoreOutcome, scheme: Scheme) -> list[_Moving]:
    """Those items that have points by a rule, from a figure that can be given."""
    counted = {line.code: line.counted for line in (*outcome.sheet.lines, *outcome.sheet.comparison)}
    found = []
    for item in items:
        points, figure = counted.get(item.code), outcome.results.figures[item.statistic or ""]
        if points is None or item.rule is None or figure.estimate is None:
            continue
        chances = points_chances(statistic_chances(figure.estimate, figure.percent), item.rule, scheme.places)
        found.append(_Moving(item, points, chances))
    return found


def _item_luck(one: _Moving, results: Results, places: int, *, counts: bool) -> ItemLuck:
    return ItemLuck(
        code=one.item.code,
        name=one.item.name,
        name_en=one.item.name_en,
        counts=counts,
        points=one.points,
        chances=tuple(Chance(str(p), chance) for p, chance in sorted(one.chances.items(), reverse=True)),
        turned=fewest(_lowers(results, [one.item], places, one.points), results.valid),
    )


def _sum(moved: Iterable[_Moving]) -> Decimal:
    return sum((one.points for one in moved), Decimal(0))


def _grades(moved: Sequence[_Moving], total: Decimal, scheme: Scheme) -> tuple[Chance, ...]:
    """The chance of each grade: what moves with the sample, on top of what does not."""
    totals = total_chances(total - _sum(moved), [one.chances for one in moved])
    return grade_chances(totals, scheme.grades)


def _turned(moved: Sequence[_Moving], total: Decimal, results: Results, scheme: Scheme) -> int | None:
    """How few people turned from best to worst would lower the grade; None where none can."""
    satisfaction = [one for one in moved if one.item.statistic in SATISFACTION]
    lowest = next(grade.lowest for grade in scheme.grades if total >= grade.lowest)
    if lowest <= 0 or not satisfaction:
        return None
    line = lowest - (total - _sum(satisfaction))
    return fewest(_lowers(results, [one.item for one in satisfaction], scheme.places, line), results.valid)


def _lowers(results: Results, items: list[Item], places: int, line: Decimal) -> Callable[[int], bool]:
    """Whether that many people turned bring the points of these items together below a line."""

    def holds(people: int) -> bool:
        total = Decimal(0)
        for item in items:
            value = value_after_flips(results, item.statistic or "", people)
            # More people than can be turned: everybody is at the bottom of the scale.
            points = item.rule.points(value if value is not None else Decimal(0)) if item.rule else None
            total += Decimal(0) if points is None else plain(half_up(points.value, places))
        return total < line

    return holds
