"""The part of a questionnaire that says which questions make which figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.problems import Complaints
from surveys.questionnaire.model import Measures, Question

FACTS = ("address", "services", "staff", "help", "funding")


def parse_measures(notes: Complaints, raw: object, questions: Mapping[str, Question]) -> Measures:
    """Read `measures`; complains of every question or code that is not there."""
    body = notes.mapping(raw, "measures")
    reader = _Reader(notes, questions)
    satisfaction = notes.mapping(body.get("satisfaction"), "measures.satisfaction")
    awareness = notes.mapping(body.get("awareness"), "measures.awareness")
    items = reader.items(satisfaction)
    overall = reader.question(satisfaction, "overall", "measures.satisfaction.")
    if overall and overall not in items:
        notes.say("measures.satisfaction.overall", "总体满意题也要列在 items 里。")
    facts = reader.facts(awareness)
    known = reader.codes(awareness, "known", "measures.awareness.", list(facts.values()))
    return Measures(
        items=items,
        minimum_items=notes.integer(satisfaction, "minimum", "measures.satisfaction.", 1, max(len(items), 1)),
        overall=overall,
        satisfied=reader.codes(satisfaction, "satisfied", "measures.satisfaction.", [overall]),
        direct=reader.question(satisfaction, "direct", "measures.satisfaction.")
        if satisfaction.get("direct")
        else None,
        facts=facts,
        known=known,
        known_unaided=reader.codes(awareness, "known_unaided", "measures.awareness.", list(facts.values())),
        not_answered=reader.codes(awareness, "not_answered", "measures.awareness.", list(facts.values())),
        aware_at=notes.integer(awareness, "aware_at", "measures.awareness.", 1, len(FACTS)),
        minimum_facts=notes.integer(awareness, "minimum", "measures.awareness.", 1, len(FACTS)),
        consent=reader.pair(body, "consent"),
        never_served=reader.pair(body, "never_served"),
        proxy=reader.group(body, "proxy"),
        staff_present=reader.pair(body, "staff_present"),
        coached=reader.pair(body, "coached"),
    )


class _Reader:
    """Looks names up among the questions of the document."""

    def __init__(self, notes: Complaints, questions: Mapping[str, Question]) -> None:
        self.notes = notes
        self.questions = questions

    def question(self, body: dict[str, Any], name: str, place: str) -> str:
        value = body.get(name)
        if isinstance(value, str) and value in self.questions:
            return value
        self.notes.say(f"{place}{name}", "引用的题号不存在。")
        return ""

    def items(self, body: dict[str, Any]) -> dict[str, int]:
        raw = self.notes.mapping(body.get("items"), "measures.satisfaction.items")
        found: dict[str, int] = {}
        for name, weight in raw.items():
            place = f"measures.satisfaction.items.{str(name)[:20]}"
            question = self.questions.get(name)
            if question is None:
                self.notes.say(place, "引用的题号不存在。")
            elif type(weight) is not int or not 1 <= weight <= 100:
                self.notes.say(place, "权重应为 1 到 100 之间的整数。")
            elif any(option.score is None and not option.excluded for option in question.options):
                self.notes.say(place, "这道题的每个选项都要有分值，或标为不计分（excluded）。")
            else:
                found[name] = weight
        return found

    def facts(self, body: dict[str, Any]) -> dict[str, str]:
        raw = self.notes.mapping(body.get("facts"), "measures.awareness.facts")
        found: dict[str, str] = {}
        for fact in FACTS:
            if isinstance(name := raw.get(fact), str) and name in self.questions:
                found[fact] = name
            else:
                self.notes.say(f"measures.awareness.facts.{fact}", "引用的题号不存在。")
        for extra in set(raw) - set(FACTS):
            self.notes.say(f"measures.awareness.facts.{str(extra)[:20]}", f"只有 {'、'.join(FACTS)} 五项。")
        return found

    def codes(self, body: dict[str, Any], name: str, place: str, asked: list[str]) -> frozenset[str]:
        value = body.get(name)
        offered = {o.code for q in asked if q in self.questions for o in self.questions[q].options}
        if not isinstance(value, list) or any(not isinstance(code, str) or code not in offered for code in value):
            self.notes.say(f"{place}{name}", "列出有关题目已有的选项代码。")
            return frozenset()
        return frozenset(value)

    def pair(self, body: dict[str, Any], name: str) -> tuple[str, str]:
        part = self.notes.mapping(body.get(name), f"measures.{name}")
        question = self.question(part, "question", f"measures.{name}.")
        codes = self.codes({"code": [part.get("code")]}, "code", f"measures.{name}.", [question])
        return question, next(iter(codes), "")

    def group(self, body: dict[str, Any], name: str) -> tuple[str, frozenset[str]]:
        part = self.notes.mapping(body.get(name), f"measures.{name}")
        question = self.question(part, "question", f"measures.{name}.")
        return question, self.codes(part, "codes", f"measures.{name}.", [question])
