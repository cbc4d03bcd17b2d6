"""From JSON to a Questionnaire, with every mistake of the document said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sampling.canonical import digest_of
from sampling.text import Text
from surveys.problems import Complaints
from surveys.questionnaire import reading
from surveys.questionnaire.conditions import parse_condition
from surveys.questionnaire.kinds import KINDS
from surveys.questionnaire.measures import parse_measures
from surveys.questionnaire.model import MODES, PLACEHOLDERS, Question, Questionnaire, Section

FORMAT = "questionnaire-1"
ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
BRACES = re.compile(r"\{([^{}]*)\}")
MOST_QUESTIONS = 300

DOCUMENT = ("format", "id", "version", "title", "openings", "closings", "measures", "sections")
QUESTION = ("id", "kind", "text", "note", "web", "two_step", "required", "when", "modes")


def parse(document: object) -> Questionnaire:
    """A questionnaire from its JSON; raises InvalidDocument with every mistake.

    Any JSON value is answered one way or the other, never with another exception: every name and value of it is
    either read and bounded, or refused.
    """
    notes = Complaints()
    body, identity, version = reading.head(notes, document, FORMAT, DOCUMENT)
    title = reading.text(notes, body.get("title"), "title")
    openings, closings = (_said(notes, body, name) for name in ("openings", "closings"))
    questions: dict[str, Question] = {}
    sections = _sections(notes, body, questions)
    if not questions:
        notes.raise_if_any()  # nothing that measures could name: everything there would look wrong
    measures = parse_measures(notes, body.get("measures"), questions)
    notes.raise_if_any()
    return Questionnaire(identity, version, title, openings, closings, sections, measures, digest_of(document))


def _said(notes: Complaints, body: Mapping[str, Any], name: str) -> dict[str, Text]:
    """What is said before or after, by mode."""
    raw = notes.mapping(body.get(name, {}), name)
    reading.fields(notes, raw, MODES, name)
    found = {mode: reading.text(notes, raw[mode], f"{name}.{mode}") for mode in MODES if mode in raw}
    for mode, text in found.items():
        for language in ("zh", "en", "yue"):
            for placeholder in BRACES.findall(getattr(text, language)):
                if placeholder not in PLACEHOLDERS:
                    notes.say(
                        f"{name}.{mode}.{language}",
                        f"花括号里的「{reading.shown(placeholder)}」没有内容可填，可用 {'、'.join(PLACEHOLDERS)}。",
                    )
    return found


def _sections(notes: Complaints, body: dict[str, Any], questions: dict[str, Question]) -> tuple[Section, ...]:
    """All sections in order; fills `questions` by id on the way."""
    sections: list[Section] = []
    for number, raw in enumerate(notes.list(body, "sections", "")):
        section = _section(notes, raw, f"sections[{number}]", questions)
        if section.id and section.id in {earlier.id for earlier in sections}:
            notes.say(f"sections[{number}].id", f"「{section.id}」用了两次。")
        sections.append(section)
        if sum(len(each.questions) for each in sections) > MOST_QUESTIONS:
            notes.say("sections", f"题目超过 {MOST_QUESTIONS} 道。")
            break
    return tuple(sections)


def _section(notes: Complaints, raw: object, place: str, questions: dict[str, Question]) -> Section:
    body = notes.mapping(raw, place)
    reading.fields(notes, body, ("id", "title", "questions"), place)
    found: list[Question] = []
    for number, raw_question in enumerate(notes.list(body, "questions", f"{place}.")):
        here = f"{place}.questions[{number}]"
        question = _question(notes, raw_question, here, questions)
        if question.id in questions:
            notes.say(f"{here}.id", f"题号「{question.id}」用了两次。")
        elif question.id:
            questions[question.id] = question
        found.append(question)
    title = reading.text(notes, body.get("title"), f"{place}.title")
    return Section(_id(notes, body, place), title, tuple(found))


def _id(notes: Complaints, body: dict[str, Any], place: str) -> str:
    identity = notes.string(body, "id", f"{place}.", 20)
    if identity and not ID.fullmatch(identity):
        notes.say(f"{place}.id", "以字母开头，只用字母、数字和下划线。")
        return ""
    return identity


def _question(notes: Complaints, raw: object, place: str, earlier: Mapping[str, Question]) -> Question:
    body = notes.mapping(raw, place)
    name = body.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        notes.say(f"{place}.kind", f"题型应为 {'、'.join(KINDS)} 之一。")
    allowed = kind.fields if kind else tuple(field for each in KINDS.values() for field in each.fields)
    reading.fields(notes, body, (*QUESTION, *allowed), place)
    when = body.get("when")
    modes = reading.modes(notes, body, place)
    return Question(
        id=_id(notes, body, place),
        kind=kind.name if kind else "text",
        text=reading.text(notes, body.get("text"), f"{place}.text"),
        **(kind.read(notes, body, place, modes) if kind else {}),
        required=reading.required(notes, body, place),
        when=None if when is None else parse_condition(notes, when, f"{place}.when", earlier),
        note=reading.optional_text(notes, body, "note", place),
        web=reading.optional_text(notes, body, "web", place),
        two_step=reading.optional_text(notes, body, "two_step", place),
        modes=modes,
    )
