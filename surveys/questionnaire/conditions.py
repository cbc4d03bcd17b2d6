"""When a question is asked: a small language of JSON objects.

{"question": "S3", "in": ["1", "3"]}     the answer is one of these codes
{"question": "B9", "below": 60}          a number below
{"question": "V2", "before": "2023-07-01"}  a day before another
{"question": "A1", "answered": true}     anything was answered
{"all": […]}  {"any": […]}  {"not": …}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sampling.text import Text, joined
from surveys.messages import TRUE_OR_FALSE
from surveys.problems import Problems
from surveys.questionnaire.kinds import kind_of
from surveys.questionnaire.kinds.date import EARLIEST, iso_day
from surveys.reading import items, whole_number

if TYPE_CHECKING:
    from surveys.questionnaire.model import Question

DEEPEST = 8
LIMIT = 1_000_000

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class In:
    """The answer is one of these codes (for several choices: contains one)."""

    question: str
    codes: frozenset[str]

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        answer = answers.get(self.question)
        codes = answer if isinstance(answer, list) else [answer]
        return any(code in self.codes for code in codes if isinstance(code, str))

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"question": self.question, "in": sorted(self.codes)}


@dataclass(frozen=True)
class Below:
    """The answer is a number below a limit."""

    question: str
    limit: int

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        answer = answers.get(self.question)
        return isinstance(answer, int) and answer < self.limit

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"question": self.question, "below": self.limit}


@dataclass(frozen=True)
class Before:
    """The answer is a day before another."""

    question: str
    day: date

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        answer = answers.get(self.question)
        return isinstance(answer, str) and answer < self.day.isoformat()

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"question": self.question, "before": self.day.isoformat()}


@dataclass(frozen=True)
class Answered:
    """Anything at all was answered, or nothing was."""

    question: str
    expected: bool

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        return (answers.get(self.question) not in (None, "", [])) is self.expected

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"question": self.question, "answered": self.expected}


@dataclass(frozen=True)
class All:
    """All of these hold."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        return all(part.holds(answers) for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"all": [part.to_json() for part in self.parts]}


@dataclass(frozen=True)
class Any_:
    """At least one of these holds."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        return any(part.holds(answers) for part in self.parts)

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"any": [part.to_json() for part in self.parts]}


@dataclass(frozen=True)
class Not:
    """This does not hold."""

    part: Condition

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        return not self.part.holds(answers)

    def to_json(self) -> dict[str, Any]:
        """As it is written in a document."""
        return {"not": self.part.to_json()}


Condition = In | Below | Before | Answered | All | Any_ | Not


def parse_condition(
    problems: Problems, raw: object, place: str, earlier: Mapping[str, Question], depth: int = DEEPEST
) -> Condition | None:
    """Read a condition that may refer to earlier questions only; None after a problem."""
    if not isinstance(raw, dict) or not raw:
        problems.add(
            place, Text("条件要写 all、any、not 或 question。", "A condition needs all, any, not or question.")
        )
        return None
    if depth == 0:
        problems.add(place, Text("条件嵌套太深。", "The condition is nested too deeply."))
        return None
    operator = next((operator for operator in ("not", "all", "any") if operator in raw), None)
    if operator is None:
        return _comparison(problems, raw, place, earlier)
    _only(problems, raw, {operator}, place)
    if operator == "not":
        inner = parse_condition(problems, raw["not"], f"{place}.not", earlier, depth - 1)
        return None if inner is None else Not(inner)
    read = [
        parse_condition(problems, part, f"{place}.{operator}[{number}]", earlier, depth - 1)
        for number, part in enumerate(items(problems, raw[operator], f"{place}.{operator}"))
    ]
    parts = tuple(part for part in read if part is not None)
    return All(parts) if operator == "all" else Any_(parts)


def _only(problems: Problems, raw: Mapping[str, Any], allowed: set[str], place: str) -> None:
    if not raw.keys() <= allowed:
        names = joined(sorted(allowed))
        problems.add(place, Text(f"一个条件只能写 {names.zh}。", f"One condition can only have {names.en}."))


def _comparison(
    problems: Problems, raw: dict[str, Any], place: str, earlier: Mapping[str, Question]
) -> Condition | None:
    name = raw.get("question")
    question = earlier.get(name) if isinstance(name, str) else None
    if question is None:
        problems.add(
            f"{place}.question",
            Text("条件只能引用前面已有的题号。", "A condition can only name a question that comes earlier."),
        )
        return None
    comparison = next((comparison for comparison in ("in", "below", "before", "answered") if comparison in raw), None)
    if comparison is None:
        problems.add(
            place, Text("条件要写 in、below、before 或 answered。", "A condition needs in, below, before or answered.")
        )
        return None
    _only(problems, raw, {"question", comparison}, place)
    if comparison == "in":
        return _membership(problems, raw["in"], f"{place}.in", question)
    if comparison == "below":
        if "below" not in kind_of(question).comparisons:
            problems.add(
                f"{place}.below",
                Text(f"「{question.id}」不是数字题。", f'"{question.id}" is not a question that asks for a number.'),
            )
        return Below(question.id, whole_number(-LIMIT, LIMIT)(problems, raw["below"], f"{place}.below"))
    if comparison == "before":
        return _earlier(problems, raw["before"], f"{place}.before", question)
    if isinstance(raw["answered"], bool):
        return Answered(question.id, raw["answered"])
    problems.add(f"{place}.answered", TRUE_OR_FALSE)
    return None


def _earlier(problems: Problems, written: object, place: str, question: Question) -> Before | None:
    if "before" not in kind_of(question).comparisons:
        problems.add(
            place, Text(f"「{question.id}」不是日期题。", f'"{question.id}" is not a question that asks for a day.')
        )
        return None
    day = iso_day(EARLIEST)(problems, written, place)
    return None if day is None else Before(question.id, day)


def _membership(problems: Problems, codes: object, place: str, question: Question) -> In | None:
    offered = {option.code for option in question.options}
    if not isinstance(codes, list) or not codes or any(not isinstance(c, str) or c not in offered for c in codes):
        problems.add(
            place, Text(f"列出「{question.id}」已有的选项代码。", f'List option codes that "{question.id}" has.')
        )
        return None
    return In(question.id, frozenset(codes))
