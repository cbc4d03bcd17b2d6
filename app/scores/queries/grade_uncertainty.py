"""The part luck has in a score: chances of points and grades, and how few answers would change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.results.queries.nonresponse_bounds import fewest, flipped
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


def luck_of(outcome: ScoreOutcome, scheme: Scheme) -> Luck:
    """The luck in a score as it stands."""
    results, sheet = outcome.results, outcome.sheet
    counted = {line.code: line.counted for line in (*sheet.lines, *sheet.comparison)}
    counting = [item for party in scheme.parties for item in party.items if item.kind == "computed"]
    items = []
    spread: dict[str, Mapping[Decimal, float]] = {}
    # An expert's points do not move with the sample.
    counting = [item for item in counting if item.code not in sheet.inputs.overrides]
    for item in (*counting, *scheme.comparison):
        points, figure = counted.get(item.code), results.figures[item.statistic or ""]
        if points is None or item.rule is None or figure.estimate is None:
            continue
        chances = points_chances(statistic_chances(figure.estimate, figure.percent), item.rule, scheme.places)
        spread[item.code] = chances
        items.append(
            ItemLuck(
                code=item.code,
                name=item.name,
                name_en=item.name_en,
                counts=item in counting,
                points=points,
                chances=tuple(Chance(str(p), chance) for p, chance in sorted(chances.items(), reverse=True)),
                turned=fewest(_lowers(results, [item], scheme.places, points), results.valid),
            )
        )
    if sheet.total is None or sheet.grade_code is None or not counting:
        return Luck(tuple(items), (), None, bool(sheet.disqualified))
    moved = [item for item in counting if item.code in spread]
    fixed = sheet.total - sum((counted[item.code] or Decimal(0) for item in moved), Decimal(0))
    totals = total_chances(fixed, [spread[item.code] for item in moved])
    satisfaction = [item for item in moved if item.statistic in SATISFACTION]
    rest = sheet.total - sum((counted[item.code] or Decimal(0) for item in satisfaction), Decimal(0))
    lowest = next(grade.lowest for grade in scheme.grades if sheet.total >= grade.lowest)
    lowers = _lowers(results, satisfaction, scheme.places, lowest - rest)
    return Luck(
        items=tuple(items),
        grades=grade_chances(totals, scheme.grades),
        turned=fewest(lowers, results.valid) if lowest > 0 and satisfaction else None,
        disqualified=bool(sheet.disqualified),
    )


def _lowers(results: Results, items: list[Item], places: int, line: Decimal) -> Callable[[int], bool]:
    """Whether that many people turned bring the points of these items together below a line."""

    def holds(people: int) -> bool:
        total = Decimal(0)
        for item in items:
            value = flipped(results, item.statistic or "", people)
            # More people than can be turned: everybody is at the bottom of the scale.
            points = item.rule.points(value if value is not None else Decimal(0)) if item.rule else None
            total += Decimal(0) if points is None else plain(half_up(points.value, places))
        return total < line

    return holds
