"""A draw from 1,000,000 people against the time of hashing alone. Cost: one hash a person; memory: the sample."""

from __future__ import annotations

import hashlib
from collections import Counter

from benchmarks.support import in_a_process, timed
from sampling.allocation import proportional
from sampling.draw import draw
from sampling.frame import FramePerson

VILLAGES = [f"{n:04d}" for n in range(100)]


def people(count: int) -> list[FramePerson]:
    """Invented people over a hundred villages."""
    return [FramePerson(f"{n:032x}", VILLAGES[n % 100], "1", ("01",)) for n in range(count)]


def hash_all(frame: list[FramePerson]) -> None:
    """The floor: the ticket of everyone, and nothing else."""
    sha256 = hashlib.sha256
    for person in frame:
        sha256(f"seed|{person.key}".encode()).hexdigest()


def run(count: int) -> tuple[float, float]:
    """(hashing, drawing) in seconds."""
    frame = people(count)
    allocation = proportional(Counter(p.village for p in frame), 1000)
    return timed(lambda: hash_all(frame), 3), timed(lambda: draw(frame, "seed", allocation), 3)


def main() -> None:
    """Two sizes, so that the growth shows."""
    for count in (100_000, 1_000_000):
        _, peak, (floor, drawing) = in_a_process(run, count)
        print(
            f"{count:>9,} people: hashing {floor:.2f} s, draw {drawing:.2f} s, ratio {drawing / floor:.2f}, "
            f"peak {peak:.0f} MB"
        )
