"""From JSON to a Questionnaire, with every mistake of the document said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from surveys.canonical import digest_of
from surveys.problems import Complaints, InvalidDocument, Problem
from surveys.questionnaire.conditions import All, Answered, Any_, Below, Condition, In, Not
from surveys.questionnaire.measures import parse_measures
from surveys.questionnaire.model import MODES, Option, Question, Questionnaire, Section, Text

FORMAT = "questionnaire-1"
KINDS = ("single", "multiple", "integer", "text")
ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
CODE = re.compile(r"[A-Za-z0-9]{1,10}")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DEEPEST = 8
LONGEST_TEXT = 2_000


def parse(document: object) -> Questionnaire:
    """A questionnaire from its JSON; raises InvalidDocument with every mistake.

    Any JSON value is answered one way or the other, never with another exception.
    """
    notes = Complaints()
    body = notes.mapping(document, "")
    if body.get("format") != FORMAT:
        notes.say("format", f"应为「{FORMAT}」。")
    identity = notes.string(body, "id", "", 40)
    if identity and not SLUG.fullmatch(identity):
        notes.say("id", "只用小写字母、数字和连字符。")
    version = notes.integer(body, "version", "", 1, 10_000)
    title = _text(notes, body.get("title"), "title")
    openings = {
        name: _text(notes, value, f"openings.{name}")
        for name, value in notes.mapping(body.get("openings", {}), "openings").items()
        if isinstance(name, str)
    }
    seen: dict[str, Question] = {}
    sections = tuple(
        _section(notes, raw, f"sections[{number}]", seen) for number, raw in enumerate(notes.list(body, "sections", ""))
    )
    measures = parse_measures(notes, body.get("measures"), seen)
    notes.raise_if_any()
    try:
        digest = digest_of(document)
    except ValueError as error:  # NaN or Infinity somewhere nobody reads
        raise InvalidDocument([Problem("（全文）", "含有不是 JSON 的数字。")]) from error
    return Questionnaire(identity, version, title, openings, sections, measures, digest)


def _text(notes: Complaints, value: object, place: str) -> Text:
    body = notes.mapping(value, place)
    zh = notes.string(body, "zh", f"{place}.", LONGEST_TEXT) if body else ""
    en = notes.string(body, "en", f"{place}.", LONGEST_TEXT) if body else ""
    yue = notes.string(body, "yue", f"{place}.", LONGEST_TEXT) if "yue" in body else ""
    return Text(zh, en, yue)


def _optional_text(notes: Complaints, body: Mapping[str, Any], name: str, place: str) -> Text | None:
    return _text(notes, body[name], f"{place}.{name}") if body.get(name) is not None else None


def _section(notes: Complaints, raw: object, place: str, seen: dict[str, Question]) -> Section:
    body = notes.mapping(raw, place)
    identity = notes.string(body, "id", f"{place}.", 20)
    title = _text(notes, body.get("title"), f"{place}.title")
    questions = []
    for number, raw_question in enumerate(notes.list(body, "questions", f"{place}.")):
        here = f"{place}.questions[{number}]"
        question = _question(notes, raw_question, here, seen)
        if question.id in seen:
            notes.say(f"{here}.id", f"题号「{question.id}」用了两次。")
        elif question.id:
            seen[question.id] = question
        questions.append(question)
    return Section(identity, title, tuple(questions))


def _question(notes: Complaints, raw: object, place: str, seen: Mapping[str, Question]) -> Question:
    body = notes.mapping(raw, place)
    identity = notes.string(body, "id", f"{place}.", 20)
    if identity and not ID.fullmatch(identity):
        notes.say(f"{place}.id", "题号以字母开头，只用字母、数字和下划线。")
        identity = ""
    kind = body.get("kind")
    if kind not in KINDS:
        notes.say(f"{place}.kind", f"题型应为 {'、'.join(KINDS)} 之一。")
        kind = "text"
    options: tuple[Option, ...] = ()
    low = high = max_length = 0
    if kind in ("single", "multiple"):
        options = _options(notes, body, place)
    elif kind == "integer":
        low = notes.integer(body, "min", f"{place}.", -1_000_000, 1_000_000)
        high = notes.integer(body, "max", f"{place}.", low, 1_000_000)
    else:
        max_length = notes.integer(body, "max_length", f"{place}.", 1, 2_000, 500)
    when = body.get("when")
    return Question(
        id=identity,
        kind=str(kind),
        text=_text(notes, body.get("text"), f"{place}.text"),
        options=options,
        required=_required(notes, body, place),
        when=None if when is None else _condition(notes, when, f"{place}.when", seen, DEEPEST),
        note=_optional_text(notes, body, "note", place),
        web=_optional_text(notes, body, "web", place),
        two_step=_optional_text(notes, body, "two_step", place),
        modes=_modes(notes, body, place),
        low=low,
        high=high,
        max_length=max_length,
    )


def _modes(notes: Complaints, body: Mapping[str, Any], place: str) -> tuple[str, ...]:
    value = body.get("modes", list(MODES))
    if not isinstance(value, list) or not value or any(mode not in MODES for mode in value):
        notes.say(f"{place}.modes", f"应为 {'、'.join(MODES)} 中的一个或几个。")
        return MODES
    return tuple(mode for mode in MODES if mode in value)


def _required(notes: Complaints, body: Mapping[str, Any], place: str) -> tuple[str, ...]:
    """`true`, `false`, or the modes in which an answer is required."""
    value = body.get("required", False)
    if isinstance(value, bool):
        return MODES if value else ()
    if not isinstance(value, list) or any(mode not in MODES for mode in value):
        notes.say(f"{place}.required", f"应为 true、false，或 {'、'.join(MODES)} 中的几个。")
        return ()
    return tuple(mode for mode in MODES if mode in value)


def _options(notes: Complaints, body: dict[str, Any], place: str) -> tuple[Option, ...]:
    found: list[Option] = []
    codes: set[str] = set()
    for number, raw in enumerate(notes.list(body, "options", f"{place}.")):
        here = f"{place}.options[{number}]"
        option = notes.mapping(raw, here)
        code = notes.string(option, "code", f"{here}.", 10)
        if code and not CODE.fullmatch(code):
            notes.say(f"{here}.code", "选项代码只用字母和数字。")
        if code in codes:
            notes.say(f"{here}.code", f"选项代码「{code}」用了两次。")
        codes.add(code)
        score = option.get("score")
        if score is not None and (type(score) is not int or not 0 <= score <= 100):
            notes.say(f"{here}.score", "分值应为 0 到 100 之间的整数。")
            score = None
        excluded = option.get("excluded", False)
        if not isinstance(excluded, bool) or (excluded and score is not None):
            notes.say(f"{here}.excluded", "不计分的选项写 true，且不能有分值。")
            excluded = False
        label = _text(notes, option.get("label"), f"{here}.label")
        found.append(Option(code, label, score, excluded, _modes(notes, option, here)))
    return tuple(found)


def _condition(
    notes: Complaints, raw: object, place: str, seen: Mapping[str, Question], depth: int
) -> Condition | None:
    body = notes.mapping(raw, place)
    if not body:
        return None
    if depth == 0:
        notes.say(place, "条件嵌套太深。")
        return None
    if "not" in body:
        inner = _condition(notes, body["not"], f"{place}.not", seen, depth - 1)
        return None if inner is None else Not(inner)
    for word, make in (("all", All), ("any", Any_)):
        if word in body:
            parts = [
                _condition(notes, part, f"{place}.{word}[{number}]", seen, depth - 1)
                for number, part in enumerate(notes.list(body, word, f"{place}."))
            ]
            return make(tuple(part for part in parts if part is not None))
    return _comparison(notes, body, place, seen)


def _comparison(notes: Complaints, body: dict[str, Any], place: str, seen: Mapping[str, Question]) -> Condition | None:
    name = body.get("question")
    question = seen.get(name) if isinstance(name, str) else None
    if question is None:
        notes.say(f"{place}.question", "条件只能引用前面已有的题号。")
        return None
    if "in" in body:
        codes = body["in"]
        known = {option.code for option in question.options}
        if not isinstance(codes, list) or not codes or any(not isinstance(c, str) or c not in known for c in codes):
            notes.say(f"{place}.in", f"列出「{question.id}」已有的选项代码。")
            return None
        return In(question.id, frozenset(str(code) for code in codes))
    if "below" in body:
        if question.kind != "integer":
            notes.say(f"{place}.below", f"「{question.id}」不是数字题。")
        return Below(question.id, notes.integer(body, "below", f"{place}.", -1_000_000, 1_000_000))
    if isinstance(body.get("answered"), bool):
        return Answered(question.id, body["answered"])
    notes.say(place, "条件要写 in、below 或 answered。")
    return None
