"""Disqualifying conditions: whether each holds, does not hold, or is not known yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sampling.text import Text
from surveys.rounding import plain
from surveys.scoring.facts import StationFacts
from surveys.scoring.lines import STORED_LANGUAGE
from surveys.scoring.scheme import Disqualifying


@dataclass(frozen=True)
class ConditionResult:
    """A disqualifying condition: holds, does not hold, or was not stated (None); the figures where it has any."""

    code: str
    text: Text
    holds: bool | None
    reason: Text
    value: Decimal | None = None
    limit: Decimal | None = None

    def to_dict(self, language: str = STORED_LANGUAGE) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "text": self.text.in_language(language),
            "holds": self.holds,
            "value": None if self.value is None else str(self.value),
            "limit": None if self.limit is None else str(self.limit),
            "reason": self.reason.in_language(language),
        }


DECLARED = {
    True: Text("已认定存在", "declared to hold"),
    False: Text("已认定不存在", "declared not to hold"),
    None: Text("尚未认定", "not declared yet"),
}
DECLARED_ALONE = {
    True: Text("已认定存在，没有填写数字", "declared to hold, without figures"),
    False: Text("已认定不存在，没有填写数字", "declared not to hold, without figures"),
    None: Text("尚未填写有关数字", "the figures are not stated yet"),
}
CONTRADICTED = {
    True: Text("；与认定（存在）不一致，请核对", "; declared to hold: please check"),
    False: Text("；与认定（不存在）不一致，请核对", "; declared not to hold: please check"),
}


def judge(condition: Disqualifying, facts: StationFacts, stage: str) -> ConditionResult:
    """Whether one condition holds by these facts, with the threshold of the stage.

    A quantity decides by its figures. Where it was not stated, the declaration counts; where figures and declaration
    contradict each other, nothing is decided until someone corrects one of them.
    """
    declared = facts.declared.get(condition.code)
    if condition.kind == "declared":
        return ConditionResult(condition.code, condition.text, declared, DECLARED[declared])
    limit = plain(condition.thresholds[stage])
    quantity = facts.quantity(condition.quantity or "")
    if quantity is None:
        reason = DECLARED_ALONE[declared]
        return ConditionResult(condition.code, condition.text, declared, reason, None, limit)
    at_least = condition.comparison == "at_least"
    holds: bool | None = quantity.value >= limit if at_least else quantity.value < limit
    reason = quantity.words + (
        Text(f"；达到 {limit} 即不合格", f"; {limit} or more disqualifies")
        if at_least
        else Text(f"；低于 {limit} 即不合格", f"; less than {limit} disqualifies")
    )
    if declared is not None and declared != holds:
        holds, reason = None, reason + CONTRADICTED[declared]
    return ConditionResult(condition.code, condition.text, holds, reason, plain(quantity.value), limit)
