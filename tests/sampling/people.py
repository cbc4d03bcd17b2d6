"""Invented people of a frame."""

from __future__ import annotations

import hashlib

from sampling.frame import FramePerson

VILLAGES = ("0101", "0102", "0201", "0301")


def person(number: int, village: str | None = None, categories: tuple[str, ...] = ("01",)) -> FramePerson:
    """The person of a number: always the same key."""
    key = hashlib.sha256(f"person {number}".encode()).hexdigest()[:32]
    code = village or VILLAGES[number % len(VILLAGES)]
    return FramePerson(key, code, code[1], categories)


def people(count: int) -> list[FramePerson]:
    """That many people, spread unevenly over the villages."""
    return [person(n, VILLAGES[n % 4 if n % 3 else 2]) for n in range(count)]
