"""The options of a question, as both kinds of choice have them."""

from __future__ import annotations

import re

from sampling.text import Text
from surveys.messages import twice
from surveys.problems import Problems
from surveys.questionnaire import reading
from surveys.questionnaire.model import Option, Question
from surveys.reading import DependentReader, ObjectReader, Reader, default, items, optional, text, whole_number

CODE = re.compile(r"[A-Za-z0-9]{1,10}")


def options_reader(modes: tuple[str, ...]) -> Reader:
    """The options of a question that is asked in these modes."""

    def read(problems: Problems, value: object, place: str) -> tuple[Option, ...]:
        options: list[Option] = []
        for number, raw in enumerate(items(problems, value, place)):
            entry_place = f"{place}[{number}]"
            option = Option(**OPTION(problems, raw, entry_place))
            if option.code and option.code in {earlier.code for earlier in options}:
                problems.add(f"{entry_place}.code", twice(option.code, Text("选项代码", "The option code")))
            options.append(option)
        for mode in modes:
            if options and not any(mode in option.modes for option in options):
                problems.add(
                    place,
                    Text(
                        f"这道题在 {mode} 时没有可选的选项。",
                        f"This question has no option to choose in the mode {mode}.",
                    ),
                )
        return tuple(options)

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


OPTION = ObjectReader(
    {
        "code": text(
            10,
            CODE,
            Text("选项代码只用字母和数字。", "An option code consists of letters and digits only."),
            keep=True,
        ),
        "score": optional(
            whole_number(
                0,
                100,
                Text("分值应为 0 到 100 之间的整数。", "The score is a whole number from 0 to 100."),
                or_none=True,
            )
        ),
        "excluded": DependentReader(lambda read: _excluded(read["score"])),
        "label": reading.text,
        "modes": reading.modes,
    }
)
OPTIONS = DependentReader(lambda read: options_reader(read["modes"]))


def labels(question: Question, codes: list[str], language: str) -> list[str]:
    """The labels of these codes; a code that is none of the question's stays as it is."""
    label_of = {option.code: option.label.in_language(language) for option in question.options}
    return [label_of.get(code, code) for code in codes]
