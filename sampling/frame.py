"""The frame, the list a sample is drawn from: its canonical form, its fingerprint, and its errors.

Canonical form "frame-2" (docs/certificate.md, 1): the line `frame-2`; for each person in the order of their keys
`key|village|area|category,category,…|last`; the line `people N`. The fingerprint is the SHA-256 of these bytes.
Whoever holds the list can recompute it; whoever changes one person changes it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sampling.canonical import CONTROL
from sampling.rule import Reading
from sampling.text import Text, TextError

CANONICAL_FORM = "frame-2"
KEY = re.compile(r"[0-9a-f]{32}")
CATEGORY = re.compile(r"0[1-9]|1[0-7]")
LONGEST_CODE = 40
_NOT_IN_CODES = re.compile(r"[ /~|\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_RESERVED = frozenset({"all", "general"})


class Last(StrEnum):
    """Whether a person was on the list of the previous round, and drawn in it."""

    UNKNOWN = ""  # not on its list, or there was none
    LISTED = "listed"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class FramePerson:
    """A person on the frame, without anything that identifies: pseudonymous key, village, area, categories."""

    key: str
    village: str
    area: str
    categories: tuple[str, ...] = ()
    last: Last = Last.UNKNOWN

    @property
    def priority(self) -> bool:
        """Whether this person belongs to the priority groups."""
        return bool(self.categories)


@dataclass(frozen=True)
class FrameFinding:
    """An error in a frame, for which it cannot be sealed."""

    key: str
    code: str
    message: Text


class DisorderedFrame(ValueError):
    """The people were not given in the order of their keys, each once."""


class MalformedFrame(TextError, ValueError):
    """Bytes that are not a frame in canonical form, and where."""


def canonical_line(person: FramePerson) -> bytes:
    """One person's line of the canonical form."""
    return f"{person.key}|{person.village}|{person.area}|{','.join(person.categories)}|{person.last}\n".encode()


def canonical_lines(people: Iterable[FramePerson]) -> Iterator[bytes]:
    """The canonical form line by line, for people in key order; raises DisorderedFrame."""
    yield f"{CANONICAL_FORM}\n".encode()
    count, last = 0, ""
    for person in people:
        if person.key <= last:
            raise DisorderedFrame(f"{person.key} follows {last}")
        yield canonical_line(person)
        count, last = count + 1, person.key
    yield f"people {count}\n".encode()


def fingerprint(people: Iterable[FramePerson]) -> str:
    """SHA-256 of the canonical form, as 64 hexadecimal digits; people in any order."""
    return fingerprint_sorted(sorted(people, key=lambda person: person.key))


def fingerprint_sorted(people: Iterable[FramePerson]) -> str:
    """The fingerprint in one pass and constant memory, for people already in key order; raises DisorderedFrame.

    >>> fingerprint_sorted([])
    '5051768e7316520092a1585a22759d4ee60e20672d6a99544f0f2da3a1b16e68'
    """
    state = hashlib.sha256()
    for line in canonical_lines(people):
        state.update(line)
    return state.hexdigest()


