"""The options of a question, as both kinds of choice have them."""

from __future__ import annotations

import re
from typing import Any

from surveys.problems import Complaints
from surveys.questionnaire import reading
from surveys.questionnaire.model import Option, Question

CODE = re.compile(r"[A-Za-z0-9]{1,10}")


def read_options(notes: Complaints, body: dict[str, Any], place: str, modes: tuple[str, ...]) -> tuple[Option, ...]:
    """The options of a question that is asked in these modes."""
    found: list[Option] = []
    for number, raw in enumerate(notes.list(body, "options", f"{place}.")):
        here = f"{place}.options[{number}]"
        option = _option(notes, raw, here)
        if option.code and option.code in {earlier.code for earlier in found}:
            notes.say(f"{here}.code", f"选项代码「{option.code}」用了两次。")
        found.append(option)
    for mode in modes:
        if found and not any(mode in option.modes for option in found):
            notes.say(f"{place}.options", f"这道题在 {mode} 时没有可选的选项。")
    return tuple(found)


def _option(notes: Complaints, raw: object, place: str) -> Option:
    body = notes.mapping(raw, place)
    reading.fields(notes, body, ("code", "label", "score", "excluded", "modes"), place)
    code = notes.string(body, "code", f"{place}.", 10)
    if code and not CODE.fullmatch(code):
        notes.say(f"{place}.code", "选项代码只用字母和数字。")
    score = body.get("score")
    if score is not None and (type(score) is not int or not 0 <= score <= 100):
        notes.say(f"{place}.score", "分值应为 0 到 100 之间的整数。")
        score = None
    excluded = body.get("excluded", False)
    if not isinstance(excluded, bool) or (excluded and score is not None):
        notes.say(f"{place}.excluded", "不计分的选项写 true,且不能有分值。")
        excluded = False
    label = reading.text(notes, body.get("label"), f"{place}.label")
    return Option(code, label, score, excluded, reading.modes(notes, body, place))


def labels(question: Question, codes: list[str], language: str) -> list[str]:
    """The labels of these codes; a code that is none of the question's stays as it is."""
    known = {option.code: option.label.in_language(language) for option in question.options}
    return [known.get(code, code) for code in codes]
