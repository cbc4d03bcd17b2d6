"""What an evaluation sets for its rules: which it uses, their severity, and their thresholds.

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
from surveys.reading import ObjectReader, Reader, default, flag, mapping, refuse_unknown, unknown_setting, whole_number

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
        return tuple(setting.rule for setting in self.rules if setting.on)

    @property
    def all_rules(self) -> tuple[IntegrityRule, ...]:
        """The rules that are used, and those that are not."""
        return tuple(setting.rule for setting in self.rules)

    def to_json(self) -> dict[str, Any]:
        """The body that `read_integrity_settings` reads back to equal settings."""
        rules = {setting.rule.code: {"on": setting.on, **_written(setting.rule)} for setting in self.rules}
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
    values: dict[str, str] = {}
    for code, settings_of_rule in settings.to_json()["rules"].items():
        values |= {f"{code}.on": str(settings_of_rule["on"]).lower(), f"{code}.severity": settings_of_rule["severity"]}
        values |= {f"{code}.{name}": str(value) for name, value in settings_of_rule["thresholds"].items()}
    return values


def read_integrity_settings(body: object) -> IntegritySettings:
    """The settings a JSON body asks for; raises InvalidDocument with every mistake, at places as "fast.on"."""
    problems = Problems()
    given = mapping(problems, body, "")
    refuse_unknown(problems, given, ("document", "version", "rules"), "", unknown_setting)
    document, version = given.get("document", STANDARD[0]), given.get("version", STANDARD[1])
    try:
        rules = delivered(document, version)
    except (UnknownDocument, TypeError):
        problems.add("document", Text("没有这份规则。", "There are no such rules."))
        rules = ()
    given_rules = mapping(problems, given.get("rules", {}), "rules")
    known_codes = {rule.code for rule in rules}
    for code in sorted(str(code) for code in given_rules if code not in known_codes):
        problems.add(code, Text("没有这条规则。", "There is no such rule."))
    rule_settings = tuple(_setting(problems, rule, given_rules.get(rule.code, {})) for rule in rules)
    problems.raise_if_any()
    return IntegritySettings(document, version, rule_settings)


def _setting(problems: Problems, rule: IntegrityRule, value: object) -> RuleSetting:
    def thresholds(problems: Problems, value: object, _place: str) -> dict[str, Decimal]:
        """The thresholds; their problems are reported at the place of the rule."""
        table = ObjectReader(
            {
                name: default(_threshold(bounds[name]), _as_json(bounds[name], threshold))
                for name, threshold in rule.thresholds.items()
            },
            unknown_setting,
        )
        return table(problems, value, rule.code)

    bounds = KINDS[rule.kind].thresholds
    table = ObjectReader(
        {
            "on": default(flag(), True),
            "severity": default(SEVERITY, rule.severity),
            "thresholds": default(thresholds, {}),
        },
        unknown_setting,
    )
    read = table(problems, value, rule.code)
    return RuleSetting(replace(rule, severity=read["severity"], thresholds=read["thresholds"]), read["on"])


def _as_json(bounds: Threshold, value: Decimal) -> int | str:
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

    count = whole_number(int(low), int(high))
    return (lambda problems, value, place: Decimal(count(problems, value, place))) if bounds.whole else share


STANDARD_SETTINGS = read_integrity_settings({})
