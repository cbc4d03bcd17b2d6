"""The score sheet: every item with maximum, given, counted and reason; total; grade; conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sampling.certificate import Evidence
from surveys.canonical import digest_of
from surveys.rounding import half_up
from surveys.scoring.facts import StationFacts
from surveys.scoring.rules import STATISTICS
from surveys.scoring.scheme import Disqualifying, Grade, Item, Party, Scheme


class ScoreInputError(ValueError):
    """Points outside an item's range, or for something the scheme does not have."""


@dataclass(frozen=True)
class Statistic:
    """A figure that a computed item may use: value in per cent or points, answers, base, and how it was made."""

    name: str
    value: Decimal
    n: int
    base: str
    how: str


@dataclass(frozen=True)
class Line:
    """One item: what was given (per area where it is), what counts, and why."""

    code: str
    name: str
    name_en: str
    party: str
    maximum: Decimal
    kind: str
    given: tuple[tuple[str | None, Decimal], ...]
    counted: Decimal | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON; `given` is a list per area for an item that is scored per area."""
        values = [{"area": area, "given": str(points)} for area, points in self.given]
        plain = values[0]["given"] if len(values) == 1 and values[0]["area"] is None else None
        return {
            "code": self.code,
            "name": self.name,
            "party": self.party,
            "maximum": str(self.maximum),
            "kind": self.kind,
            "given": plain if plain is not None else values or None,
            "counted": None if self.counted is None else str(self.counted),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Condition:
    """A disqualifying condition: does it hold, does it not, or was it not stated (None)?"""

    code: str
    text: str
    text_en: str
    holds: bool | None
    reason: str


@dataclass(frozen=True)
class Subtotal:
    """A party's points."""

    code: str
    name: str
    maximum: Decimal
    counted: Decimal | None


@dataclass(frozen=True)
class ScoreSheet:
    """The whole sheet. `total` and `grade` are None while anything is missing."""

    lines: tuple[Line, ...]
    comparison: tuple[Line, ...]
    subtotals: tuple[Subtotal, ...]
    conditions: tuple[Condition, ...]
    missing: tuple[str, ...]
    total: Decimal | None
    grade: str | None
    grade_en: str | None
    grade_reason: str
    digest: str

    @property
    def disqualified(self) -> bool:
        """Whether any condition holds."""
        return any(condition.holds for condition in self.conditions)

    def to_dict(self) -> dict[str, Any]:
        """As JSON: numbers as text, so that 87.6 stays 87.6."""
        return {
            "items": [line.to_dict() for line in self.lines],
            "comparison": [line.to_dict() for line in self.comparison],
            "parties": [
                {
                    "code": s.code,
                    "name": s.name,
                    "maximum": str(s.maximum),
                    "counted": None if s.counted is None else str(s.counted),
                }
                for s in self.subtotals
            ],
            "conditions": [
                {"code": c.code, "text": c.text, "holds": c.holds, "reason": c.reason} for c in self.conditions
            ],
            "missing": list(self.missing),
            "total": None if self.total is None else str(self.total),
            "grade": self.grade,
            "grade_reason": self.grade_reason,
            "digest": self.digest,
        }


Areas = Sequence[tuple[str, str]]
Given = Mapping[tuple[str, str | None], Decimal]


def score(
    evidence: Evidence,
    statistics: Mapping[str, Statistic | None],
    party_scores: Given,
    *,
    areas: Areas,
    station_facts: StationFacts,
    stage: str,
    scheme: Scheme,
) -> ScoreSheet:
    """Fill in the sheet. `party_scores` maps (item code, area code or None) to points.

    The total is the exact sum of the published (rounded) component scores, and the grade is taken from it. Raises
    TypeError without Evidence and ScoreInputError for points the scheme does not allow.
    """
    if not isinstance(evidence, Evidence):
        raise TypeError("a score needs the Evidence of a verified draw")
    _refuse_strangers(scheme, party_scores, areas)
    lines: list[Line] = []
    subtotals: list[Subtotal] = []
    for party in scheme.parties:
        own = [_line(item, party, statistics, party_scores, areas, scheme.places) for item in party.items]
        lines += own
        subtotals.append(_subtotal(party, own))
    comparison = tuple(_computed(item, "comparison", statistics, scheme.places) for item in scheme.comparison)
    conditions = tuple(_condition(c, station_facts, stage) for c in scheme.disqualifying)
    missing = (
        *(f"{line.name}:{line.reason}" for line in lines if line.counted is None),
        *(f"{c.text}:{c.reason}" for c in conditions if c.holds is None),
    )
    points = [line.counted for line in lines]
    total = None if None in points else sum((p for p in points if p is not None), Decimal(0))
    grade, reason = _grade(scheme, total, conditions)
    return ScoreSheet(
        lines=tuple(lines),
        comparison=comparison,
        subtotals=tuple(subtotals),
        conditions=conditions,
        missing=missing,
        total=total,
        grade=grade.name if grade and not missing else None,
        grade_en=grade.name_en if grade and not missing else None,
        grade_reason=reason,
        digest=_digest(evidence, statistics, party_scores, station_facts, stage, scheme),
    )


