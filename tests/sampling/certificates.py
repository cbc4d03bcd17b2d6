"""A true certificate of invented people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sampling import certificate as certificates
from sampling.allocation import proportional
from sampling.draw import draw
from sampling.frame import FramePerson, fingerprint
from sampling.rule import Reading, requirement

SEED = "dice 3 5 2 6 1"


def a_certificate(frame: Sequence[FramePerson], size: int = 100) -> dict[str, Any]:
    """The certificate of a draw from these people."""
    allocation = proportional(Counter(p.village for p in frame), size)
    return certificates.make(
        evaluation="sample-2023",
        reading=Reading.PRIORITY,
        frame_fingerprint=fingerprint(frame),
        people_count=len(frame),
        priority_count=len(frame),
        requirement=requirement(len(frame), len(frame), Reading.PRIORITY),
        size=size,
        seed=SEED,
        seed_source="dice before witnesses",
        drawn_at="2023-11-01T02:00:00+00:00",
        draw=draw(frame, SEED, allocation),
    )
