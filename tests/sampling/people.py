"""Invented people of a frame."""

from __future__ import annotations

import hashlib

from hypothesis import strategies as st

from sampling.frame import FramePerson, Last

VILLAGES = ("0101", "0102", "0201", "0301")
CATEGORIES = ((), ("01",), ("05",), ("07",), ("13",), ("01", "13"))


def key_of(number: int) -> str:
    """The key of a number: always the same."""
    return hashlib.sha256(f"person {number}".encode()).hexdigest()[:32]


def person(
    number: int, village: str | None = None, categories: tuple[str, ...] = ("01",), last: Last = Last.UNKNOWN
) -> FramePerson:
    """The person of a number, in the area that the village's second digit names."""
    code = village or VILLAGES[number % len(VILLAGES)]
    return FramePerson(key_of(number), code, code[1], categories, last)


def people(count: int) -> list[FramePerson]:
    """That many people of the priority groups, spread unevenly over the villages."""
    return [person(n, VILLAGES[n % 4 if n % 3 else 2]) for n in range(count)]


def mixed(count: int) -> list[FramePerson]:
    """That many people of every group and every last round, general recipients among them."""
    lasts = list(Last)
    return [person(n, VILLAGES[n * n % 7 % 4], CATEGORIES[n % 6], lasts[n % 5 % 3]) for n in range(count)]


def frames(least: int = 0, most: int = 60) -> st.SearchStrategy[list[FramePerson]]:
    """Frames of any people, in any order, without findings."""
    traits = st.tuples(st.sampled_from(VILLAGES), st.sampled_from(CATEGORIES), st.sampled_from(list(Last)))
    numbered = st.dictionaries(st.integers(0, 999), traits, min_size=least, max_size=most)
    return numbered.map(lambda by_number: [person(number, *of) for number, of in by_number.items()])
