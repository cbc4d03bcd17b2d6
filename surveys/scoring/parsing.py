"""From JSON to a Scheme, with every mistake of the document reported at once; and the delivered schemes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sampling.canonical import digest_of
from sampling.text import Text
from surveys import library
from surveys.messages import twice
from surveys.problems import Problem, Problems
from surveys.reading import (
    HUNDRED,
    ZERO,
    DependentReader,
    ObjectReader,
    Reader,
    constant,
    decimal,
    default,
    flag,
    items,
    mapping,
    one_of,
    several,
    text,
    unknown_each,
    whole_number,
)
from surveys.rounding import half_up
from surveys.scoring.facts import NUMBERS
from surveys.scoring.rule_reading import parse_rule
from surveys.scoring.rules import STATISTICS
from surveys.scoring.scheme import FORMAT, KIND, STAGES, Disqualifying, Grade, InvalidScheme, Item, Party, Scheme

CODE = re.compile(r"[a-z][a-z0-9_]*")
ID = re.compile(r"[a-z][a-z0-9-]*")


def available() -> tuple[str, ...]:
    """Names of the schemes delivered with the application, `id-version`."""
    return tuple(sorted(library.digests(KIND)))


def load(document_id: str, version: int) -> Scheme:
    """A delivered scheme; raises surveys.library.UnknownDocument or EditedDocument."""
    return parse(library.body(KIND, document_id, version))


def parse(document: object) -> Scheme:
    """A scheme from its JSON; raises InvalidScheme with every mistake, and nothing else."""
    problems = Problems()
    read = _SchemeReader().document(problems, document, "")
    problems.raise_if_any()
    try:
        digest = digest_of(document)
    except ValueError as error:
        message = Text("含有不是 JSON 的数字。", "It contains a number that JSON does not have.")
        raise InvalidScheme([Problem("", message)]) from error
    del read["format"]
    return Scheme(**read, digest=digest)


def _name(problems: Problems, value: object, place: str) -> tuple[str, str]:
    body = mapping(problems, value, place)
    if not body:
        return "", ""
    read = ObjectReader({"zh": text(200), "en": text(300)}, unknown_each)(problems, body, place)
    return read["zh"], read["en"]


def _both(read: dict[str, Any], name: str) -> dict[str, Any]:
    """What was read, with the text of that name as two: Chinese and English."""
    zh, en = read.pop(name)
    return read | {name: zh, f"{name}_en": en}


class _SchemeReader:
    """Reads a scheme; keeps the codes read so far, of which none may occur twice. Codes of grades are separate."""

    def __init__(self) -> None:
        self.codes: set[str] = set()

    def document(self, problems: Problems, value: object, place: str) -> dict[str, Any]:
        table = ObjectReader(
            {
                "format": constant(FORMAT, Text(f"应为「{FORMAT}」。", f'Write "{FORMAT}".')),
                "id": text(40, ID, ID_MESSAGE, keep=True),
                "version": whole_number(1, 10_000),
                "title": _name,
                "source": text(400),
                "places": whole_number(0, 2),
                "parties": self.parties,
                "comparison": DependentReader(self.comparison),
                "grades": _grades,
                "disqualifying": several(self.condition, empty=True),
            },
            unknown_each,
            unknown_after="format",
        )
        return _both(table(problems, value, place), "title")

    def parties(self, problems: Problems, value: object, place: str) -> tuple[Party, ...]:
        parties_read: tuple[Party, ...] = several(self.party)(problems, value, place)
        if sum((party.maximum for party in parties_read), ZERO) != HUNDRED:
            problems.add(place, Text("各方满分之和应为 100。", "The maximum points of all parties must add up to 100."))
        return parties_read

    def comparison(self, earlier: Mapping[str, Any]) -> Reader:
        """The reader of the compared items; it also checks the decimals of every item."""

        def read(problems: Problems, value: object, place: str) -> tuple[Item, ...]:
            compared: tuple[Item, ...] = several(self.item, empty=True)(problems, value, place)
            for position, item in enumerate(compared):
                if item.kind != "computed":
                    problems.add(f"{place}[{position}].kind", ONLY_COMPUTED)
            for item in (*(item for party in earlier["parties"] for item in party.items), *compared):
                if item.maximum != half_up(item.maximum, earlier["places"]):
                    problems.add("places", _too_many_decimals(item))
            return compared

        return read

    def party(self, problems: Problems, value: object, place: str) -> Party:
        table = ObjectReader(
            {"code": _code(self.codes), "name": _name, "maximum": UP_TO_HUNDRED, "items": several(self.item)},
            unknown_each,
        )
        party = Party(**_both(table(problems, value, place), "name"))
        if sum((item.maximum for item in party.items), ZERO) != party.maximum:
            maximum = party.maximum
            problems.add(
                f"{place}.items",
                Text(f"各项满分之和应为 {maximum}。", f"The maximum points of the items must add up to {maximum}."),
            )
        return party

    def item(self, problems: Problems, value: object, place: str) -> Item:
        kind = value.get("kind") if isinstance(value, dict) else None
        computed = kind == "computed"
        table = ObjectReader(
            {
                "code": _code(self.codes),
                "name": _name,
                "maximum": _maximum,
                "kind": one_of(("given", "computed"), KIND_MESSAGE),
                "per_area": default(_no_area if computed else flag(PER_AREA_MESSAGE), False),
                **(COMPUTED if computed else {}),
            },
            unknown_each,
            unknown_after="kind",
            also=() if kind == "given" else tuple(COMPUTED),
        )
        return Item(**{"statistic": None, "rule": None} | _both(table(problems, value, place), "name"))

    def condition(self, problems: Problems, value: object, place: str) -> Disqualifying:
        kind = value.get("kind") if isinstance(value, dict) else None
        common = {
            "code": _code(self.codes),
            "text": _name,
            "kind": one_of(("declared", "threshold"), CONDITION_MESSAGE),
        }
        threshold = {} if kind == "declared" else THRESHOLD
        table = ObjectReader({**common, **threshold}, unknown_each, unknown_after="kind")
        no_threshold: dict[str, Any] = {"quantity": None, "comparison": None, "thresholds": {}}
        return Disqualifying(**no_threshold | _both(table(problems, value, place), "text"))


def _code(codes: set[str]) -> Reader:
    """A code that is not among these yet; it is added to them."""

    def read(problems: Problems, value: object, place: str) -> str:
        code: str = text(40)(problems, value, place)
        if code and (code in NUMBERS or not CODE.fullmatch(code)):
            problems.add(place, CODE_MESSAGE)
        if code in codes:
            problems.add(place, twice(code, Text("代码", "The code")))
        codes.add(code)
        return code

    return read


def _maximum(problems: Problems, value: object, place: str) -> Decimal:
    maximum: Decimal = UP_TO_HUNDRED(problems, value, place)
    if maximum == 0:
        problems.add(place, Text("满分应大于 0。", "The maximum must be more than 0."))
    return maximum


def _no_area(problems: Problems, value: object, place: str) -> bool:
    """An item that is computed is not given by area."""
    if value is not False:
        problems.add(place, PER_AREA_MESSAGE)
    return False


def _rule_of(read: Mapping[str, Any]) -> Reader:
    return lambda problems, value, place: parse_rule(problems, value, place, read["maximum"])


def _too_many_decimals(item: Item) -> Text:
    return Text(
        f"「{item.name}」的满分 {item.maximum} 比计分多小数位。",
        f'The maximum {item.maximum} of "{item.name_en}" has more decimals than the scores.',
    )


def _grades(problems: Problems, value: object, place: str) -> tuple[Grade, ...]:
    grade = ObjectReader(
        {"name": _name, "from": UP_TO_HUNDRED, "code": _code(set())}, unknown_each, unknown_after="name"
    )
    grades: list[Grade] = []
    for position, entry in enumerate(items(problems, value, place)):
        read = _both(grade(problems, entry, f"{place}[{position}]"), "name")
        lowest = read.pop("from")
        if grades and grades[-1].lowest <= lowest:
            problems.add(
                f"{place}[{position}].from",
                Text("等级从高到低排列。", "Put the grades in order, from the highest to the lowest."),
            )
        grades.append(Grade(**read, lowest=lowest))
    if grades and grades[-1].lowest != 0:
        problems.add(place, Text("最后一个等级要从 0 开始。", "The last grade must begin at 0."))
    return tuple(grades)


UP_TO_HUNDRED = decimal(ZERO, HUNDRED)
ID_MESSAGE = Text(
    "只用小写字母、数字和连字符，以字母开头。",
    "Use lower-case letters, digits and hyphens only, beginning with a letter.",
)
CODE_MESSAGE = Text(
    "只用小写字母、数字和下划线，以字母开头，不与站点数字的代码相同。",
    "Use lower-case letters, digits and underscores only, beginning with a letter; "
    "it must not be the code of a number stated of the station.",
)
KIND_MESSAGE = Text(
    "应为 given（由该方打分）或 computed（由统计结果算出）。",
    "Write given (points given by the party) or computed (from a statistic).",
)
ONLY_COMPUTED = Text("对照项只能由统计结果算出（computed）。", "A compared item can only be computed from a statistic.")
PER_AREA_MESSAGE = Text(
    "应为 true 或 false；算出的项不分片区。", "Write true or false; an item that is computed is not given by area."
)
CONDITION_MESSAGE = Text("应为 declared 或 threshold。", "Write declared or threshold.")
COMPUTED: dict[str, Reader | DependentReader] = {
    "statistic": one_of(STATISTICS, wrong=None),
    "rule": DependentReader(_rule_of),
}
THRESHOLD: dict[str, Reader] = {
    "quantity": one_of(NUMBERS, wrong=None),
    "comparison": one_of(
        ("at_least", "below"), Text("应为 at_least 或 below。", "Write at_least or below."), wrong=None
    ),
    "thresholds": ObjectReader(dict.fromkeys(STAGES, decimal(ZERO, Decimal(100_000))), unknown_each),
}
