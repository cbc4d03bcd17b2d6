"""The scoring scheme: a versioned, immutable document. Parties, items, grades and conditions are data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sampling.canonical import digest_of
from surveys import library
from surveys.problems import Complaints, InvalidDocument, Problem
from surveys.rounding import half_up
from surveys.scoring.facts import NUMBERS
from surveys.scoring.reading import HUNDRED, ZERO, number, only
from surveys.scoring.rules import STATISTICS, Rule, parse_rule

FORMAT = "scheme-1"
KIND = "schemes"
STAGES = ("midterm", "final")
FIELDS = ("format", "id", "version", "title", "source", "places", "parties", "comparison", "grades", "disqualifying")
ITEM_FIELDS = ("code", "name", "maximum", "kind", "per_area")

CODE = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[a-z][a-z0-9-]*")

InvalidScheme = InvalidDocument


@dataclass(frozen=True)
class Item:
    """One row of the sheet: points given by its party, or computed from a statistic."""

    code: str
    name: str
    name_en: str
    maximum: Decimal
    kind: str
    per_area: bool
    statistic: str | None
    rule: Rule | None


@dataclass(frozen=True)
class Party:
    """One of the parties that score, with its items."""

    code: str
    name: str
    name_en: str
    maximum: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Grade:
    """A grade, from this total upwards."""

    code: str
    name: str
    name_en: str
    lowest: Decimal


@dataclass(frozen=True)
class Disqualifying:
    """A condition that makes the result the lowest grade: declared, or a quantity at or beyond a threshold."""

    code: str
    text: str
    text_en: str
    kind: str
    quantity: str | None
    comparison: str | None
    thresholds: dict[str, Decimal]


@dataclass(frozen=True)
class Scheme:
    """A whole scheme under its id, version and digest."""

    id: str
    version: int
    title: str
    title_en: str
    source: str
    places: int
    parties: tuple[Party, ...]
    comparison: tuple[Item, ...]
    grades: tuple[Grade, ...]
    disqualifying: tuple[Disqualifying, ...]
    digest: str

    @cached_property
    def facts(self) -> dict[str, str]:
        """Every fact that may be stated → "declared" or "number"."""
        found = {c.code: "declared" for c in self.disqualifying}
        return found | dict.fromkeys(NUMBERS, "number")


def available() -> tuple[str, ...]:
    """Names of the schemes delivered with the application, `id-version`."""
    return tuple(sorted(library.digests(KIND)))


def load(document_id: str, version: int) -> Scheme:
    """A delivered scheme; raises surveys.library.UnknownDocument or EditedDocument."""
    return parse(library.body(KIND, document_id, version))


def parse(document: object) -> Scheme:
    """A scheme from its JSON; raises InvalidScheme with every mistake, and nothing else."""
    notes = Complaints()
    body = notes.mapping(document, "")
    if body.get("format") != FORMAT:
        notes.say("format", f"应为「{FORMAT}」。")
    only(notes, body, "", *FIELDS)
    identity = notes.string(body, "id", "", 40)
    if identity and not ID.fullmatch(identity):
        notes.say("id", "只用小写字母、数字和连字符，以字母开头。")
    version = notes.integer(body, "version", "", 1, 10_000)
    title, title_en = _name(notes, body.get("title"), "title")
    source = notes.string(body, "source", "", 400)
    places = notes.integer(body, "places", "", 0, 2)
    codes: set[str] = set()
    parties = tuple(_party(notes, raw, f"parties[{n}]", codes) for n, raw in enumerate(notes.list(body, "parties", "")))
    if sum((party.maximum for party in parties), ZERO) != HUNDRED:
        notes.say("parties", "各方满分之和应为 100。")
    comparison = tuple(
        _item(notes, raw, f"comparison[{n}]", codes)
        for n, raw in enumerate(notes.list(body, "comparison", "", required=False))
    )
    for position, item in enumerate(comparison):
        if item.kind != "computed":
            notes.say(f"comparison[{position}].kind", "对照项只能由统计结果算出（computed）。")
    for item in (*(item for party in parties for item in party.items), *comparison):
        if item.maximum != half_up(item.maximum, places):
            notes.say("places", f"「{item.name}」的满分 {item.maximum} 比计分多小数位。")
    grades = _grades(notes, body.get("grades"), set())
    conditions = tuple(
        _condition(notes, raw, f"disqualifying[{n}]", codes)
        for n, raw in enumerate(notes.list(body, "disqualifying", "", required=False))
    )
    notes.raise_if_any()
    try:
        digest = digest_of(document)
    except ValueError as error:
        raise InvalidScheme([Problem("（全文）", "含有不是 JSON 的数字。")]) from error
    return Scheme(identity, version, title, title_en, source, places, parties, comparison, grades, conditions, digest)


def _name(notes: Complaints, value: object, place: str) -> tuple[str, str]:
    body = notes.mapping(value, place)
    if not body:
        return "", ""
    only(notes, body, place, "zh", "en")
    return notes.string(body, "zh", f"{place}.", 200), notes.string(body, "en", f"{place}.", 300)


def _code(notes: Complaints, body: dict[str, object], place: str, codes: set[str]) -> str:
    code = notes.string(body, "code", f"{place}.", 40)
    if code and (code in NUMBERS or not CODE.fullmatch(code)):
        notes.say(f"{place}.code", "只用小写字母、数字和下划线，以字母开头，不与站点数字的代码相同。")
    if code in codes:
        notes.say(f"{place}.code", f"代码「{code}」用了两次。")
    codes.add(code)
    return code


def _party(notes: Complaints, raw: object, place: str, codes: set[str]) -> Party:
    body = notes.mapping(raw, place)
    only(notes, body, place, "code", "name", "maximum", "items")
    code = _code(notes, body, place, codes)
    name, name_en = _name(notes, body.get("name"), f"{place}.name")
    maximum = number(notes, body.get("maximum"), f"{place}.maximum", ZERO, HUNDRED)
    items = tuple(
        _item(notes, item, f"{place}.items[{n}]", codes)
        for n, item in enumerate(notes.list(body, "items", f"{place}."))
    )
    if sum((item.maximum for item in items), ZERO) != maximum:
        notes.say(f"{place}.items", f"各项满分之和应为 {maximum}。")
    return Party(code, name, name_en, maximum, items)


def _item(notes: Complaints, raw: object, place: str, codes: set[str]) -> Item:
    body = notes.mapping(raw, place)
    code = _code(notes, body, place, codes)
    name, name_en = _name(notes, body.get("name"), f"{place}.name")
    maximum = number(notes, body.get("maximum"), f"{place}.maximum", ZERO, HUNDRED)
    if maximum == 0:
        notes.say(f"{place}.maximum", "满分应大于 0。")
    kind = body.get("kind")
    if kind not in ("given", "computed"):
        notes.say(f"{place}.kind", "应为 given（由该方打分）或 computed（由统计结果算出）。")
    only(notes, body, place, *ITEM_FIELDS, *(() if kind == "given" else ("statistic", "rule")))
    per_area = body.get("per_area", False)
    if not isinstance(per_area, bool) or (per_area and kind == "computed"):
        notes.say(f"{place}.per_area", "应为 true 或 false；算出的项不分片区。")
        per_area = False
    statistic, rule = None, None
    if kind == "computed":
        statistic = body.get("statistic")
        if not isinstance(statistic, str) or statistic not in STATISTICS:
            notes.say(f"{place}.statistic", f"应为 {'、'.join(STATISTICS)} 之一。")
            statistic = None
        rule = parse_rule(notes, body.get("rule"), f"{place}.rule", maximum)
    return Item(code, name, name_en, maximum, str(kind), per_area, statistic, rule)


def _grades(notes: Complaints, raw: object, codes: set[str]) -> tuple[Grade, ...]:
    found: list[Grade] = []
    for position, entry in enumerate(notes.list({"grades": raw}, "grades", "")):
        place = f"grades[{position}]"
        body = notes.mapping(entry, place)
        name, name_en = _name(notes, body.get("name"), f"{place}.name")
        only(notes, body, place, "code", "name", "from")
        lowest = number(notes, body.get("from"), f"{place}.from", ZERO, HUNDRED)
        found.append(Grade(_code(notes, body, place, codes), name, name_en, lowest))
        if position and found[position - 1].lowest <= lowest:
            notes.say(f"{place}.from", "等级从高到低排列。")
    if found and found[-1].lowest != 0:
        notes.say("grades", "最后一个等级要从 0 开始。")
    return tuple(found)


def _condition(notes: Complaints, raw: object, place: str, codes: set[str]) -> Disqualifying:
    body = notes.mapping(raw, place)
    code = _code(notes, body, place, codes)
    text, text_en = _name(notes, body.get("text"), f"{place}.text")
    kind = body.get("kind")
    if kind == "declared":
        only(notes, body, place, "code", "text", "kind")
        return Disqualifying(code, text, text_en, "declared", None, None, {})
    if kind != "threshold":
        notes.say(f"{place}.kind", "应为 declared 或 threshold。")
    only(notes, body, place, "code", "text", "kind", "quantity", "comparison", "thresholds")
    quantity, comparison = body.get("quantity"), body.get("comparison")
    if not isinstance(quantity, str) or quantity not in NUMBERS:
        notes.say(f"{place}.quantity", f"应为 {'、'.join(NUMBERS)} 之一。")
        quantity = None
    if comparison not in ("at_least", "below"):
        notes.say(f"{place}.comparison", "应为 at_least 或 below。")
        comparison = None
    raw_thresholds = notes.mapping(body.get("thresholds"), f"{place}.thresholds")
    only(notes, raw_thresholds, f"{place}.thresholds", *STAGES)
    thresholds = {
        stage: number(notes, raw_thresholds.get(stage), f"{place}.thresholds.{stage}", ZERO, Decimal(100_000))
        for stage in STAGES
    }
    return Disqualifying(code, text, text_en, "threshold", quantity, comparison, thresholds)
