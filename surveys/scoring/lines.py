"""One line of the score sheet: the points given, the points that count, and the sentence with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sampling.text import NOTHING_SAID, Text, joined
from surveys.rounding import half_up, plain
from surveys.scoring.facts import Override, ScoreInputError, Statistic
from surveys.scoring.rules import STATISTICS, written
from surveys.scoring.scheme import Item, Party

# The language of the sheets that are stored: a sheet is compared and digested in it.
STORED_LANGUAGE = "zh_Hans_CN"

Areas = Sequence[tuple[str, str]]
PointsGiven = Mapping[tuple[str, str | None], Decimal]


@dataclass(frozen=True)
class Line:
    """One item: the points given (per area where it is), the points that count, and the reason.

    Of a computed item `measured` is the value of `statistic` and `by_rule` what the rule gives; `counted` differs where
    an expert overrode it, for the reason in `override`.
    """

    code: str
    name: Text
    party: str
    maximum: Decimal
    kind: str
    given: tuple[tuple[str | None, Decimal], ...]
    counted: Decimal | None
    reason: Text
    measured: Decimal | None = None
    by_rule: Decimal | None = None
    override: str | None = None
    statistic: str | None = None

    def to_dict(self, language: str = STORED_LANGUAGE) -> dict[str, Any]:
        """As JSON; `given` is a list per area for an item that is scored per area."""
        values = [{"area": area, "given": str(points)} for area, points in self.given]
        single = values[0]["given"] if len(values) == 1 and values[0]["area"] is None else None
        return {
            "code": self.code,
            "name": self.name.in_language(language),
            "party": self.party,
            "maximum": str(self.maximum),
            "kind": self.kind,
            "given": single if single is not None else values or None,
            "measured": None if self.measured is None else str(self.measured),
            "by_rule": None if self.by_rule is None else str(self.by_rule),
            "override": self.override,
            "statistic": self.statistic,
            "counted": None if self.counted is None else str(self.counted),
            "reason": self.reason.in_language(language),
        }


def party_line(
    item: Item,
    party: Party,
    statistics: Mapping[str, Statistic | None],
    given: PointsGiven,
    areas: Areas,
    places: int,
    override: Override | None = None,
) -> Line:
    """The line of an item that counts; `override` only of a computed one."""
    if item.kind == "computed":
        line = computed_line(item, party.code, statistics, places)
        return line if override is None else _overridden(line, override, places)
    if item.per_area:
        return _per_area(item, party, given, areas, places)
    points = given.get((item.code, None))
    if points is None:
        return _line(item, party.code, (), None, party.name + Text("尚未打分", ": no points yet"))
    counted = half_up(points, places)
    stated = party.name + Text(f"给 {plain(points)} 分", f" gave {plain(points)} points")
    reason = stated + _rounding(Fraction(points), counted)
    return _line(item, party.code, ((None, points),), counted, reason)


def comparison_line(item: Item, statistics: Mapping[str, Statistic | None], places: int) -> Line:
    """The line of an item that is shown beside the sheet and does not count."""
    line = computed_line(item, "comparison", statistics, places)
    return replace(line, reason=line.reason + Text("。对照项，不计入总分", ". For comparison; not in the total"))


def computed_line(item: Item, party: str, statistics: Mapping[str, Statistic | None], places: int) -> Line:
    """The line of an item that a rule computes from a statistic."""
    name = item.statistic or ""
    measure, statistic = STATISTICS[name], statistics.get(name)
    if statistic is None or item.rule is None:
        return _line(item, party, (), None, measure.name + Text("暂无结果", ": no result yet"))
    if not statistic.value.is_finite() or not 0 <= statistic.value <= 100 or statistic.n < 1:
        shown = statistic.value
        raise ScoreInputError(
            Text(
                f"{measure.name.zh}应在 0 到 100 之间并有人作答，不是 {shown}（{statistic.n} 人）。",
                f"{measure.name.en} should be from 0 to 100, with answers, not {shown} ({statistic.n} people).",
            )
        )
    value = plain(statistic.value)
    points = item.rule.points(value)
    counted = half_up(points.value, places)
    base = statistic.base_in_words
    measured = Text(
        f"{measure.name.zh} {value}{measure.unit.zh}（{statistic.n} 人，{base.zh}）；",
        f"{measure.name.en} {value}{measure.unit.en} ({statistic.n} people, {base.en}); ",
    )
    reason = measured + points.reason + _rounding(points.value, counted)
    line = _line(item, party, ((None, counted),), counted, reason)
    return replace(line, measured=value, by_rule=plain(counted))


def _overridden(line: Line, override: Override, places: int) -> Line:
    """The rule's result stays visible beside the expert's points."""
    counted = half_up(override.points, places)
    rounding = _rounding(Fraction(override.points), counted)
    expert = Text(
        f"；专家定为 {plain(override.points)} 分{rounding.zh}，理由：{override.reason}",
        f"; the expert set {plain(override.points)} points{rounding.en}, because: {override.reason}",
    )
    return replace(
        line,
        given=((None, plain(override.points)),),
        counted=plain(counted),
        reason=line.reason + expert,
        override=override.reason,
    )


def _per_area(item: Item, party: Party, given: PointsGiven, areas: Areas, places: int) -> Line:
    points = tuple((code, given[item.code, code]) for code, _ in areas if (item.code, code) in given)
    absent = [name for code, name in areas if (item.code, code) not in given]
    if absent or not points:
        where = joined(absent) if absent else Text("各片区", "the areas")
        return _line(item, party.code, points, None, where + Text("尚未打分", ": no points yet"))
    exact = Fraction(sum((p for _, p in points), Decimal(0))) / len(points)
    counted = half_up(exact, places)
    names = dict(areas)
    parts = joined(f"{names[code]} {plain(p)}" for code, p in points)
    added = " + ".join(str(plain(p)) for _, p in points)
    mean = f"({added}) ÷ {len(points)} = {written(exact)}"
    reason = parts + Text(f"；平均分 {mean}", f"; mean {mean}") + _rounding(exact, counted)
    return _line(item, party.code, points, counted, reason)


def _line(
    item: Item, party: str, given: Sequence[tuple[str | None, Decimal]], counted: Decimal | None, reason: Text
) -> Line:
    return Line(
        code=item.code,
        name=item.name,
        party=party,
        maximum=item.maximum,
        kind=item.kind,
        given=tuple((area, plain(points)) for area, points in given),
        counted=None if counted is None else plain(counted),
        reason=reason,
        statistic=item.statistic,
    )


def _rounding(exact: Fraction, counted: Decimal) -> Text:
    if exact == Fraction(counted):
        return NOTHING_SAID
    return Text(f"，四舍五入为 {plain(counted)}", f", rounded to {plain(counted)}")
