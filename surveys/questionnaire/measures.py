"""The part of a questionnaire document that says which questions each figure is computed from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sampling.text import Text
from surveys.messages import EMPTY_LIST, shown
from surveys.problems import Problems
from surveys.questionnaire.model import Measures, Question
from surveys.reading import mapping, refuse_unknown, unknown_together, whole_number

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


def parse_measures(problems: Problems, raw: object, questions: Mapping[str, Question]) -> Measures:
    """Read `measures`; with a problem for every question or code that is not there."""
    body = mapping(problems, raw, "measures")
    refuse_unknown(problems, body, PARTS, "measures", unknown_together)
    parts = {name: _Part(problems, questions, body, name) for name in PARTS}
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
        part.add("guardian", Text("先写明 relation。", "Name the relation first."))
        return frozenset()
    return part.codes("guardian", [relation])


def _satisfaction(part: _Part) -> dict[str, Any]:
    items = part.items()
    overall = part.question("overall")
    if overall and overall not in items:
        part.add(
            "overall",
            Text(
                "总体满意题也要列在 items 里。", "The question about overall satisfaction must be listed in items too."
            ),
        )
    satisfied = part.codes("satisfied", [overall])
    scored = {o.code for o in part.options(overall) if o.score is not None}
    if not satisfied <= scored:
        part.add("satisfied", Text("只能列出有分值的选项代码。", "List only codes of options that have a score."))
    return {
        "items": items,
        "minimum_items": part.whole("minimum", 1, max(len(items), 1)),
        "overall": overall,
        "satisfied": satisfied,
        "direct": part.direct(),
    }


def _awareness(part: _Part) -> dict[str, Any]:
    facts = part.facts()
    questions = list(facts.values())
    known, unaided = part.codes("known", questions), part.codes("known_unaided", questions)
    silent = part.codes("not_answered", questions, empty=True)
    if not unaided <= known:
        part.add("known_unaided", Text("这些代码也要列在 known 里。", "These codes must be listed in known too."))
    if silent & known:
        part.add(
            "not_answered",
            Text(
                "同一个代码不能又算知道、又算没有回答。",
                "The same code cannot count both as known and as not answered.",
            ),
        )
    return {
        "facts": facts,
        "known": known,
        "known_unaided": unaided,
        "not_answered": silent,
        "aware_at": part.whole("aware_at", 1, len(FACTS)),
        "minimum_facts": part.whole("minimum", 1, len(FACTS)),
    }


class _Part:
    """One part of `measures`, and the questions its names are looked up among."""

    def __init__(
        self, problems: Problems, questions: Mapping[str, Question], measures: Mapping[str, Any], name: str
    ) -> None:
        self.problems = problems
        self.questions = questions
        self.place = f"measures.{name}."
        self.body = mapping(problems, measures.get(name), f"measures.{name}")
        refuse_unknown(problems, self.body, PARTS[name], f"measures.{name}", unknown_together)

    def add(self, name: str, message: Text) -> None:
        self.problems.add(f"{self.place}{name}", message)

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number within bounds."""
        return int(whole_number(low, high)(self.problems, self.body.get(name), f"{self.place}{name}"))

    def options(self, question: str) -> Collection[Any]:
        return self.questions[question].options if question in self.questions else ()

    def question(self, name: str, kind: str = "single") -> str:
        """The id of a question of that kind; empty after a problem."""
        return self.named(self.body.get(name), name, kind)

    def optional(self, name: str) -> str | None:
        """The same, where it may be left out."""
        return self.question(name) or None if self.body.get(name) is not None else None

    def named(self, value: object, name: str, kind: str) -> str:
        if not isinstance(value, str) or value not in self.questions:
            self.add(name, Text("引用的题号不存在。", "There is no question of that id."))
        elif self.questions[value].kind != kind:
            self.add(name, Text(f"应引用一道 {kind} 题。", f"Name a question of the kind {kind}."))
        else:
            return value
        return ""

    def direct(self) -> str | None:
        """The question that asks for points out of a hundred, if there is one."""
        if self.body.get("direct") is None:
            return None
        name = self.question("direct", "integer")
        if name and not 0 <= self.questions[name].low <= self.questions[name].high <= 100:
            self.add(
                "direct",
                Text("这道题的范围应在 0 到 100 之内。", "The bounds of this question must lie within 0 and 100."),
            )
        return name or None

    def items(self) -> dict[str, int]:
        """The questions of the index with their weights."""
        raw = mapping(self.problems, self.body.get("items"), f"{self.place}items")
        weights: dict[str, int] = {}
        for name, weight in raw.items():
            place = f"items.{shown(name)}"
            if not self.named(name, place, "single"):
                continue
            if type(weight) is not int or not 1 <= weight <= 100:
                self.add(place, Text("权重应为 1 到 100 之间的整数。", "The weight is a whole number from 1 to 100."))
            elif any(option.score is None and not option.excluded for option in self.options(name)):
                self.add(
                    place,
                    Text(
                        "这道题的每个选项都要有分值，或标为不计分（excluded）。",
                        "Every option of this question needs a score, or must be marked as excluded.",
                    ),
                )
            else:
                weights[name] = weight
        if not raw:
            self.add("items", Text("至少列出一道题。", "List at least one question."))
        return weights

    def facts(self) -> dict[str, str]:
        """The question of each of the five facts."""
        raw = mapping(self.problems, self.body.get("facts"), f"{self.place}facts")
        refuse_unknown(self.problems, raw, FACTS, f"{self.place}facts", unknown_together)
        questions = {fact: self.named(raw.get(fact), f"facts.{fact}", "single") for fact in FACTS}
        named = [name for name in questions.values() if name]
        if len(set(named)) < len(named):
            self.add("facts", Text("一道题只能对应一项。", "One question can stand for one fact only."))
        return questions

    def codes(self, name: str, questions: Collection[str], *, empty: bool = False) -> frozenset[str]:
        """Codes that at least one of the questions offers."""
        value = self.body.get(name)
        offered = {option.code for question in questions for option in self.options(question)}
        if not isinstance(value, list) or any(not isinstance(code, str) or code not in offered for code in value):
            self.add(name, Text("列出有关题目已有的选项代码。", "List option codes that the questions concerned have."))
            return frozenset()
        if not value and not empty:
            self.add(name, EMPTY_LIST)
        return frozenset(value)

    def pair(self) -> tuple[str, str]:
        """A question and the one code of it that counts."""
        question, code = self.question("question"), self.body.get("code")
        if isinstance(code, str) and code in {option.code for option in self.options(question)}:
            return question, code
        self.add("code", Text("写一个这道题已有的选项代码。", "Write an option code that this question has."))
        return question, ""
