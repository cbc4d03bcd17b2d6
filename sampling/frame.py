"""The list a sample is drawn from: its canonical form, its fingerprint, and what is wrong with it.

Canonical form "frame-1", UTF-8, one line feed after each line: the line `frame-1`; for each person in the order of
their keys `key TAB village TAB area TAB category,category,…`; the line `people N`. The fingerprint is the SHA-256 of
these bytes. Whoever holds the list can recompute it; whoever changes one person changes it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sampling.rule import Reading

CANONICAL_FORM = "frame-1"
KEY = re.compile(r"[0-9a-f]{32}")
CATEGORY = re.compile(r"0[1-9]|1[0-7]")


@dataclass(frozen=True, slots=True)
class FramePerson:
    """A person on the frame, without anything that identifies: pseudonymous key, village, area, categories."""

    key: str
    village: str
    area: str
    categories: tuple[str, ...] = ()

    @property
    def priority(self) -> bool:
        """Whether this person belongs to the priority groups."""
        return bool(self.categories)


@dataclass(frozen=True)
class FrameFinding:
    """Something that keeps a frame from being sealed."""

    key: str
    code: str
    message: str


class DisorderedFrame(ValueError):
    """People who should come in key order, each once, did not."""


def canonical_line(person: FramePerson) -> bytes:
    """One person's line of the canonical form."""
    return f"{person.key}\t{person.village}\t{person.area}\t{','.join(person.categories)}\n".encode()


def fingerprint(people: Iterable[FramePerson]) -> str:
    """SHA-256 of the canonical form, as 64 hexadecimal digits; people in any order."""
    return fingerprint_sorted(sorted(people, key=lambda person: person.key))


def fingerprint_sorted(people: Iterable[FramePerson]) -> str:
    """The same in one pass and constant memory, for people already in key order; raises DisorderedFrame.

    >>> fingerprint_sorted([])
    '33d16e00cf324f3c1096d34cfd7b83d712a34f6b8e58fa0df8c745b480ad43bc'
    """
    state = hashlib.sha256(f"{CANONICAL_FORM}\n".encode())
    count, last = 0, ""
    for person in people:
        if person.key <= last:
            raise DisorderedFrame(f"{person.key} follows {last}")
        state.update(canonical_line(person))
        count, last = count + 1, person.key
    state.update(f"people {count}\n".encode())
    return state.hexdigest()


def population(people: Iterable[FramePerson], reading: Reading) -> Iterator[FramePerson]:
    """The people a reading looks at, and so the people a sample is drawn from."""
    return (person for person in people if person.priority or reading is Reading.EVERYONE)


def check_frame(people: Iterable[FramePerson]) -> tuple[FrameFinding, ...]:
    """Everything that keeps these people from being a frame: keys malformed or used twice, blanks, odd codes."""
    findings: list[FrameFinding] = []
    seen: set[str] = set()
    for person in people:
        if not KEY.fullmatch(person.key):
            findings.append(FrameFinding(person.key, "key", "编号不是 32 位十六进制数。"))
        if person.key in seen:
            findings.append(FrameFinding(person.key, "duplicate", "编号重复。"))
        seen.add(person.key)
        for code, text in (("village", person.village), ("area", person.area)):
            if not text or re.search(r"\s", text):
                findings.append(FrameFinding(person.key, code, "村居或片区的代码是空的或含有空格。"))
        if any(not CATEGORY.fullmatch(c) for c in person.categories):
            findings.append(FrameFinding(person.key, "category", "类别代码不在 01–17 之内。"))
        elif list(person.categories) != sorted(set(person.categories)):
            findings.append(FrameFinding(person.key, "category", "类别代码没有排序或有重复。"))
    return tuple(findings)
