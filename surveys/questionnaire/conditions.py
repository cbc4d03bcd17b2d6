"""When a question is asked: a small language of JSON objects.

{"question": "S3", "in": ["1", "3"]}     the answer is one of these codes
{"question": "B9", "below": 60}          a number below
{"question": "A1", "answered": true}     anything was answered
{"all": […]}  {"any": […]}  {"not": …}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class In:
    """The answer is one of these codes (for several choices: contains one)."""

    question: str
    codes: frozenset[str]

    def holds(self, answers: Answers) -> bool:
        """Whether it is so."""
        answer = answers.get(self.question)
        given = answer if isinstance(answer, list) else [answer]
        return any(code in self.codes for code in given if isinstance(code, str))

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


Condition = In | Below | Answered | All | Any_ | Not
