"""The score sheet: every item with maximum, given, counted and reason; total; grade; conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sampling.certificate import Evidence
from sampling.text import NOTHING_SAID, Text, all_of
from surveys.rounding import plain
from surveys.scoring.conditions import ConditionResult, judge
from surveys.scoring.facts import Override, ScoreInputError, StationFacts, Statistic
from surveys.scoring.inputs import Inputs
from surveys.scoring.lines import STORED_LANGUAGE, Areas, Line, PointsGiven, comparison_line, party_line
from surveys.scoring.scheme import STAGES, Grade, Item, Party, Scheme

COLON = Text("：", ": ")


@dataclass(frozen=True)
class Subtotal:
    """A party's points; None while one of its items is open."""

    code: str
    name: Text
    maximum: Decimal
    counted: Decimal | None

    def to_dict(self, language: str = STORED_LANGUAGE) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "name": self.name.in_language(language),
            "maximum": str(self.maximum),
            "counted": None if self.counted is None else str(self.counted),
        }


@dataclass(frozen=True)
class ScoreSheet:
    """The whole sheet. `total` is None while points are missing, `grade` while anything at all is.

    `digest` is that of everything the sheet was made from: equal inputs, equal digest, for ever.
    """

    stage: str
    lines: tuple[Line, ...]
    comparison: tuple[Line, ...]
    subtotals: tuple[Subtotal, ...]
    conditions: tuple[ConditionResult, ...]
    missing: tuple[Text, ...]
    total: Decimal | None
    grade_code: str | None
    grade: Text | None
    grade_reason: Text
    digest: str
    inputs: Inputs

    @property
    def disqualified(self) -> tuple[Text, ...]:
        """The conditions that hold, each with its reason; empty when none does."""
        return tuple(_with_reason(c) for c in self.conditions if c.holds)

    def to_dict(self, language: str = STORED_LANGUAGE) -> dict[str, Any]:
        """As JSON: numbers as text, so that 87.6 stays 87.6."""
        return {
            "stage": self.stage,
            "items": [line.to_dict(language) for line in self.lines],
            "comparison": [line.to_dict(language) for line in self.comparison],
            "parties": [subtotal.to_dict(language) for subtotal in self.subtotals],
            "conditions": [condition.to_dict(language) for condition in self.conditions],
            "disqualified": [text.in_language(language) for text in self.disqualified],
            "missing": [text.in_language(language) for text in self.missing],
            "total": None if self.total is None else str(self.total),
            "grade": None if self.grade is None else self.grade.in_language(language),
            "grade_code": self.grade_code,
            "grade_reason": self.grade_reason.in_language(language),
            "digest": self.digest,
        }


def score(
    evidence: Evidence,
    statistics: Mapping[str, Statistic | None],
    party_scores: PointsGiven,
    *,
    areas: Areas,
    station_facts: StationFacts,
    stage: str,
    scheme: Scheme,
    overrides: Mapping[str, Override] | None = None,
) -> ScoreSheet:
    """Fill in the sheet. `party_scores` maps (item code, area code or None) to points; `areas` are (code, name).

    `overrides` are an expert's points for computed items, by code. The total is the exact sum of the published
    (rounded) component scores, and the grade is taken from it. A grade is given only when every item is scored and
    every condition is known. Raises TypeError without Evidence and ScoreInputError for points the scheme does not
    allow.
    """
    if not isinstance(evidence, Evidence):
        raise TypeError("a score needs the Evidence of a verified draw")
    inputs = Inputs(
        evidence.digest, evidence.fingerprint, statistics, party_scores, areas, station_facts, stage, overrides or {}
    )
    return sheet_of(inputs, scheme)


def sheet_of(inputs: Inputs, scheme: Scheme) -> ScoreSheet:
    """The sheet of stored inputs, whose draw was verified when they were stored; a new score is made by score().

    Raises ScoreInputError for points the scheme does not allow.
    """
    if inputs.stage not in STAGES:
        raise ScoreInputError(Text(f"没有「{inputs.stage}」这个阶段。", f"There is no stage “{inputs.stage}”."))
    _refuse_unknown_items(scheme, inputs)
    by_party = {
        party: [_line_of(item, party, inputs, scheme.places) for item in party.items] for party in scheme.parties
    }
    lines = tuple(line for own in by_party.values() for line in own)
    conditions = tuple(judge(condition, inputs.facts, inputs.stage) for condition in scheme.disqualifying)
    total = _total(lines)
    missing = (
        *(line.name + COLON + line.reason for line in lines if line.counted is None),
        *(_with_reason(c) for c in conditions if c.holds is None),
    )
    grade, reason = _grade(scheme, total, conditions)
    return ScoreSheet(
        stage=inputs.stage,
        lines=lines,
        comparison=tuple(comparison_line(item, inputs.statistics, scheme.places) for item in scheme.comparison),
        subtotals=tuple(_subtotal(party, own) for party, own in by_party.items()),
        conditions=conditions,
        missing=missing,
        total=total,
        grade_code=grade.code if grade else None,
        grade=grade.name if grade else None,
        grade_reason=reason,
        digest=inputs.digest(scheme.digest),
        inputs=inputs,
    )