def _refuse_strangers(scheme: Scheme, given: Given, areas: Areas) -> None:
    items = {item.code: item for party in scheme.parties for item in party.items if item.kind == "given"}
    codes = {code for code, _ in areas}
    for (code, area), points in given.items():
        item = items.get(code)
        if item is None or (area in codes) != item.per_area or (area is not None and not item.per_area):
            raise ScoreInputError(f"评分方案里没有「{code}」这一项(片区 {area or '无'})。")
        if not 0 <= points <= item.maximum:
            raise ScoreInputError(f"「{item.name}」应在 0 到 {item.maximum} 之间,不是 {points}。")


def _line(
    item: Item, party: Party, statistics: Mapping[str, Statistic | None], given: Given, areas: Areas, places: int
) -> Line:
    if item.kind == "computed":
        return _computed(item, party.code, statistics, places)
    if item.per_area:
        return _per_area(item, party, given, areas, places)
    points = given.get((item.code, None))
    if points is None:
        return _make(item, party.code, (), None, f"{party.name}尚未打分")
    counted = half_up(points, places)
    return _make(item, party.code, ((None, points),), counted, f"{party.name}给 {points} 分{_rounded(points, counted)}")


def _per_area(item: Item, party: Party, given: Given, areas: Areas, places: int) -> Line:
    points = tuple((code, given[item.code, code]) for code, _ in areas if (item.code, code) in given)
    absent = [name for code, name in areas if (item.code, code) not in given]
    if absent:
        return _make(item, party.code, points, None, f"{'、'.join(absent)}尚未打分")
    exact = Fraction(sum((p for _, p in points), Decimal(0))) / len(points)
    counted = half_up(exact, places)
    names = dict(areas)
    parts = "、".join(f"{names[code]} {p}" for code, p in points)
    return _make(item, party.code, points, counted, f"{parts},{len(points)} 个片区的平均分 {counted}")


def _computed(item: Item, party: str, statistics: Mapping[str, Statistic | None], places: int) -> Line:
    name = item.statistic or ""
    statistic = statistics.get(name)
    if statistic is None or item.rule is None:
        return _make(item, party, (), None, f"{STATISTICS.get(name, name)}暂无结果")
    points = item.rule.points(statistic.value, places)
    measured = f"{STATISTICS[name]} {statistic.value}({statistic.n} 人,{statistic.base})"
    return _make(item, party, ((None, points.value),), points.value, f"{measured};{points.reason}")


def _make(
    item: Item, party: str, given: tuple[tuple[str | None, Decimal], ...], counted: Decimal | None, reason: str
) -> Line:
    return Line(item.code, item.name, item.name_en, party, item.maximum, item.kind, given, counted, reason)


def _rounded(points: Decimal, counted: Decimal) -> str:
    return "" if points == counted else f",四舍五入为 {counted}"


def _subtotal(party: Party, lines: Sequence[Line]) -> Subtotal:
    points = [line.counted for line in lines]
    whole = None if None in points else sum((p for p in points if p is not None), Decimal(0))
    return Subtotal(party.code, party.name, party.maximum, whole)


def _condition(condition: Disqualifying, facts: StationFacts, stage: str) -> Condition:
    if condition.kind == "declared":
        holds = facts.declared.get(condition.code)
        reason = {True: "已认定存在", False: "未发现", None: "尚未认定"}[holds]
    else:
        holds, reason = _threshold(condition, facts, stage)
    return Condition(condition.code, condition.text, condition.text_en, holds, reason)


def _threshold(condition: Disqualifying, facts: StationFacts, stage: str) -> tuple[bool | None, str]:
    value, limit = facts.value(condition.quantity or ""), condition.thresholds[stage]
    if value is None:
        declared = facts.declared.get(condition.code)
        words = {True: "已认定存在(未填写数字)", False: "已认定不存在(未填写数字)", None: "尚未填写有关数字"}
        return declared, words[declared]
    at_least = condition.comparison == "at_least"
    holds = value >= limit if at_least else value < limit
    figures = _figures(condition.quantity or "", facts)
    return holds, f"{figures}{value},界限{'≥' if at_least else '<'} {limit}"


def _figures(quantity: str, facts: StationFacts) -> str:
    if not quantity.endswith("_missing"):
        return "实际 "
    kind = quantity.removesuffix("_missing")
    return f"应到 {facts.numbers[f'{kind}_due']} 人次,实到 {facts.numbers[f'{kind}_present']} 人次,缺 "


def _grade(scheme: Scheme, total: Decimal | None, conditions: Sequence[Condition]) -> tuple[Grade | None, str]:
    holding = [c.text for c in conditions if c.holds]
    if total is None:
        return None, "评分还不完整"
    if holding:
        lowest = scheme.grades[-1]
        return lowest, f"出现{';'.join(holding)},不论得分,定为{lowest.name}"
    found = next(grade for grade in scheme.grades if total >= grade.lowest)
    return found, f"总分 {total},{found.lowest} 分及以上为{found.name}"


def _digest(
    evidence: Evidence,
    statistics: Mapping[str, Statistic | None],
    given: Given,
    facts: StationFacts,
    stage: str,
    scheme: Scheme,
) -> str:
    return digest_of(
        {
            "certificate": evidence.digest,
            "statistics": {name: None if s is None else [str(s.value), s.n] for name, s in statistics.items()},
            "given": sorted([item, area or "", str(points)] for (item, area), points in given.items()),
            "facts": facts.to_dict(),
            "stage": stage,
            "scheme": scheme.digest,
        }
    )
