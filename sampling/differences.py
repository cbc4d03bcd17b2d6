"""The names of the checks of a certificate, and the differences that a re-check reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

SHOWN = 20


class CertificateCheck(StrEnum):
    """The checks of docs/certificate.md, 7, in the order in which they are reported."""

    SHAPE = "shape"
    DIGEST = "digest"
    REGISTER = "register"
    RULE = "rule"
    STRATA = "strata"
    ALLOCATION = "allocation"
    SEED = "seed"
    TICKETS = "tickets"
    REPLACEMENTS = "replacements"
    FRAME = "frame"
    CASES = "cases"


@dataclass(frozen=True)
class CertificateDifference:
    """One thing that differs: which check failed, where, and how, in Chinese."""

    check: CertificateCheck
    place: str
    reason: str


class Mismatch(Exception):
    """A certificate, frame or set of cases that do not agree; `differences` says where, the first twenty.

    `checks` names every check that failed, also those of differences not shown.
    """

    def __init__(self, differences: Sequence[CertificateDifference]) -> None:
        shown = tuple(differences[:SHOWN])
        if len(differences) > SHOWN:
            last = differences[SHOWN]
            shown += (CertificateDifference(last.check, "…", f"另有 {len(differences) - SHOWN} 处不同。"),)
        super().__init__("; ".join(f"{d.place}: {d.reason}" for d in shown))
        self.differences = shown
        self.checks = frozenset(d.check for d in differences)
