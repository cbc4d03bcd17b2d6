"""The demonstration's 124 valid interviews, with indices in the published bands, and its cases without an interview.

Published: 1 person at 65 %, 13 at 85 % or more, 110 at 95 % or more. Every interview is a set of answers to the
questionnaire, given through the same command as any other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

SEED = 20231031
DRAWN = 160
# Answers to B1…B8 and how many people gave them; the index follows from the options' scores.
PATTERNS: tuple[tuple[str, int], ...] = (
    ("44333333", 1),  # 65
    ("54544745", 5),  # 88.5714: one item does not apply
    ("44554554", 5),  # 90
    ("55554435", 3),  # 90
    ("55555555", 71),  # 100
    ("55455555", 22),  # 97.5
    ("55545554", 12),  # 95
    ("55555755", 5),  # 100, one does not apply
)
# Cases that were drawn and did not become an interview.
NOT_REACHED = (
    ("NC1", 9), ("U1", 5), ("R1", 4), ("R2", 2), ("NE1", 2), ("NE2", 3), ("O1", 2), ("O3", 2), ("NC5", 2),
)  # fmt: skip
LEFT_OPEN = DRAWN - sum(n for _, n in PATTERNS) - sum(n for _, n in NOT_REACHED)
# For people who may be under 14 a parent or guardian answers.
BY_GUARDIAN = {"S1": "2", "S2": "3", "S2R": "1"}
MODES = (("phone", 78), ("visit", 34), ("web", 12))


@dataclass(frozen=True)
class PlannedInterview:
    """One interview: its mode and its answers."""

    mode: str
    answers: dict[str, Any]


def planned_interviews() -> list[PlannedInterview]:
    """All interviews, in a fixed order that mixes answer patterns and modes."""
    pick = random.Random(SEED)  # noqa: S311 - the same answers every time
    patterns = [pattern for pattern, count in PATTERNS for _ in range(count)]
    modes = [mode for mode, count in MODES for _ in range(count)]
    pick.shuffle(patterns)
    pick.shuffle(modes)
    return [
        PlannedInterview(mode, _answers(pick, pattern, mode)) for pattern, mode in zip(patterns, modes, strict=True)
    ]


def _answers(pick: random.Random, pattern: str, mode: str) -> dict[str, Any]:
    answers: dict[str, Any] = {"C1": "1", "C2": "1", "S1": "1", "S3": "1", "S4": [pick.choice("12345")], "S6": "2"}
    answers |= {f"B{place}": code for place, code in enumerate(pattern, 1)}
    answers |= _awareness(pick, mode)
    low = pattern.startswith("443")
    answers |= {"B9": 65 if low else pick.choice((95, 96, 98, 100)), "B10": "3" if low else "1", "D3": "2"}
    if mode != "web" and pick.random() < 0.12:
        answers |= {"S1": "2", "S2": "2", "S2R": "2"}
    if pick.random() < 0.3:
        answers["D1"] = [pick.choice("1234")]
    return answers


def _awareness(pick: random.Random, mode: str) -> dict[str, str]:
    choices = ("5",) if mode == "web" else ("1", "1", "2")
    chances = {"A1": 0.92, "A2": 0.88, "A3": 0.70, "A4": 0.90, "A5": 0.45}
    return {
        name: pick.choice(choices) if pick.random() < chance else pick.choice("34") for name, chance in chances.items()
    }
