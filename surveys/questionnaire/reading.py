"""What every part of a questionnaire document is read with."""

from __future__ import annotations

from sampling.text import Text, joined
from surveys.problems import Problems
from surveys.questionnaire.model import MODES
from surveys.reading import ABSENT, ObjectReader
from surveys.reading import text as plain_text

LONGEST_TEXT = 2_000


def text(problems: Problems, value: object, place: str) -> Text:
    """A text in Chinese and English, with or without Cantonese."""
    if not isinstance(value, dict) or not value:
        problems.add(place, Text('缺少文字，应为 {"zh": …, "en": …}。', 'A text is missing. Write {"zh": …, "en": …}.'))
        return Text("", "")
    languages = ("zh", "en", "yue") if "yue" in value else ("zh", "en")
    return Text(**ObjectReader(dict.fromkeys(languages, plain_text(LONGEST_TEXT)))(problems, value, place))


def modes(problems: Problems, value: object, place: str) -> tuple[str, ...]:
    """The modes something is meant for; all of them where nothing is said."""
    if value is ABSENT:
        return MODES
    if not isinstance(value, list) or not value or any(mode not in MODES for mode in value):
        allowed = joined(MODES)
        problems.add(place, Text(f"应为 {allowed.zh} 中的一个或几个。", f"Write one or more of {allowed.en}."))
        return MODES
    return tuple(mode for mode in MODES if mode in value)


def required(problems: Problems, value: object, place: str) -> tuple[str, ...]:
    """`true`, `false`, or the modes in which an answer is required."""
    if value is ABSENT or isinstance(value, bool):
        return MODES if value is True else ()
    if not isinstance(value, list) or any(mode not in MODES for mode in value):
        allowed = joined(MODES)
        problems.add(
            place,
            Text(f"应为 true、false,或 {allowed.zh} 中的几个。", f"Write true, false, or some of {allowed.en}."),
        )
        return ()
    return tuple(mode for mode in MODES if mode in value)
