"""A questionnaire as it is used after parsing: frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from sampling.text import Text

if TYPE_CHECKING:
    from surveys.questionnaire.conditions import Condition

MODES = ("phone", "visit", "web")
# What the application fills in where openings and closings name it in braces.
PLACEHOLDERS = (
    "recipient", "interviewer", "evaluator", "commissioner", "station", "street", "hotline", "keep_until",
)  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen. The score belongs to it explicitly; None where it carries none."""

    code: str
    label: Text
    score: int | None = None
    excluded: bool = False
    modes: tuple[str, ...] = MODES


@dataclass(frozen=True)
class Question:
    """One question: its wording, how it is answered, and when it is asked."""

    id: str
    kind: str
    text: Text
    options: tuple[Option, ...] = ()
    required: tuple[str, ...] = ()
    when: Condition | None = None
    note: Text | None = None
    web: Text | None = None
    two_step: Text | None = None
    modes: tuple[str, ...] = MODES
    low: int = 0
    high: int = 0
    max_length: int = 0
    earliest: date | None = None
    latest: date | None = None

    def options_in(self, mode: str) -> tuple[Option, ...]:
        """The options offered in a mode."""
        return tuple(option for option in self.options if mode in option.modes)

    def wording(self, mode: str) -> Text:
        """How it is put: the web has its own wording where one is given."""
        return self.web if mode == "web" and self.web else self.text


@dataclass(frozen=True)
class Section:
    """Questions that belong together, in order."""

    id: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Measures:
    """Which questions each figure is computed from.

    `known` are the awareness codes that count as knowing a fact, `known_unaided` those of them said without a prompt.
    On the web nobody checks: the code for 「知道」 there is a claim, which counts as known and never as unaided.
    `proxy_guardian` are the codes of the relation that mean parent or guardian; empty where the document does not say.
    """

    items: Mapping[str, int]
    minimum_items: int
    overall: str
    satisfied: frozenset[str]
    direct: str | None
    facts: Mapping[str, str]
    known: frozenset[str]
    known_unaided: frozenset[str]
    not_answered: frozenset[str]
    aware_at: int
    minimum_facts: int
    consent: tuple[str, str]
    never_served: tuple[str, str]
    proxy: tuple[str, frozenset[str]]
    proxy_relation: str | None
    proxy_reason: str | None
    staff_present: tuple[str, str]
    coached: tuple[str, str]
    proxy_guardian: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Questionnaire:
    """A whole questionnaire under its id, version and digest.

    Openings and closings are what is said before and after, by mode, with PLACEHOLDERS in braces. The digest is the
    SHA-256 of the canonical JSON it was parsed from.
    """

    id: str
    version: int
    title: Text
    openings: Mapping[str, Text]
    closings: Mapping[str, Text]
    sections: tuple[Section, ...]
    measures: Measures
    digest: str

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in order."""
        return tuple(question for section in self.sections for question in section.questions)

    @cached_property
    def _by_id(self) -> dict[str, Question]:
        return {question.id: question for question in self.questions}

    def question(self, question_id: str) -> Question:
        """The question of that id; raises KeyError."""
        return self._by_id[question_id]

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._by_id