def _with_reason(condition: ConditionResult) -> Text:
    return condition.text + COLON + condition.reason


def _line_of(item: Item, party: Party, inputs: Inputs, places: int) -> Line:
    override = inputs.overrides.get(item.code)
    return party_line(item, party, inputs.statistics, inputs.given, inputs.areas, places, override)


def _refuse_unknown_items(scheme: Scheme, inputs: Inputs) -> None:
    all_items = {item.code: item for party in scheme.parties for item in party.items}
    items = {code: item for code, item in all_items.items() if item.kind == "given"}
    codes = [code for code, _ in inputs.areas]
    if len(set(codes)) != len(codes):
        raise ScoreInputError(Text("片区代码有重复。", "An area code occurs twice."))
    for (code, area), points in inputs.given.items():
        item = items.get(code)
        if item is None or (area not in codes if item.per_area else area is not None):
            where = Text(area or "无", area or "none")
            raise ScoreInputError(
                Text(
                    f"评分方案里没有「{code}」这一项(片区 {where.zh})。",
                    f"The scheme has no item “{code}” (area {where.en}).",
                )
            )
        if not points.is_finite() or not 0 <= points <= item.maximum:
            raise ScoreInputError(_out_of_range(item, points))
    for code, override in inputs.overrides.items():
        item = all_items.get(code)
        if item is None or item.kind != "computed":
            raise ScoreInputError(
                Text(
                    f"「{code}」不是由统计结果算出的项，不能改分。",
                    f"“{code}” is not computed from a statistic, so that no other points can be set.",
                )
            )
        if not override.points.is_finite() or not 0 <= override.points <= item.maximum:
            raise ScoreInputError(_out_of_range(item, override.points))


def _out_of_range(item: Item, points: Decimal) -> Text:
    return Text(
        f"「{item.name.zh}」应在 0 到 {item.maximum} 之间，不是 {points}。",
        f"“{item.name.en}” should be from 0 to {item.maximum}, not {points}.",
    )


def _total(lines: Sequence[Line]) -> Decimal | None:
    points = [line.counted for line in lines if line.counted is not None]
    return plain(sum(points, Decimal(0))) if len(points) == len(lines) else None


def _subtotal(party: Party, lines: Sequence[Line]) -> Subtotal:
    return Subtotal(party.code, party.name, party.maximum, _total(lines))


def _grade(scheme: Scheme, total: Decimal | None, conditions: Sequence[ConditionResult]) -> tuple[Grade | None, Text]:
    lowest = scheme.grades[-1]
    holding = all_of(Text(f"「{c.text.zh}」", f"“{c.text.en}”") for c in conditions if c.holds)
    if total is None:
        return None, _incomplete(holding, lowest)
    if any(c.holds is None for c in conditions):
        return None, Text(
            f"总分 {total}；还有不合格情形没有认定，暂不定等级",
            f"Total {total}; some disqualifying conditions are not decided yet, so there is no grade",
        )
    if holding:
        return lowest, Text(
            f"总分 {total}；存在{holding.zh}，不论得分，定为{lowest.name.zh}",
            f"Total {total}; because of {holding.en} the grade is {lowest.name.en} whatever the points",
        )
    position, reached = next((n, grade) for n, grade in enumerate(scheme.grades) if total >= grade.lowest)
    above = scheme.grades[position - 1].lowest if position else None
    return reached, _graded(total, reached, above)


def _incomplete(holding: Text, lowest: Grade) -> Text:
    if not holding:
        return Text("评分还不完整", "The score is not complete")
    return Text(
        f"评分还不完整；已存在{holding.zh}，不论得分都是{lowest.name.zh}",
        f"The score is not complete; because of {holding.en} the grade will be {lowest.name.en} whatever the points",
    )


def _graded(total: Decimal, grade: Grade, above: Decimal | None) -> Text:
    below = NOTHING_SAID if above is None else Text(f"、不到 {above} 分", f" and less than {above}")
    return Text(
        f"总分 {total}，{grade.lowest} 分以上{below.zh}为{grade.name.zh}；没有不合格情形",
        f"Total {total}: {grade.lowest} points or more{below.en} is {grade.name.en}; no disqualifying condition holds",
    )
