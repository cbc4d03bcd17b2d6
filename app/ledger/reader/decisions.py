"""What a person can decide about a finding, by what it is known again, and what was decided.

A decision is about a subject: a person, two people, or the spelling of a village. A subject is known by a keyed digest,
so that a decision holds for the next version of a ledger too, and tells nobody without the key whom it is about.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from app.ledger.reader.cleaning import CleanRow, Finding

Digest = Callable[[str], str]

# The kind of decision that settles a finding, by its code; findings of other codes are mended, not decided.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "probable-duplicate": "duplicate",
        "no-phone": "visit",
        "remark-dead": "remark",
        "remark-moved": "remark",
        "remark-left": "remark",
        "unknown-village": "village",
        "unknown-category": "checked",
        "bad-phone": "checked",
        "bad-birth": "checked",
        "age-category": "checked",
        "two-villages": "checked",
        "two-births": "checked",
        "two-phones": "checked",
    }
)
# What can be decided of each kind.
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "duplicate": ("same", "apart"),
        "visit": ("visit",),
        "remark": ("keep", "leave-out"),
        "checked": ("checked",),
        "village": ("alias", "new"),
    }
)
# Remarks about the person: where the row is left out, so is the person, whatever other ledgers say. A remark that
# somebody left a category concerns that row alone.
ABOUT_THE_PERSON = frozenset(("remark-dead", "remark-moved"))


class Source(NamedTuple):
    """A row of a ledger: label, sheet, row number."""

    label: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding of a ledger, with the subject one can decide about, what was decided, and the other row it names."""

    label: str
    finding: Finding
    subject: str = ""
    decision: str = ""
    other: Source | None = None


def keyed_digest(secret: bytes, purpose: str) -> Digest:
    """A digest under a secret: HMAC-SHA256 of the text, its first 32 hex digits; purposes never mix."""

    def digest(text: str) -> str:
        return hmac.new(secret, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]

    return digest


@dataclass(frozen=True)
class Decisions:
    """The decisions in force: kind and subject → decision. `digest` makes subjects."""

    digest: Digest = field(default=keyed_digest(b"", "subject"))
    made: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def about(self, code: str, subject: str) -> str:
        """What was decided about a subject with a finding of this code; empty where nothing was."""
        return self.made.get((KINDS.get(code, ""), subject), "")

    def of_people(self, code: str, *identities: str) -> str:
        """The subject of a finding of this code about one or two people, in whatever order."""
        return self.digest("\x1e".join((code, *sorted(identities))))

    def of_spelling(self, written: str) -> str:
        """The subject of a spelling of a village."""
        return self.digest("\x1e".join(("unknown-village", "".join(written.split()))))


@dataclass(frozen=True)
class Settled:
    """The findings of one ledger with what was decided about them, and the rows left out: row → code of the remark."""

    findings: tuple[PlacedFinding, ...]
    left_out: Mapping[Source, str]


def identity(name: str, village: str, year: int | None, phones: Iterable[str]) -> str:
    """Name, village, year of birth and sorted telephones; rows that agree in all of them belong to one person."""
    return "\x1f".join((name, village, str(year or ""), ",".join(sorted(phones))))


def row_identity(row: CleanRow) -> str:
    """The identity of the person as one row gives it."""
    return identity(row.name, row.village, row.birth_year, row.phones)


def settle(
    label: str,
    rows: Sequence[CleanRow],
    findings: Collection[Finding],
    written_village: Callable[[Finding], str],
    decisions: Decisions,
) -> Settled:
    """Match the findings of one ledger with the decisions in force.

    `written_village` gives what the cell of a village says in the row of a finding.
    """
    places = {(finding.sheet, finding.row) for finding in findings if finding.code in KINDS}
    known = {(row.sheet, row.row): row for row in rows if (row.sheet, row.row) in places}
    placed = tuple(_placed(label, finding, known, written_village, decisions) for finding in findings)
    return Settled(placed, dict(_left_out(placed)))


def _placed(
    label: str,
    finding: Finding,
    known: Mapping[tuple[str, int], CleanRow],
    written_village: Callable[[Finding], str],
    decisions: Decisions,
) -> PlacedFinding:
    row, subject = known.get((finding.sheet, finding.row)), ""
    if finding.code == "unknown-village":
        subject = decisions.of_spelling(written_village(finding))
    elif row is not None and finding.code in KINDS:
        subject = decisions.of_people(finding.code, row_identity(row))
    return PlacedFinding(label, finding, subject, decisions.about(finding.code, subject))


def _left_out(findings: Iterable[PlacedFinding]) -> Iterator[tuple[Source, str]]:
    for placed in findings:
        if placed.decision == "leave-out":
            yield Source(placed.label, placed.finding.sheet, placed.finding.row), placed.finding.code
