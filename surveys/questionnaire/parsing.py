"""From JSON to a Questionnaire, with every mistake of the document reported at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sampling.canonical import digest_of
from sampling.text import Text, joined
from surveys.messages import shown, twice
from surveys.problems import Problems
from surveys.questionnaire import reading
from surveys.questionnaire.conditions import Condition, parse_condition
from surveys.questionnaire.kinds import KINDS
from surveys.questionnaire.measures import parse_measures
from surveys.questionnaire.model import MODES, PLACEHOLDERS, Question, Questionnaire, Section
from surveys.reading import ABSENT, DependentReader, ObjectReader, Reader, head, items, mapping, one_of, optional, text

FORMAT = "questionnaire-1"
ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
BRACES = re.compile(r"\{([^{}]*)\}")
MOST_QUESTIONS = 300


def parse(document: object) -> Questionnaire:
    """A questionnaire from its JSON; raises InvalidDocument with every mistake.

    Any JSON value is answered one way or the other, never with another exception: every name and value of it is
    either read and bounded, or refused.
    """
    problems = Problems()
    read = DOCUMENT(problems, document, "")
    del read["format"]
    questions: dict[str, Question] = {}
    for question in (question for section in read["sections"] for question in section.questions if question.id):
        questions.setdefault(question.id, question)
    if not questions:
        problems.raise_if_any()  # nothing that measures could name: everything there would look wrong
    raw = document.get("measures") if isinstance(document, dict) else None
    measures = parse_measures(problems, raw, questions)
    problems.raise_if_any()
    return Questionnaire(**read, measures=measures, digest=digest_of(document))


def _spoken_texts(problems: Problems, value: object, place: str) -> dict[str, Text]:
    """What is said before or after, by mode."""
    raw = mapping(problems, {} if value is ABSENT else value, place)
    texts: dict[str, Text] = ObjectReader({mode: reading.text for mode in MODES if mode in raw}, also=MODES)(
        problems, raw, place
    )
    for mode, text_of_mode in texts.items():
        for language in ("zh", "en", "yue"):
            for placeholder in BRACES.findall(getattr(text_of_mode, language)):
                if placeholder not in PLACEHOLDERS:
                    problems.add(f"{place}.{mode}.{language}", _no_placeholder(shown(placeholder)))
    return texts


def _no_placeholder(name: str) -> Text:
    allowed = joined(PLACEHOLDERS)
    return Text(
        f"花括号里的「{name}」没有内容可填，可用 {allowed.zh}。",
        f'There is nothing to put in for "{name}" in braces; there is {allowed.en}.',
    )


def _sections(problems: Problems, value: object, place: str) -> tuple[Section, ...]:
    """All sections in order."""
    sections: list[Section] = []
    questions: dict[str, Question] = {}
    for number, raw in enumerate(items(problems, value, place)):
        section = _section(problems, raw, f"{place}[{number}]", questions)
        if section.id and section.id in {earlier.id for earlier in sections}:
            problems.add(f"{place}[{number}].id", twice(section.id, Text("", "The section")))
        sections.append(section)
        if sum(len(known.questions) for known in sections) > MOST_QUESTIONS:
            problems.add(
                place, Text(f"题目超过 {MOST_QUESTIONS} 道。", f"There are more than {MOST_QUESTIONS} questions.")
            )
            break
    return tuple(sections)


def _section(problems: Problems, raw: object, place: str, questions: dict[str, Question]) -> Section:
    """A section; adds its questions to those known by id."""

    def read_questions(problems: Problems, value: object, place: str) -> tuple[Question, ...]:
        questions_read: list[Question] = []
        for number, entry in enumerate(items(problems, value, place)):
            entry_place = f"{place}[{number}]"
            question = _question(problems, entry, entry_place, questions)
            if question.id in questions:
                problems.add(f"{entry_place}.id", twice(question.id, Text("题号", "The question id")))
            elif question.id:
                questions[question.id] = question
            questions_read.append(question)
        return tuple(questions_read)

    return Section(
        **ObjectReader({"questions": read_questions, "title": reading.text, "id": IDENTITY})(problems, raw, place)
    )


def _question(problems: Problems, raw: object, place: str, earlier: Mapping[str, Question]) -> Question:
    name = raw.get("kind") if isinstance(raw, dict) else None
    kind = KINDS.get(name) if isinstance(name, str) else None
    own = kind.fields if kind else {}

    def condition(problems: Problems, value: object, place: str) -> Condition | None:
        return parse_condition(problems, value, place, earlier)

    fields: dict[str, Reader | DependentReader] = {
        "kind": one_of(KINDS, _wrong_kind(), wrong="text"),
        "modes": reading.modes,
        "id": IDENTITY,
        "text": reading.text,
        **own,
        "required": reading.required,
        "when": optional(condition),
        **dict.fromkeys(("note", "web", "two_step"), optional(reading.text)),
    }
    also = () if kind else tuple(field for other_kind in KINDS.values() for field in other_kind.fields)
    read = ObjectReader(fields, unknown_after="kind", also=also)(problems, raw, place)
    own_values = {field: read.pop(field) for field in own}
    return Question(**read, **(kind.arguments(own_values) if kind else {}))


def _wrong_kind() -> Text:
    kinds = joined(KINDS)
    return Text(f"题型应为 {kinds.zh} 之一。", f"The kind of a question is one of {kinds.en}.")


IDENTITY = text(
    20,
    ID,
    Text("以字母开头，只用字母、数字和下划线。", "Begin with a letter; use letters, digits and underscores only."),
)
DOCUMENT = ObjectReader(
    {
        **head(FORMAT),
        "title": reading.text,
        "openings": _spoken_texts,
        "closings": _spoken_texts,
        "sections": _sections,
    },
    also=("measures",),
)
