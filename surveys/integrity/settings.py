"""What an evaluation sets for its rules: which it uses, how much weight a sight has, and from which thresholds on.

The body is a JSON object: the delivered document it is about, and by code of the rule what is set for it; what is left
out stays as delivered. Which kinds of rules there are and what they say is not set here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sampling.text import Text
from surveys.integrity.rules import KINDS, SEVERITY, STANDARD, IntegrityRule, Threshold, delivered
from surveys.library import UnknownDocument
from surveys.problems import Problems
from surveys.reading import Reader, Table, default, flag, mapping, refuse_unknown, unknown_setting, whole

SHARE_TEXT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class RuleSetting:
    """A rule with the thresholds set for it, and whether it is used."""

    rule: IntegrityRule
    on: bool = True


@dataclass(frozen=True)
class IntegritySettings:
    """The rules of a delivered document, by its id and version, as an evaluation uses them."""

    document: str
    version: int
    rules: tuple[RuleSetting, ...]

    @property
    def in_force(self) -> tuple[IntegrityRule, ...]:
        """The rules that are used."""
        return tuple(one.rule for one in self.rules if one.on)

    @property
    def all_rules(self) -> tuple[IntegrityRule, ...]:
        """The rules that are used, and those that are not."""
        return tuple(one.rule for one in self.rules)

    def to_json(self) -> dict[str, Any]:
        """The body that `read_integrity_settings` reads back to equal settings."""
        rules = {one.rule.code: {"on": one.on, **_written(one.rule)} for one in self.rules}
        return {"document": self.document, "version": self.version, "rules": rules}

    def differences(self, other: IntegritySettings) -> dict[str, str]:
        """What `other` sets differently: "fast.floor_seconds" → "150 → 120", "fast.on" → "true → false"."""
        before, after = _flat(self), _flat(other)
        return {name: f"{before[name]} → {after[name]}" for name in after if after[name] != before.get(name)}


def _written(rule: IntegrityRule) -> dict[str, Any]:
    bounds = KINDS[rule.kind].thresholds
    thresholds = {
        name: int(value) if bounds[name].whole else f"{value.normalize():f}" for name, value in rule.thresholds.items()
    }
    return {"severity": rule.severity, "thresholds": thresholds}


def _flat(settings: IntegritySettings) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, said in settings.to_json()["rules"].items():
        found |= {f"{code}.on": str(said["on"]).lower(), f"{code}.severity": said["severity"]}
        found |= {f"{code}.{name}": str(value) for name, value in said["thresholds"].items()}
    return found


def read_integrity_settings(body: object) -> IntegritySettings:
    """The settings a JSON body asks for; raises InvalidDocument with every mistake, at places as "fast.on"."""
    problems = Problems()
    said = mapping(problems, body, "")
    refuse_unknown(problems, said, ("document", "version", "rules"), "", unknown_setting)
    document, version = said.get("document", STANDARD[0]), said.get("version", STANDARD[1])
    try:
        rules = delivered(document, version)
    except (UnknownDocument, TypeError):
        problems.add("document", Text("没有这份规则。", "There are no such rules."))
        rules = ()
    wanted = mapping(problems, said.get("rules", {}), "rules")
    known = {rule.code for rule in rules}
    for code in sorted(str(code) for code in wanted if code not in known):
        problems.add(code, Text("没有这条规则。", "There is no such rule."))
    found = tuple(_setting(problems, rule, wanted.get(rule.code, {})) for rule in rules)
    problems.raise_if_any()
    return IntegritySettings(document, version, found)


def _setting(problems: Problems, rule: IntegrityRule, value: object) -> RuleSetting:
    def thresholds(problems: Problems, value: object, _place: str) -> dict[str, Decimal]:
        """They are told of at the rule, not at a place of their own."""
        table = Table(
            {
                name: default(_threshold(bounds[name]), _as_said(bounds[name], threshold))
                for name, threshold in rule.thresholds.items()
            },
            unknown_setting,
        )
        return table(problems, value, rule.code)

    bounds = KINDS[rule.kind].thresholds
    table = Table(
        {
            "on": default(flag(), True),
            "severity": default(SEVERITY, rule.severity),
            "thresholds": default(thresholds, {}),
        },
        unknown_setting,
    )
    read = table(problems, value, rule.code)
    return RuleSetting(replace(rule, severity=read["severity"], thresholds=read["thresholds"]), read["on"])


def _as_said(bounds: Threshold, value: Decimal) -> int | str:
    return int(value) if bounds.whole else str(value)


def _threshold(bounds: Threshold) -> Reader:
    low, high = bounds.low, bounds.high

    def share(problems: Problems, value: object, place: str) -> Decimal:
        number = Decimal(value) if isinstance(value, str) and SHARE_TEXT.fullmatch(value) else None
        if number is not None and low <= number <= high:
            return number
        problems.add(
            place,
            Text(
                f"应为 {low} 到 {high} 之间的数，最多四位小数。",
                f"Write a number from {low} to {high} with at most four decimals.",
            ),
        )
        return low

    count = whole(int(low), int(high))
    return (lambda problems, value, place: Decimal(count(problems, value, place))) if bounds.whole else share


STANDARD_SETTINGS = read_integrity_settings({})
