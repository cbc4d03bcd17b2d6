"""The rules as data: what is flagged, from which threshold on, and in which words.

A rule flags what is worth a second look. It accuses nobody: every match can have an honest cause.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sampling.canonical import digest_of
from sampling.text import Text, joined
from surveys.library import body
from surveys.problems import Problems
from surveys.reading import (
    DependentReader,
    ObjectReader,
    Reader,
    decimal,
    head,
    items,
    mapping,
    one_of,
    refuse_repeated,
    text,
    unknown_each,
    whole_number,
)

FORMAT = "integrity-1"
STANDARD = ("fieldwork", 2)
SEVERITIES = ("look", "back_check")
SLOT = re.compile(r"\{([a-z_]+)\}")
CODE = re.compile(r"[a-z][a-z0-9-]{0,29}")
MOST_RULES = 50
# Words that accuse, which no sentence of a rule may contain.
ACCUSING = ("造假", "作假", "作弊", "伪造", "编造", "fraud", "fake", "cheat", "fabricat", "invented")


@dataclass(frozen=True)
class Threshold:
    """The bounds of one threshold; `whole` for numbers that are counted."""

    low: Decimal
    high: Decimal
    whole: bool


@dataclass(frozen=True)
class RuleKind:
    """What a kind of rule needs: thresholds, and the numbers its sentence may name."""

    thresholds: Mapping[str, Threshold]
    slots: frozenset[str]


def _count(low: int, high: int) -> Threshold:
    return Threshold(Decimal(low), Decimal(high), whole=True)


# Above 0: a rule with a share of 0 could never match.
SHARE = Threshold(Decimal("0.001"), Decimal(1), whole=False)

KINDS: dict[str, RuleKind] = {
    "too_fast": RuleKind(
        {"share_of_median": SHARE, "floor_seconds": _count(1, 3600), "least_others": _count(1, 1000)},
        frozenset({"questions", "seconds", "median"}),
    ),
    "reading_speed": RuleKind(
        {"milliseconds": _count(1, 60_000), "share_of_questions": SHARE, "least_questions": _count(1, 200)},
        frozenset({"questions", "quick", "limit"}),
    ),
    "straight_lining": RuleKind(
        {
            "least_items": _count(2, 50),
            "ceiling": _count(0, 100),
            "share_of_median": SHARE,
            "least_alike": _count(2, 1000),
        },
        frozenset({"items", "besides"}),
    ),
    "same_words": RuleKind(
        {"least_signs": _count(1, 500), "least_interviews": _count(2, 1000)}, frozenset({"interviews", "signs"})
    ),
    "one_number": RuleKind({"least_interviews": _count(2, 1000)}, frozenset({"interviews", "guardians"})),
    "one_device": RuleKind({"least_interviews": _count(2, 1000)}, frozenset({"interviews"})),
    "too_favourable": RuleKind(
        {"alpha": SHARE, "difference_points": _count(1, 100), "least_power": SHARE},
        frozenset({"interviews", "satisfied", "others", "others_satisfied", "chance", "tested"}),
    ),
    "impossible_hours": RuleKind({}, frozenset({"clock"})),
    "no_call": RuleKind({}, frozenset()),
    "short_call": RuleKind(
        {"share_of_interview": SHARE, "least_seconds": _count(0, 3600)}, frozenset({"seconds", "call"})
    ),
}


@dataclass(frozen=True)
class IntegrityRule:
    """One rule: its kind, thresholds and sentence, and its severity ("look" or "back_check")."""

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
    return SLOT.sub(lambda slot: str(values[slot.group(1)]), template)


@dataclass(frozen=True)
class IntegrityRules:
    """A whole document of rules under its id, version and digest (of the canonical JSON it was parsed from)."""

    id: str
    version: int
    rules: tuple[IntegrityRule, ...]
    digest: str

    @property
    def title(self) -> Text:
        """What it is: documents of rules have no title of their own."""
        return Text("访问质量的规则", "Rules about the quality of interviews")


def parse(document: object) -> IntegrityRules:
    """A document of rules from its JSON; raises InvalidDocument with every mistake."""
    problems = Problems()
    read = DOCUMENT(problems, document, "")
    problems.raise_if_any()
    return IntegrityRules(read["id"], read["version"], read["rules"], digest_of(document))


def read_rules(document: object) -> tuple[IntegrityRule, ...]:
    """The rules of a document; raises InvalidDocument with every mistake."""
    return parse(document).rules


def _rules(problems: Problems, value: object, place: str) -> tuple[IntegrityRule, ...]:
    listed = items(problems, value, place)
    if len(listed) > MOST_RULES:
        problems.add(place, Text(f"超过 {MOST_RULES} 条。", f"There are more than {MOST_RULES} rules."))
        listed = listed[:MOST_RULES]
    rules = tuple(_rule(problems, entry, f"{place}[{number}]") for number, entry in enumerate(listed, start=1))
    refuse_repeated(problems, [rule.code for rule in rules], place, Text("代码", "The code"))
    return rules


def _rule(problems: Problems, entry: object, place: str) -> IntegrityRule:
    read = RULE(problems, entry, place)
    zh, en = read.pop("zh"), read.pop("en")
    if zh and en and set(SLOT.findall(zh)) != set(SLOT.findall(en)):
        problems.add(
            f"{place}.en",
            Text("中文和英文要用同样的数字。", "The Chinese and the English text must use the same numbers."),
        )
    return IntegrityRule(**read, sentence=Text(zh, en))


def _thresholds(read: Mapping[str, Any]) -> Reader:
    """The thresholds that the kind of a rule has; of an unknown kind none are read."""
    if not read["kind"]:
        return lambda problems, value, place: mapping(problems, value, place) and {}
    return ObjectReader(
        {name: _bounded(bounds) for name, bounds in KINDS[read["kind"]].thresholds.items()}, unknown_each
    )


def _bounded(bounds: Threshold) -> Reader:
    if not bounds.whole:
        return decimal(bounds.low, bounds.high)
    count = whole_number(int(bounds.low), int(bounds.high))
    return lambda problems, value, place: Decimal(count(problems, value, place))


def _sentence(read: Mapping[str, Any]) -> Reader:
    """A sentence that names only the numbers this kind of rule has, and accuses nobody."""
    kind = read["kind"]

    def sentence(problems: Problems, value: object, place: str) -> str:
        template: str = text(400)(problems, value, place)
        slots = set(SLOT.findall(template))
        for slot in sorted(slots - KINDS[kind].slots if kind else ()):
            problems.add(place, _no_number(slot))
        if re.search(r"[{}]", SLOT.sub("", template)):
            problems.add(place, ONLY_FOR_NUMBERS)
        if any(accusation in template.casefold() for accusation in ACCUSING):
            problems.add(place, NOT_ACCUSING)
        return template

    return sentence


def _no_number(slot: str) -> Text:
    return Text(f"这类规则没有「{{{slot}}}」这个数字。", f'This kind of rule has no number "{{{slot}}}".')


ONLY_FOR_NUMBERS = Text(
    "花括号只用来写数字的名称，例如 {seconds}。", "Braces are only for names of numbers, for example {seconds}."
)
NOT_ACCUSING = Text(
    "规则只说看到了什么、值得回访，不说谁做了假。",
    "A rule only says what was seen and is worth asking about again, not that somebody cheated.",
)
CODE_MESSAGE = Text(
    "由小写字母、数字和「-」组成，以字母开头。", "Use lower-case letters, digits and hyphens, beginning with a letter."
)
SEVERITY = one_of(SEVERITIES, Text("应为 look 或 back_check。", "Write look or back_check."), wrong="look")


def _wrong_kind() -> Text:
    kinds = joined(KINDS)
    return Text(f"应为其中之一：{kinds.zh}。", f"Write one of these: {kinds.en}.")


RULE = ObjectReader(
    {
        "code": text(30, CODE, CODE_MESSAGE, keep=True),
        "kind": one_of(KINDS, _wrong_kind()),
        "severity": SEVERITY,
        "thresholds": DependentReader(_thresholds),
        "zh": DependentReader(_sentence),
        "en": DependentReader(_sentence),
    },
    unknown_each,
)
DOCUMENT = ObjectReader(
    {
        **head(FORMAT),
        "rules": _rules,
    },
    unknown_each,
)


@cache
def delivered(document_id: str, version: int) -> tuple[IntegrityRule, ...]:
    """The rules of a delivered document; raises surveys.library.UnknownDocument or EditedDocument."""
    return read_rules(body("integrity", document_id, version))


def standard() -> tuple[IntegrityRule, ...]:
    """The rules an evaluation begins with."""
    return delivered(*STANDARD)
