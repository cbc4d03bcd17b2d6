"""What a re-check answers when something differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 20


@dataclass(frozen=True)
class Difference:
    """One thing that differs: where (a path into the certificate, or "cases") and how, in Chinese."""

    place: str
    reason: str


class Mismatch(Exception):
    """A certificate, frame or set of cases that do not agree; `differences` says where, the first twenty."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        shown = tuple(differences[:SHOWN])
        if len(differences) > SHOWN:
            shown += (Difference("…", f"另有 {len(differences) - SHOWN} 处不同。"),)
        super().__init__("; ".join(f"{d.place}: {d.reason}" for d in shown))
        self.differences = shown