def read_canonical(lines: Iterable[bytes]) -> Iterator[FramePerson]:
    """The people of a frame in canonical form, one pass; raises MalformedFrame at the first line that is not."""
    count, last, first, ended = 0, "", True, False
    areas: dict[str, str] = {}
    for number, raw in enumerate(lines, 1):
        try:
            line = raw.decode()
        except UnicodeDecodeError as error:
            raise MalformedFrame(Text(f"第 {number} 行不是 UTF-8。", f"Line {number} is not UTF-8.")) from error
        if ended or not line.endswith("\n"):
            raise MalformedFrame(
                Text(
                    f"第 {number} 行不该在这里，或没有换行。",
                    f"Line {number} does not belong here, or has no line break.",
                )
            )
        line = line[:-1]
        if first:
            first = False
            if line != CANONICAL_FORM:
                raise MalformedFrame(Text(f"第 1 行应为 {CANONICAL_FORM}。", f"Line 1 should be {CANONICAL_FORM}."))
            continue
        if line == f"people {count}":
            ended = True
            continue
        person = _person(line, number)
        if person.key <= last:
            raise MalformedFrame(
                Text(
                    f"第 {number} 行的编号没有从小到大排列，或重复。",
                    f"Line {number}: the keys are not in rising order, or one occurs twice.",
                )
            )
        if areas.setdefault(person.village, person.area) != person.area:
            raise MalformedFrame(Text(f"第 {number} 行：", f"Line {number}: ") + _in_two_areas(person.village))
        count, last = count + 1, person.key
        yield person
    if not ended:
        raise MalformedFrame(Text(f"最后一行应为 people {count}。", f"The last line should be: people {count}."))


def _person(line: str, number: int) -> FramePerson:
    parts = line.split("|")
    if len(parts) != 5 or parts[4] not in list(Last):
        raise MalformedFrame(
            Text(
                f"第 {number} 行不是「编号|村居|片区|类别|上一轮」。",
                f"Line {number} is not key|village|area|categories|last round.",
            )
        )
    person = FramePerson(parts[0], parts[1], parts[2], tuple(parts[3].split(",")) if parts[3] else (), Last(parts[4]))
    if findings := _findings(person):
        raise MalformedFrame(Text(f"第 {number} 行：", f"Line {number}: ") + findings[0].message)
    return person


def is_code(text: str) -> bool:
    """Whether a text can be the code of a village or an area."""
    return (
        0 < len(text) <= LONGEST_CODE
        and text not in _RESERVED
        and not _NOT_IN_CODES.search(text)
        and not CONTROL.search(text)
    )


def population(people: Iterable[FramePerson], reading: Reading) -> Iterator[FramePerson]:
    """The people who make up the population under a reading of the rule."""
    return (person for person in people if person.priority or reading is Reading.EVERYONE)


def check_frame(people: Iterable[FramePerson]) -> tuple[FrameFinding, ...]:
    """Every error for which these people cannot be a frame: keys malformed or used twice, blanks, odd codes."""
    findings: list[FrameFinding] = []
    seen: set[str] = set()
    areas: dict[str, str] = {}
    for person in people:
        findings += _findings(person)
        if person.key in seen:
            findings.append(FrameFinding(person.key, "duplicate", Text("编号重复。", "This key occurs twice.")))
        seen.add(person.key)
        if areas.setdefault(person.village, person.area) != person.area:
            findings.append(FrameFinding(person.key, "area", _in_two_areas(person.village)))
    return tuple(findings)


def _in_two_areas(village: str) -> Text:
    return Text(f"村居 {village} 在两个片区。", f"Village {village} lies in two areas.")


def _findings(person: FramePerson) -> list[FrameFinding]:
    findings = []
    if not KEY.fullmatch(person.key):
        message = Text("编号不是 32 位十六进制数。", "The key is not 32 hexadecimal digits.")
        findings.append(FrameFinding(person.key, "key", message))
    for code, text in (("village", person.village), ("area", person.area)):
        if not is_code(text):
            message = Text(
                "村居或片区的代码是空的、太长，或含有空格、「/」「~」「|」等字符。",
                "The code of the village or area is empty, too long, or contains a space or a sign such as / ~ |.",
            )
            findings.append(FrameFinding(person.key, code, message))
    if any(not CATEGORY.fullmatch(c) for c in person.categories):
        message = Text("类别代码不在 01–17 之内。", "A category code is not one of 01–17.")
        findings.append(FrameFinding(person.key, "category", message))
    elif list(person.categories) != sorted(set(person.categories)):
        message = Text("类别代码没有排序或有重复。", "The category codes are not sorted, or one occurs twice.")
        findings.append(FrameFinding(person.key, "category", message))
    return findings
