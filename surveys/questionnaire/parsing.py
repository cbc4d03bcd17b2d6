"""From JSON to a Questionnaire, with every mistake of the document told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sampling.canonical import digest_of
from sampling.text import Text
from surveys.messages import joined, shown, twice
from surveys.problems import Problems
from surveys.questionnaire import reading
from surveys.questionnaire.conditions import Condition, parse_condition
from surveys.questionnaire.measures import parse_measures
from surveys.questionnaire.model import MODES, PLACEHOLDERS, Option, Question, Questionnaire, Section
from surveys.reading import ABSENT, Given, Reader, Table, default, head, items, mapping, one_of, optional, text, whole

FORMAT = "questionnaire-1"
ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
CODE = re.compile(r"[A-Za-z0-9]{1,10}")
BRACES = re.compile(r"\{([^{}]*)\}")
MOST_QUESTIONS = 300
LARGEST_NUMBER = 1_000_000

# What a question of each kind says besides.
KINDS = {
    "single": ("options",),
    "multiple": ("options",),
    "integer": ("min", "max"),
    "text": ("max_length",),
}


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


def _said(problems: Problems, value: object, place: str) -> dict[str, Text]:
    """What is said before or after, by mode."""
    raw = mapping(problems, {} if value is ABSENT else value, place)
    found: dict[str, Text] = Table({mode: reading.text for mode in MODES if mode in raw}, also=MODES)(
        problems, raw, place
    )
    for mode, said in found.items():
        for language in ("zh", "en", "yue"):
            for placeholder in BRACES.findall(getattr(said, language)):
                if placeholder not in PLACEHOLDERS:
                    problems.add(f"{place}.{mode}.{language}", _no_placeholder(shown(placeholder)))
    return found


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
        if sum(len(each.questions) for each in sections) > MOST_QUESTIONS:
            problems.add(
                place, Text(f"题目超过 {MOST_QUESTIONS} 道。", f"There are more than {MOST_QUESTIONS} questions.")
            )
            break
    return tuple(sections)


def _section(problems: Problems, raw: object, place: str, questions: dict[str, Question]) -> Section:
    """A section; adds its questions to those known by id."""

    def read_questions(problems: Problems, value: object, place: str) -> tuple[Question, ...]:
        found: list[Question] = []
        for number, entry in enumerate(items(problems, value, place)):
            here = f"{place}[{number}]"
            question = _question(problems, entry, here, questions)
            if question.id in questions:
                problems.add(f"{here}.id", twice(question.id, Text("题号", "The question id")))
            elif question.id:
                questions[question.id] = question
            found.append(question)
        return tuple(found)

    return Section(**Table({"questions": read_questions, "title": reading.text, "id": IDENTITY})(problems, raw, place))


def _question(problems: Problems, raw: object, place: str, earlier: Mapping[str, Question]) -> Question:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    known = kind if isinstance(kind, str) and kind in KINDS else ""
    also = KINDS[known] if known else tuple(name for names in KINDS.values() for name in names)

    def condition(problems: Problems, value: object, place: str) -> Condition | None:
        return parse_condition(problems, value, place, earlier)

    fields: dict[str, Reader | Given] = {
        "kind": one_of(KINDS, _wrong_kind(), wrong="text"),
        "modes": reading.modes,
        **(RANGE if known == "integer" else {}),
        "id": IDENTITY,
        "text": reading.text,
        **(OPTIONS if known in ("single", "multiple") else {}),
        "required": reading.required,
        "when": optional(condition),
        **dict.fromkeys(("note", "web", "two_step"), optional(reading.text)),
        **(MAX_LENGTH if known == "text" else {}),
    }
    read = Table(fields, unknown_after="kind", also=also)(problems, raw, place)
    low, high = read.pop("min", 0), read.pop("max", 0)
    return Question(**read, low=low, high=high)


def _wrong_kind() -> Text:
    kinds = joined(KINDS)
    return Text(f"题型应为 {kinds.zh} 之一。", f"The kind of a question is one of {kinds.en}.")


def _options(modes: tuple[str, ...]) -> Reader:
    """The options of a question that is asked in these modes."""

    def read(problems: Problems, value: object, place: str) -> tuple[Option, ...]:
        found: list[Option] = []
        for number, raw in enumerate(items(problems, value, place)):
            here = f"{place}[{number}]"
            option = Option(**OPTION(problems, raw, here))
            if option.code and option.code in {earlier.code for earlier in found}:
                problems.add(f"{here}.code", twice(option.code, Text("选项代码", "The option code")))
            found.append(option)
        for mode in modes:
            if found and not any(mode in option.modes for option in found):
                problems.add(
                    place,
                    Text(
                        f"这道题在 {mode} 时没有可选的选项。",
                        f"This question has no option to choose in the mode {mode}.",
                    ),
                )
        return tuple(found)

    return read


def _excluded(score: int | None) -> Reader:
    """Whether an option carries no points; it has no score then."""

    def read(problems: Problems, value: object, place: str) -> bool:
        if isinstance(value, bool) and not (value and score is not None):
            return value
        problems.add(
            place,
            Text(
                "不计分的选项写 true,且不能有分值。", "Write true for an option without points; it cannot have a score."
            ),
        )
        return False

    return default(read, False)


IDENTITY = text(
    20,
    ID,
    Text("以字母开头，只用字母、数字和下划线。", "Begin with a letter; use letters, digits and underscores only."),
)
OPTIONS: dict[str, Reader | Given] = {"options": Given(lambda read: _options(read["modes"]))}
RANGE: dict[str, Reader | Given] = {
    "min": whole(-LARGEST_NUMBER, LARGEST_NUMBER),
    "max": Given(lambda read: whole(read["min"], LARGEST_NUMBER)),
}
MAX_LENGTH: dict[str, Reader | Given] = {"max_length": default(whole(1, 2_000), 500)}
OPTION = Table(
    {
        "code": text(
            10,
            CODE,
            Text("选项代码只用字母和数字。", "An option code consists of letters and digits only."),
            keep=True,
        ),
        "score": optional(
            whole(
                0,
                100,
                Text("分值应为 0 到 100 之间的整数。", "The score is a whole number from 0 to 100."),
                or_none=True,
            )
        ),
        "excluded": Given(lambda read: _excluded(read["score"])),
        "label": reading.text,
        "modes": reading.modes,
    }
)
DOCUMENT = Table(
    {**head(FORMAT), "title": reading.text, "openings": _said, "closings": _said, "sections": _sections},
    also=("measures",),
)
