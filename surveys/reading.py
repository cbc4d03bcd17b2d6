"""Reading JSON documents by tables of fields: every mistake is found at once, with its place, and none raises.

msgspec stops at the first mistake, and pydantic orders, places and words them in its own way and in English only, so
neither could keep our messages; the tables are read by these few functions instead.

A reader takes the list of problems, a value and its place, and returns a value that can be used even for a wrong one.
An ObjectReader maps the names of an object to the readers of their values, in the order in which mistakes are reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sampling.text import Text
from surveys.messages import EMPTY_LIST, TRUE_OR_FALSE, between, more_than, out_of, shown, twice
from surveys.problems import Problems

Reader = Callable[[Problems, Any, str], Any]
Unknown = Callable[[Problems, Iterable[object], str], None]

MOST_ITEMS = 500
ZERO, HUNDRED = Decimal(0), Decimal(100)
PLAIN_NUMBER = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,4})?")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_MESSAGE = Text("只用小写字母、数字和连字符。", "Use lower-case letters, digits and hyphens only.")
# Stands for a name that an object does not have; null is a value.
ABSENT = object()


def inside(place: str, name: str) -> str:
    """The place of a name of an object."""
    return f"{place}.{name}" if place else name


def unknown_together(problems: Problems, names: Iterable[object], place: str) -> None:
    """One problem that quotes the names the format does not have: a misspelt "when" would otherwise ask everybody."""
    quoted = [shown(name) for name in names][:5]
    if quoted:
        zh, en = "」「".join(quoted), '", "'.join(quoted)
        problems.add(
            place, Text(f"不认识「{zh}」，请改正或删去。", f'"{en}" is not known here. Correct it or take it out.')
        )


def unknown_each(problems: Problems, names: Iterable[object], place: str) -> None:
    """A problem at each name the format does not have."""
    for name in names:
        quoted = str(name)[:40].encode("utf-8", "replace").decode()
        problems.add(
            inside(place, quoted), Text("没有这个字段，请核对写法。", "There is no such field. Check the spelling.")
        )


def unknown_setting(problems: Problems, names: Iterable[object], place: str) -> None:
    """A problem at each name that is no setting, in the order of the alphabet."""
    for name in sorted(map(str, names)):
        problems.add(inside(place, name), Text("没有这项设置。", "There is no such setting."))


def refuse_unknown(
    problems: Problems, body: Mapping[Any, Any], allowed: Collection[str], place: str, unknown: Unknown
) -> None:
    """Add a problem for names that are not allowed."""
    unknown(problems, [name for name in body if name not in allowed], place)


def mapping(problems: Problems, value: object, place: str) -> dict[str, Any]:
    """A JSON object."""
    if isinstance(value, dict):
        return value
    problems.add(place, Text("应为一个对象 {…}。", "Write an object {…}."))
    return {}


@dataclass(frozen=True)
class DependentReader:
    """A reader that is chosen by what was read of earlier names."""

    reader: Callable[[Mapping[str, Any]], Reader]


@dataclass(frozen=True)
class ObjectReader:
    """The names of an object with their readers.

    Names that are neither in the table nor `also` allowed are reported first, or after the name `unknown_after`.
    """

    fields: Mapping[str, Reader | DependentReader]
    unknown: Unknown = unknown_together
    unknown_after: str = ""
    also: tuple[str, ...] = ()

    def __call__(self, problems: Problems, value: object, place: str) -> dict[str, Any]:
        """What each reader made of its value, by name; of something that is no object, what they make of nothing."""
        body = mapping(problems, value, place)
        values: dict[str, Any] = {}
        if not self.unknown_after:
            self._refuse_unknown(problems, body, place)
        for name, reader in self.fields.items():
            read = reader.reader(values) if isinstance(reader, DependentReader) else reader
            values[name] = read(problems, body.get(name, ABSENT), inside(place, name))
            if name == self.unknown_after:
                self._refuse_unknown(problems, body, place)
        return values

    def _refuse_unknown(self, problems: Problems, body: Mapping[Any, Any], place: str) -> None:
        refuse_unknown(problems, body, (*self.fields, *self.also), place, self.unknown)


def default(reader: Reader, value: object) -> Reader:
    """The same, with a value for a name that was left out."""
    return lambda problems, value_given, place: reader(problems, value if value_given is ABSENT else value_given, place)


def optional(reader: Reader) -> Reader:
    """The same, None for a name that was left out or null."""
    return lambda problems, value_given, place: (
        None if value_given in (ABSENT, None) else reader(problems, value_given, place)
    )


def text(
    longest: int = 200, pattern: re.Pattern[str] | None = None, message: Text | None = None, *, keep: bool = False
) -> Reader:
    """A text, not blank and without control characters; "" for a wrong one.

    One that does not match the pattern is reported with the message, and still returned with `keep`.
    """

    def read(problems: Problems, value: object, place: str) -> str:
        if not isinstance(value, str) or not value.strip():
            problems.add(place, Text("缺少文字。", "A text is missing."))
            return ""
        if len(value) > longest or not value.replace("\n", "").isprintable():
            problems.add(
                place,
                Text(
                    f"最多 {longest} 个字符，不能有控制字符。", f"At most {longest} characters, no control characters."
                ),
            )
            return ""
        if pattern and message and not pattern.fullmatch(value):
            problems.add(place, message)
            return value if keep else ""
        return value

    return read


def whole_number(low: int, high: int, message: Text | None = None, *, or_none: bool = False) -> Reader:
    """A whole number within bounds; for a wrong one the lower bound or None."""

    def read(problems: Problems, value: object, place: str) -> int | None:
        if type(value) is int and low <= value <= high:
            return value
        problems.add(place, message or between(low, high))
        return None if or_none else low

    return read


def flag(message: Text = TRUE_OR_FALSE) -> Reader:
    """True or false; False for something else."""

    def read(problems: Problems, value: object, place: str) -> bool:
        if isinstance(value, bool):
            return value
        problems.add(place, message)
        return False

    return read


def one_of(allowed: Collection[str], message: Text | None = None, *, wrong: str | None = "") -> Reader:
    """One of these words."""

    def read(problems: Problems, value: object, place: str) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        problems.add(place, message or out_of(allowed))
        return wrong

    return read


def anything(_problems: Problems, value: object, _place: str) -> object:
    """A value that was read before."""
    return value


def constant(expected: str, message: Text) -> Reader:
    """The one word that may stand here, the format of a document."""

    def read(problems: Problems, value: object, place: str) -> str:
        if value != expected:
            problems.add(place, message)
        return expected

    return read


def decimal(low: Decimal, high: Decimal) -> Reader:
    """A decimal written as plain text ("12.5"), within bounds: no exponent, no spaces, no other script's digits."""

    def read(problems: Problems, value: object, place: str) -> Decimal:
        if isinstance(value, str) and not PLAIN_NUMBER.fullmatch(value):
            problems.add(
                place,
                Text(
                    '数字写成 "12.5" 这样的文字，最多四位小数。',
                    'Write the number as a text such as "12.5", with at most four decimals.',
                ),
            )
            return low
        number = Decimal(value) if isinstance(value, str) else None
        if number is not None and low <= number <= high:
            return number
        problems.add(
            place,
            Text(
                f'应为 {low} 到 {high} 之间的数，写成文字，例如 "12.5"。',
                f'Write a number from {low} to {high} as a text, for example "12.5".',
            ),
        )
        return low

    return read


