"""Documents spoilt at random but repeatably: every reader must answer them with problems, never with a crash."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from surveys import library
from surveys.calling.settings import DEFAULT
from surveys.integrity import STANDARD_SETTINGS
from tests.surveys.questionnaire.builders import a_document

# Values of every type and of hostile sizes.
HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, 1, 2, -1, 7, 60, 101, 1.5, 10**30, "", " ", "x", "zz9", "12.5", "0", "0.0", "-3",
    "1e3", "９",
    "101", "a\nb", " 空 ", "\u0000", "\ud800", "x" * 30, "x" * 45, "字" * 450, "y" * 2500, "NaN", "他造假了",
    "{seconds}", "{no_such}", "{",
    [], ["x"], ["1"], ["60", "2"], [["60", "2"]], [["60", "2"], ["75", "1"]], list(range(13)), ["x"] * 501,
    [["09:00", "10:00"]] * 13,
    {}, {"zh": "甲"}, {"zh": "甲", "en": "A"}, {"zh": "甲\n", "en": " A "}, {"a": 1, "b": 2, "c": 3},
    {"": ""}, {"好": 1},
)  # fmt: skip
WORDS: dict[str, tuple[Any, ...]] = {
    "questionnaires": (
        "when", "required", "modes", "min", "max", "max_length", "score", "excluded", "options", "note", "web",
        "guardian", "relation", "direct", "yue", "phone", "visit", "single", "multiple", "integer", "text",
        {"question": "S1", "in": ["1"]}, {"question": "S1", "below": 3}, {"question": "B9", "below": 30,
        "x": 1}, {"question": "S1"},
        {"question": "S1", "answered": 1}, {"question": "S1", "in": ["no"]}, {"all": [], "any": []},
        {"not": {"question": "S1", "answered": True}},
        {"any": [{"question": "S1", "answered": True}, 5]},
        {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}}}},
    ),
    "outcomes": (
        "final", "hand", "delay", "retries", "appointment", "visit", "during_interview", "I1", "R1", "NC4",
        "U3", "I", "R", "X",
        "another_interviewer", "next_number", "needs_skill", "NC1", "reached",
    ),
    "schemes": (
        "kind", "given", "computed", "per_area", "statistic", "rule", "partial", "steps", "linear", "declared",
        "threshold",
        "quantity", "comparison", "thresholds", "staff_due", "at_least", "below", "awareness.rate", "from",
        "per", "points",
        {"kind": "steps", "points": [["60", "2"], ["50", "1"]]}, {"kind": "linear", "points": [["60", "2"]]},
        {"kind": "steps", "points": [3]},
        {"kind": "deduction", "from": "90", "per": "0", "points": "x", "partial": 3}, {"kind": "proportional",
        "cap": 1},
        [{"code": "extra", "name": {"zh": "对照", "en": "Compared"}, "maximum": "5", "kind": "computed",
        "statistic": "awareness.rate",
          "rule": {"kind": "proportional"}}],
    ),
    "integrity": ("look", "back_check", "too_fast", "no_call", "zh", "en", "thresholds", "alpha", "seconds",
    "severity"),
    "integrity settings": ("on", "severity", "thresholds", "fast", "look", "back_check", "document", "version",
    "mood"),
    "calling settings": (
        "09:00", "21:30", "07:00", "2026-02-16", "2026-02-16T12:00", "2026-02-30", "from", "to", "reason",
        "quiet", "working_days",
        "most_attempts", 3, 4, 10, 15, [["14:00", "15:00"], ["09:00", "10:00"]], [["10:00", "09:00"]],
        [["08:00", "21:00"]], [["07:00", "22:00"]],
        [["9:00", "10:00"]], [["09:00"]], [{"from": "2026-02-18", "to": "2026-02-16", "reason": "年"}],
        [{"from": "x", "to": 3, "reason": ""}],
    ),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reader:
    """A reader of documents, the sound documents that are spoilt for it, and the words of its format."""

    name: str
    read: Callable[[object], object]
    sound: tuple[Any, ...]

    def spoilt(self, count: int, seed: str = "") -> Iterator[Any]:
        """So many documents with one to four mutations each; the same ones for the same seed."""
        for number in range(count):
            random = Random(f"{self.name} {seed} {number}")
            document = copy.deepcopy(random.choice(self.sound))
            for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
                document = mutated(document, random, (*HOSTILE, *WORDS[self.name]))
            yield document


def delivered(kind: str) -> tuple[Any, ...]:
    """Every delivered document of a kind."""
    return tuple(library.body(kind, *_split(stem)) for stem in sorted(library.digests(kind)))


def _split(stem: str) -> tuple[str, int]:
    identity, _, version = stem.rpartition("-")
    return identity, int(version)


def calling_settings() -> tuple[Any, ...]:
    """The default rules of calling, and the same with quiet times."""
    body = DEFAULT.to_json()
    quiet = [{"from": "2026-02-16", "to": "2026-02-18", "reason": "过年"},
             {"from": "2026-03-01T08:00", "to": "2026-03-01T12:00", "reason": "村里办白事"}]  # fmt: skip
    return {}, body, body | {"quiet": quiet}


def integrity_settings() -> tuple[Any, ...]:
    """The delivered choice of rules, written out and left out."""
    return {}, STANDARD_SETTINGS.to_json()


def questionnaires() -> tuple[Any, ...]:
    """The delivered questionnaires, and more often the small one, in which a mutation weighs more."""
    small = a_document()
    return small, small, small, *delivered("questionnaires")


def schemes() -> tuple[Any, ...]:
    """The delivered scheme, and the same with a rule of each kind and an item that is compared."""
    (scheme,) = delivered("schemes")
    rules = (
        {"kind": "linear", "points": [["50", "0"], ["95", "5"]]},
        {"kind": "deduction", "from": "90", "per": "5", "points": "0.5"},
        {"kind": "deduction", "from": "90", "per": "5", "points": "0.5", "partial": True},
    )
    name = {"zh": "对照", "en": "Compared"}
    compared = [
        {
            "code": f"extra_{n}",
            "name": name,
            "maximum": "5",
            "kind": "computed",
            "statistic": "awareness.rate",
            "rule": rule,
        }
        for n, rule in enumerate(rules)
    ]
    return scheme, scheme | {"comparison": compared}


def outcome_lists() -> tuple[Any, ...]:
    """The delivered lists."""
    return delivered("outcomes")


def rules() -> tuple[Any, ...]:
    """The delivered rules of integrity."""
    return delivered("integrity")


def mutated(document: Any, random: Random, values: tuple[Any, ...]) -> Any:
    """The document with one thing changed somewhere in it; the document itself may be changed."""
    holders = list(_holders(document))
    if not holders or random.random() < 0.005:
        return copy.deepcopy(random.choice(values))
    holder = random.choice(holders)
    (_in_object if isinstance(holder, dict) else _in_list)(holder, random, values)
    return document


def _holders(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _holders(inner)


def _in_object(holder: dict[Any, Any], random: Random, values: tuple[Any, ...]) -> None:
    value = copy.deepcopy(random.choice(values))
    action = random.choice(("delete", "replace", "replace", "replace", "add", "rename", "swap", "number"))
    if action == "add" or not holder:
        words = [word for word in values if isinstance(word, str)]
        holder[random.choice(words)] = value
        return
    key = random.choice(list(holder))
    if action == "delete":
        del holder[key]
    elif action == "rename":
        holder[f"{str(key)[:20]}x"] = holder.pop(key)
    elif action == "swap":
        other = random.choice(list(holder))
        holder[key], holder[other] = holder[other], holder[key]
    elif action == "number" and isinstance(holder[key], str | int) and str(holder[key]).isdigit():
        holder[key] = type(holder[key])(int(holder[key]) + random.choice((-1, 1, 5, 100)))
    else:
        holder[key] = value


def _in_list(holder: list[Any], random: Random, values: tuple[Any, ...]) -> None:
    value = copy.deepcopy(random.choice(values))
    place = random.randrange(len(holder)) if holder else 0
    match random.choice(("delete", "replace", "double", "swap", "empty", "grow")):
        case "delete":
            del holder[place : place + 1]
        case "replace":
            holder[place : place + 1] = [value]
        case "double":
            holder[place:place] = copy.deepcopy(holder[place : place + 1])
        case "swap":
            holder.reverse()
        case "empty":
            holder.clear()
        case "grow":
            holder.extend(copy.deepcopy(holder[:1]) * random.choice((1, 12, 60, 310, 510)))


def as_written(document: Any) -> str:
    """The document in one line, to name a failing one."""
    return json.dumps(document, ensure_ascii=True, default=str)
