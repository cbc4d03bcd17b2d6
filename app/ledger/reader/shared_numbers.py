"""Points at telephones that many people have: a social worker's, the village office's, a clerk's."""

from __future__ import annotations

from collections.abc import Sequence

from app.ledger.reader.cleaning import CleanRow, Finding
from app.ledger.reader.messages import finding_text

NAMES_OF_MANY = 5


def numbers_of_many(files: Sequence[tuple[str, Sequence[CleanRow]]]) -> list[tuple[str, Finding]]:
    """A finding, with the label of its ledger, for each row with a telephone that people of five names or more have.

    `files` are label and rows. A guardian's telephone counts like a person's own; the number stands in no finding.
    """
    names = _names(files)
    many = {number: len(people) for number, people in names.items() if len(people) >= NAMES_OF_MANY}
    findings = []
    for label, rows in files:
        for row in rows:
            for field, numbers in (("phone", row.phones), ("guardian_phone", row.guardian_phones)):
                if counts := [many[number] for number in numbers if number in many]:
                    findings.append((label, _finding(row, field, max(counts))))
    return findings


def _names(files: Sequence[tuple[str, Sequence[CleanRow]]]) -> dict[str, set[str]]:
    """The names of the people who have each telephone, for telephones of more than one name."""
    first: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for _, rows in files:
        for row in rows:
            for number in (*row.phones, *row.guardian_phones):
                if first.setdefault(number, row.name) != row.name:
                    names.setdefault(number, {first[number]}).add(row.name)
    return names


def _finding(row: CleanRow, field: str, count: int) -> Finding:
    sentence = finding_text("number-of-many", "warning", row=row.row, count=count)
    return Finding(row.row, field, "number-of-many", "warning", sentence.zh, row.sheet)
