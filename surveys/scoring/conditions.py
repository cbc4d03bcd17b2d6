"""Disqualifying conditions: does each hold, does it not, or is it not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from surveys.rounding import plain
from surveys.scoring.facts import StationFacts
from surveys.scoring.scheme import Disqualifying


@dataclass(frozen=True)
class Condition:
    """A disqualifying condition: holds, does not hold, or was not stated (None); the figures where it has any."""

    code: str
    text: str
    text_en: str
    holds: bool | None
    reason: str
    value: Decimal | None = None
    limit: Decimal | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "text": self.text,
            "holds": self.holds,
            "value": None if self.value is None else str(self.value),
            "limit": None if self.limit is None else str(self.limit),
            "reason": self.reason,
        }


def judge(condition: Disqualifying, facts: StationFacts, stage: str) -> Condition:
    """Put the facts before one condition, with the threshold of the stage.

    A quantity decides by its figures. Where it was not stated, the declaration counts; where figures and declaration
    contradict each other, nothing is decided until someone corrects one of them.
    """
    declared = facts.declared.get(condition.code)
    if condition.kind == "declared":
        words = {True: "已认定存在", False: "已认定不存在", None: "尚未认定"}
        return Condition(condition.code, condition.text, condition.text_en, declared, words[declared])
    limit = plain(condition.thresholds[stage])
    found = facts.quantity(condition.quantity or "")
    if found is None:
        words = {True: "已认定存在，没有填写数字", False: "已认定不存在，没有填写数字", None: "尚未填写有关数字"}
        return Condition(condition.code, condition.text, condition.text_en, declared, words[declared], None, limit)
    at_least = condition.comparison == "at_least"
    holds: bool | None = found.value >= limit if at_least else found.value < limit
    reason = f"{found.words}；{'达到' if at_least else '低于'} {limit} 即不合格"
    if declared is not None and declared != holds:
        holds, reason = None, f"{reason}；与认定（{'存在' if declared else '不存在'}）不一致，请核对"
    return Condition(condition.code, condition.text, condition.text_en, holds, reason, plain(found.value), limit)