def items(problems: Problems, value: object, place: str, *, empty: bool = False) -> list[Any]:
    """A JSON array that is not empty; where it may be empty, it may also be left out."""
    if empty and value in (ABSENT, None):
        return []
    if not isinstance(value, list):
        problems.add(place, Text("应为一个列表 […]。", "Write a list […]."))
        return []
    if not value and not empty:
        problems.add(place, EMPTY_LIST)
    if len(value) > MOST_ITEMS:
        problems.add(place, more_than(MOST_ITEMS))
        return []
    return value


def several(reader: Reader, *, empty: bool = False) -> Reader:
    """A list, each entry read by the same reader."""

    def read(problems: Problems, value: object, place: str) -> tuple[Any, ...]:
        entries = items(problems, value, place, empty=empty)
        return tuple(reader(problems, entry, f"{place}[{number}]") for number, entry in enumerate(entries))

    return read


def refuse_repeated(problems: Problems, values: Collection[str], place: str, name: Text) -> None:
    """Add a problem for each value that occurs twice."""
    values = list(values)
    for value in sorted({value for value in values if value and values.count(value) > 1}):
        problems.add(place, twice(value, name))


def head(written_in: str) -> dict[str, Any]:
    """The readers of the format, the id and the version that a published document begins with."""
    return {
        "format": constant(written_in, Text(f"应为「{written_in}」。", f'Write "{written_in}".')),
        "id": text(40, SLUG, SLUG_MESSAGE, keep=True),
        "version": whole_number(1, 10_000),
    }
