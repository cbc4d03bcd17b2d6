"""The part of a questionnaire that says which questions make which figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from surveys.problems import Complaints
from surveys.questionnaire.model import Measures, Question
from surveys.questionnaire.reading import fields, shown

FACTS = ("address", "services", "staff", "help", "funding")
PARTS = {
    "satisfaction": ("items", "minimum", "overall", "satisfied", "direct"),
    "awareness": ("facts", "known", "known_unaided", "not_answered", "aware_at", "minimum"),
    "consent": ("question", "code"),
    "never_served": ("question", "code"),
    "proxy": ("question", "codes", "relation", "reason", "guardian"),
    "staff_present": ("question", "code"),
    "coached": ("question", "code"),
}


def parse_measures(notes: Complaints, raw: object, questions: Mapping[str, Question]) -> Measures:
    """Read `measures`; complains of every question or code that is not there."""
    body = notes.mapping(raw, "measures")
    fields(notes, body, PARTS, "measures")
    parts = {name: _Part(notes, questions, body, name) for name in PARTS}
    proxy = parts["proxy"]
    person, relation = proxy.question("question"), proxy.optional("relation")
    return Measures(
        **_satisfaction(parts["satisfaction"]),
        **_awareness(parts["awareness"]),
        consent=parts["consent"].pair(),
        never_served=parts["never_served"].pair(),
        proxy=(person, proxy.codes("codes", [person])),
        proxy_relation=relation,
        proxy_reason=proxy.optional("reason"),
        proxy_guardian=_guardian(proxy, relation),
        staff_present=parts["staff_present"].pair(),
        coached=parts["coached"].pair(),
    )


def _guardian(part: _Part, relation: str | None) -> frozenset[str]:
    """The codes of the relation that mean parent or guardian; documents from before this was asked leave it out."""
    if part.body.get("guardian") is None:
        return frozenset()
    if relation is None:
        part.say("guardian", "先写明 relation。")
        return frozenset()
    return part.codes("guardian", [relation])


def _satisfaction(part: _Part) -> dict[str, Any]:
    items = part.items()
    overall = part.question("overall")
    if overall and overall not in items:
        part.say("overall", "总体满意题也要列在 items 里。")
    satisfied = part.codes("satisfied", [overall])
    scored = {o.code for o in part.options(overall) if o.score is not None}
    if not satisfied <= scored:
        part.say("satisfied", "只能列出有分值的选项代码。")
    return {
        "items": items,
        "minimum_items": part.notes.integer(part.body, "minimum", part.place, 1, max(len(items), 1)),
        "overall": overall,
        "satisfied": satisfied,
        "direct": part.direct(),
    }


def _awareness(part: _Part) -> dict[str, Any]:
    facts = part.facts()
    asked = list(facts.values())
    known, unaided = part.codes("known", asked), part.codes("known_unaided", asked)
    silent = part.codes("not_answered", asked, empty=True)
    if not unaided <= known:
        part.say("known_unaided", "这些代码也要列在 known 里。")
    if silent & known:
        part.say("not_answered", "同一个代码不能又算知道、又算没有回答。")
    return {
        "facts": facts,
        "known": known,
        "known_unaided": unaided,
        "not_answered": silent,
        "aware_at": part.notes.integer(part.body, "aware_at", part.place, 1, len(FACTS)),
        "minimum_facts": part.notes.integer(part.body, "minimum", part.place, 1, len(FACTS)),
    }


class _Part:
    """One part of `measures`, and the questions its names are looked up among."""

    def __init__(
        self, notes: Complaints, questions: Mapping[str, Question], measures: Mapping[str, Any], name: str
    ) -> None:
        self.notes = notes
        self.questions = questions
        self.place = f"measures.{name}."
        self.body = notes.mapping(measures.get(name), f"measures.{name}")
        fields(notes, self.body, PARTS[name], f"measures.{name}")

    def say(self, name: str, message: str) -> None:
        self.notes.say(f"{self.place}{name}", message)

    def options(self, question: str) -> Collection[Any]:
        return self.questions[question].options if question in self.questions else ()

    def question(self, name: str, kind: str = "single") -> str:
        """The id of a question of that kind; empty after a complaint."""
        return self.named(self.body.get(name), name, kind)

    def optional(self, name: str) -> str | None:
        """The same, where it may be left out."""
        return self.question(name) or None if self.body.get(name) is not None else None

    def named(self, value: object, name: str, kind: str) -> str:
        if not isinstance(value, str) or value not in self.questions:
            self.say(name, "引用的题号不存在。")
        elif self.questions[value].kind != kind:
            self.say(name, f"应引用一道 {kind} 题。")
        else:
            return value
        return ""

    def direct(self) -> str | None:
        """The question that asks for points out of a hundred, if there is one."""
        if self.body.get("direct") is None:
            return None
        name = self.question("direct", "integer")
        if name and not 0 <= self.questions[name].low <= self.questions[name].high <= 100:
            self.say("direct", "这道题的范围应在 0 到 100 之内。")
        return name or None

    def items(self) -> dict[str, int]:
        """The questions of the index with their weights."""
        raw = self.notes.mapping(self.body.get("items"), f"{self.place}items")
        found: dict[str, int] = {}
        for name, weight in raw.items():
            place = f"items.{shown(name)}"
            if not self.named(name, place, "single"):
                continue
            if type(weight) is not int or not 1 <= weight <= 100:
                self.say(place, "权重应为 1 到 100 之间的整数。")
            elif any(option.score is None and not option.excluded for option in self.options(name)):
                self.say(place, "这道题的每个选项都要有分值，或标为不计分（excluded）。")
            else:
                found[name] = weight
        if not raw:
            self.say("items", "至少列出一道题。")
        return found

    def facts(self) -> dict[str, str]:
        """The question of each of the five facts."""
        raw = self.notes.mapping(self.body.get("facts"), f"{self.place}facts")
        fields(self.notes, raw, FACTS, f"{self.place}facts")
        found = {fact: self.named(raw.get(fact), f"facts.{fact}", "single") for fact in FACTS}
        named = [name for name in found.values() if name]
        if len(set(named)) < len(named):
            self.say("facts", "一道题只能对应一项。")
        return found

    def codes(self, name: str, asked: Collection[str], *, empty: bool = False) -> frozenset[str]:
        """Codes that at least one of the questions offers."""
        value = self.body.get(name)
        offered = {option.code for question in asked for option in self.options(question)}
        if not isinstance(value, list) or any(not isinstance(code, str) or code not in offered for code in value):
            self.say(name, "列出有关题目已有的选项代码。")
            return frozenset()
        if not value and not empty:
            self.say(name, "列表是空的。")
        return frozenset(value)

    def pair(self) -> tuple[str, str]:
        """A question and the one code of it that counts."""
        question, code = self.question("question"), self.body.get("code")
        if isinstance(code, str) and code in {option.code for option in self.options(question)}:
            return question, code
        self.say("code", "写一个这道题已有的选项代码。")
        return question, ""
