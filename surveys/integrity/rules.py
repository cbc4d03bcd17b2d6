"""The rules as data: which sights are told of, from which threshold on, and in which words.

A rule points at something worth asking about again. It accuses nobody: each of these sights has honest causes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sampling.text import Text
from surveys.library import body
from surveys.problems import Complaints
from surveys.scoring.reading import number, only

FORMAT = "integrity-1"
STANDARD = ("fieldwork", 2)
SEVERITIES = ("look", "back_check")
SLOT = re.compile(r"\{([a-z_]+)\}")
CODE = re.compile(r"[a-z][a-z0-9-]{0,29}")
MOST_RULES = 50
# Words that accuse. A rule sees numbers, never an intent.
ACCUSING = ("造假", "作假", "作弊", "伪造", "编造", "fraud", "fake", "cheat", "fabricat", "invented")


@dataclass(frozen=True)
class Threshold:
    """The bounds of one threshold; `whole` for numbers that are counted."""

    low: Decimal
    high: Decimal
    whole: bool


@dataclass(frozen=True)
class Kind:
    """What a kind of rule needs: thresholds, and the numbers its sentence may name."""

    thresholds: Mapping[str, Threshold]
    slots: frozenset[str]


def _count(low: int, high: int) -> Threshold:
    return Threshold(Decimal(low), Decimal(high), whole=True)


# Not nought: a rule that can never fire is none.
SHARE = Threshold(Decimal("0.001"), Decimal(1), whole=False)

KINDS: dict[str, Kind] = {
    "too_fast": Kind(
        {"share_of_median": SHARE, "floor_seconds": _count(1, 3600), "least_others": _count(1, 1000)},
        frozenset({"questions", "seconds", "median"}),
    ),
    "reading_speed": Kind(
        {"milliseconds": _count(1, 60_000), "share_of_questions": SHARE, "least_questions": _count(1, 200)},
        frozenset({"questions", "quick", "limit"}),
    ),
    "straight_lining": Kind(
        {
            "least_items": _count(2, 50),
            "ceiling": _count(0, 100),
            "share_of_median": SHARE,
            "least_alike": _count(2, 1000),
        },
        frozenset({"items", "besides"}),
    ),
    "same_words": Kind(
        {"least_signs": _count(1, 500), "least_interviews": _count(2, 1000)}, frozenset({"interviews", "signs"})
    ),
    "one_number": Kind({"least_interviews": _count(2, 1000)}, frozenset({"interviews", "guardians"})),
    "one_device": Kind({"least_interviews": _count(2, 1000)}, frozenset({"interviews"})),
    "too_favourable": Kind(
        {"alpha": SHARE, "difference_points": _count(1, 100), "least_power": SHARE},
        frozenset({"interviews", "satisfied", "others", "others_satisfied", "chance", "tested"}),
    ),
    "impossible_hours": Kind({}, frozenset({"clock"})),
    "no_call": Kind({}, frozenset()),
    "short_call": Kind({"share_of_interview": SHARE, "least_seconds": _count(0, 3600)}, frozenset({"seconds", "call"})),
}


@dataclass(frozen=True)
class Rule:
    """One rule: what kind of sight, its thresholds, its sentence, and whether it asks for a look or a back-check."""

    code: str
    kind: str
    severity: str
    thresholds: Mapping[str, Decimal]
    sentence: Text

    def of(self, name: str) -> float:
        """A threshold as a number to compare with."""
        return float(self.thresholds[name])

    @property
    def pattern(self) -> Text:
        """The sentence with its numbers left open."""
        return self.says(dict.fromkeys(KINDS[self.kind].slots, "…"))

    def says(self, zh: Mapping[str, object], en: Mapping[str, object] | None = None) -> Text:
        """The sentence with its numbers filled in; `en` where words differ between the languages."""
        return Text(_filled(self.sentence.zh, zh), _filled(self.sentence.en, zh if en is None else en))


def _filled(template: str, values: Mapping[str, object]) -> str:
    return SLOT.sub(lambda found: str(values[found.group(1)]), template)


def parse(document: object) -> tuple[Rule, ...]:
    """The rules of a document; raises InvalidDocument with every mistake."""
    notes = Complaints()
    holder = notes.mapping(document, "")
    only(notes, holder, "", "format", "id", "version", "rules")
    if holder.get("format") != FORMAT:
        notes.say("format", f"应为 {FORMAT}。")
    notes.string(holder, "id", "", 40)
    notes.integer(holder, "version", "", 1, 10_000)
    listed = notes.list(holder, "rules", "")
    if len(listed) > MOST_RULES:
        notes.say("rules", f"超过 {MOST_RULES} 条。")
        listed = listed[:MOST_RULES]
    rules = [_rule(notes, entry, f"rules[{place}]") for place, entry in enumerate(listed, start=1)]
    codes = [rule.code for rule in rules]
    for code in sorted({code for code in codes if code and codes.count(code) > 1}):
        notes.say("rules", f"代码「{code}」用了两次。")
    notes.raise_if_any()
    return tuple(rules)


def _rule(notes: Complaints, entry: object, place: str) -> Rule:
    holder = notes.mapping(entry, place)
    only(notes, holder, place, "code", "kind", "severity", "thresholds", "zh", "en")
    code = notes.string(holder, "code", f"{place}.", 30)
    if code and not CODE.fullmatch(code):
        notes.say(f"{place}.code", "由小写字母、数字和「-」组成，以字母开头。")
    kind, severity = holder.get("kind"), holder.get("severity")
    if not isinstance(kind, str) or kind not in KINDS:
        notes.say(f"{place}.kind", f"应为其中之一：{'、'.join(KINDS)}。")
        kind = ""
    if severity not in SEVERITIES:
        notes.say(f"{place}.severity", "应为 look 或 back_check。")
        severity = "look"
    thresholds = _thresholds(notes, holder.get("thresholds"), f"{place}.thresholds", kind)
    zh, en = (_sentence(notes, holder, name, place, kind) for name in ("zh", "en"))
    if zh and en and set(SLOT.findall(zh)) != set(SLOT.findall(en)):
        notes.say(f"{place}.en", "中文和英文要用同样的数字。")
    return Rule(code, kind, severity, thresholds, Text(zh, en))


def _thresholds(notes: Complaints, value: object, place: str, kind: str) -> dict[str, Decimal]:
    holder = notes.mapping(value, place)
    if not kind:
        return {}
    wanted = KINDS[kind].thresholds
    only(notes, holder, place, *wanted)
    found = {}
    for name, bounds in wanted.items():
        if bounds.whole:
            found[name] = Decimal(notes.integer(holder, name, f"{place}.", int(bounds.low), int(bounds.high)))
        else:
            found[name] = number(notes, holder.get(name), f"{place}.{name}", bounds.low, bounds.high)
    return found


def _sentence(notes: Complaints, holder: dict[str, Any], name: str, place: str, kind: str) -> str:
    sentence = notes.string(holder, name, f"{place}.", 400)
    unknown = set(SLOT.findall(sentence)) - (KINDS[kind].slots if kind else set(SLOT.findall(sentence)))
    for slot in sorted(unknown):
        notes.say(f"{place}.{name}", f"这类规则没有「{{{slot}}}」这个数字。")
    if re.search(r"[{}]", SLOT.sub("", sentence)):
        notes.say(f"{place}.{name}", "花括号只用来写数字的名称，例如 {seconds}。")
    if any(word in sentence.casefold() for word in ACCUSING):
        notes.say(f"{place}.{name}", "规则只说看到了什么、值得回访，不说谁做了假。")
    return sentence


@cache
def delivered(document_id: str, version: int) -> tuple[Rule, ...]:
    """The rules of a delivered document; raises surveys.library.UnknownDocument or EditedDocument."""
    return parse(body("integrity", document_id, version))


def standard() -> tuple[Rule, ...]:
    """The rules an evaluation begins with."""
    return delivered(*STANDARD)
