"""The names of the checks of a certificate, and the differences that a re-check reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sampling.text import Text

SHOWN = 20
WHOLE = Text("（全文）", "(the whole certificate)")


class CertificateCheck(StrEnum):
    """The checks of docs/certificate.md, 7, in the order in which they are reported."""

    SHAPE = "shape"
    DIGEST = "digest"
    REGISTER = "register"
    RULE = "rule"
    PEOPLE = "people"
    STRATA = "strata"
    ALLOCATION = "allocation"
    SEED = "seed"
    TICKETS = "tickets"
    REPLACEMENTS = "replacements"
    FRAME = "frame"
    CASES = "cases"


@dataclass(frozen=True)
class CertificateDifference:
    """One thing that differs: which check failed, where (empty: the certificate as a whole), and how."""

    check: CertificateCheck
    place: str
    reason: Text

    @property
    def where(self) -> Text:
        """The place as it is shown."""
        return Text(self.place, self.place) if self.place else WHOLE


class Mismatch(Exception):
    """A certificate, frame or set of cases that do not agree; `differences` says where, the first twenty.

    `checks` names every check that failed, also those of differences not shown.
    """

    def __init__(self, differences: Sequence[CertificateDifference]) -> None:
        shown = tuple(differences[:SHOWN])
        if len(differences) > SHOWN:
            last, more = differences[SHOWN], len(differences) - SHOWN
            reason = Text(f"另有 {more} 处不同。", f"{more} more {'difference' if more == 1 else 'differences'}.")
            shown += (CertificateDifference(last.check, "…", reason),)
        super().__init__("; ".join(f"{d.where.zh}: {d.reason.zh}" for d in shown))
        self.differences = shown
        self.checks = frozenset(d.check for d in differences)
