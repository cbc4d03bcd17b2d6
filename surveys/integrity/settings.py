"""What an evaluation sets for its rules: which it uses, how much weight a sight has, and from which thresholds on.

The body is a JSON object: the delivered document it is about, and by code of the rule what is set for it; what is left
out stays as delivered. Which kinds of rules there are and what they say is not set here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from surveys.integrity.rules import KINDS, SEVERITIES, STANDARD, Rule, Threshold, delivered
from surveys.library import UnknownDocument
from surveys.problems import Complaints

SHARE_TEXT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")


@dataclass(frozen=True)
class RuleSetting:
    """A rule with the thresholds set for it, and whether it is used."""

    rule: Rule
    on: bool = True


@dataclass(frozen=True)
class IntegritySettings:
    """The rules of a delivered document, by its id and version, as an evaluation uses them."""

    document: str
    version: int
    rules: tuple[RuleSetting, ...]

    @property
    def in_force(self) -> tuple[Rule, ...]:
        """The rules that are used."""
        return tuple(one.rule for one in self.rules if one.on)

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The rules that are used, and those that are not."""
        return tuple(one.rule for one in self.rules)

    def to_json(self) -> dict[str, Any]:
        """The body that `parse` reads back to equal settings."""
        rules = {one.rule.code: {"on": one.on, **_written(one.rule)} for one in self.rules}
        return {"document": self.document, "version": self.version, "rules": rules}

    def differences(self, other: IntegritySettings) -> dict[str, str]:
        """What `other` sets differently: "fast.floor_seconds" → "150 → 120", "fast.on" → "true → false"."""
        before, after = _flat(self), _flat(other)
        return {name: f"{before[name]} → {after[name]}" for name in after if after[name] != before.get(name)}


def _written(rule: Rule) -> dict[str, Any]:
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


def parse(body: object) -> IntegritySettings:
    """The settings a JSON body asks for; raises InvalidDocument with every complaint: "fast.floor_seconds"."""
    notes = Complaints()
    said = notes.mapping(body, "")
    for name in sorted(str(name) for name in said if name not in ("document", "version", "rules")):
        notes.say(name, "没有这项设置。")
    document, version = said.get("document", STANDARD[0]), said.get("version", STANDARD[1])
    try:
        rules = delivered(document, version)
    except (UnknownDocument, TypeError):
        notes.say("document", "没有这份规则。")
        rules = ()
    wanted = notes.mapping(said.get("rules", {}), "rules")
    known = {rule.code for rule in rules}
    for code in sorted(str(code) for code in wanted if code not in known):
        notes.say(code, "没有这条规则。")
    found = tuple(_setting(notes, rule, wanted.get(rule.code, {})) for rule in rules)
    notes.raise_if_any()
    return IntegritySettings(document, version, found)


def _setting(notes: Complaints, rule: Rule, value: object) -> RuleSetting:
    said = notes.mapping(value, rule.code)
    for name in sorted(str(name) for name in said if name not in ("on", "severity", "thresholds")):
        notes.say(f"{rule.code}.{name}", "没有这项设置。")
    on, severity = said.get("on", True), said.get("severity", rule.severity)
    if not isinstance(on, bool):
        notes.say(f"{rule.code}.on", "应为 true 或 false。")
    if severity not in SEVERITIES:
        notes.say(f"{rule.code}.severity", "应为 look 或 back_check。")
    thresholds = _thresholds(notes, rule, notes.mapping(said.get("thresholds", {}), rule.code))
    return RuleSetting(replace(rule, severity=severity, thresholds=thresholds), on)


def _thresholds(notes: Complaints, rule: Rule, said: Mapping[str, Any]) -> dict[str, Decimal]:
    bounds = KINDS[rule.kind].thresholds
    for name in sorted(str(name) for name in said if name not in bounds):
        notes.say(f"{rule.code}.{name}", "没有这项设置。")
    return {
        name: _threshold(notes, f"{rule.code}.{name}", said.get(name, _as_said(bounds[name], value)), bounds[name])
        for name, value in rule.thresholds.items()
    }


def _as_said(bounds: Threshold, value: Decimal) -> int | str:
    return int(value) if bounds.whole else str(value)


def _threshold(notes: Complaints, place: str, value: object, bounds: Threshold) -> Decimal:
    if bounds.whole:
        if type(value) is int and bounds.low <= value <= bounds.high:
            return Decimal(value)
        notes.say(place, f"应为 {bounds.low} 到 {bounds.high} 之间的整数。")
    else:
        number = Decimal(value) if isinstance(value, str) and SHARE_TEXT.fullmatch(value) else None
        if number is not None and bounds.low <= number <= bounds.high:
            return number
        notes.say(place, f"应为 {bounds.low} 到 {bounds.high} 之间的数，最多四位小数。")
    return bounds.low


STANDARD_SETTINGS = parse({})
