"""One person, several rows: the same person of several ledgers or categories becomes one.

Two rows are the same person when name and village agree and nothing speaks against it:
their birth years do not differ, and either they share a telephone of their own, or a birth year, or neither row has a
telephone. Whole families share telephones, so a telephone alone never joins people of different names. The result
depends neither on the order of the files nor on that of the rows. Cost: O(rows log rows).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.ledger.cleaning import CleanRow, Finding

Source = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Person:
    """A person as all their rows together describe them.

    `identity` is canonical text that no other person of the merge has; the caller turns it into a pseudonymous key.
    """

    identity: str
    name: str
    phones: tuple[str, ...]
    village: str
    area: str
    categories: tuple[str, ...]
    birth_year: int | None
    address: str
    guardian: str
    guardian_phones: tuple[str, ...]
    self_care: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Merged:
    """The people, in the order of their identities, and what was found on the way, by ledger."""

    people: tuple[Person, ...]
    findings: tuple[tuple[str, Finding], ...]


def merge(files: Sequence[tuple[str, Sequence[CleanRow]]]) -> Merged:
    """Join the rows of one person across all ledgers."""
    by_name: dict[str, list[tuple[str, CleanRow]]] = defaultdict(list)
    for label, rows in files:
        for row in rows:
            by_name[row.name].append((label, row))
    people: list[Person] = []
    findings: list[tuple[str, Finding]] = []
    for entries in by_name.values():
        if len(entries) == 1:
            people.append(_person(entries))
            continue
        groups = [group for village in _by_village(entries) for group in _same_person(village)]
        for group in groups:
            people.append(_person(group))
            findings += _merged_findings(group)
        findings += _doubtful(groups)
    people.sort(key=lambda person: person.identity)
    return Merged(tuple(_distinct(people)), tuple(findings))


def _order(entry: tuple[str, CleanRow]) -> tuple[object, ...]:
    label, row = entry
    return (
        row.phones,
        row.birth_year or 0,
        row.categories,
        row.address,
        row.guardian,
        row.guardian_phones,
        label,
        row.row,
    )


def _by_village(entries: Iterable[tuple[str, CleanRow]]) -> list[list[tuple[str, CleanRow]]]:
    found: dict[str, list[tuple[str, CleanRow]]] = defaultdict(list)
    for entry in entries:
        found[entry[1].village].append(entry)
    return [found[village] for village in sorted(found)]


def _same_person(entries: list[tuple[str, CleanRow]]) -> list[list[tuple[str, CleanRow]]]:
    """Rows of one name in one village, grouped by person; order-free because entries are sorted by content first."""
    groups: list[list[tuple[str, CleanRow]]] = []
    for entry in sorted(entries, key=_order):
        touching = [group for group in groups if any(_joins(entry[1], other) for _, other in group)]
        years = {row.birth_year for group in touching for _, row in group if row.birth_year} | {entry[1].birth_year}
        if len(years - {None}) > 1:
            touching = touching[:1]
        joined = [entry, *(e for group in touching for e in group)]
        groups = [group for group in groups if group not in touching] + [joined]
    return groups


def _joins(one: CleanRow, other: CleanRow) -> bool:
    if one.birth_year and other.birth_year and one.birth_year != other.birth_year:
        return False
    if set(one.phones) & set(other.phones):
        return True
    if one.birth_year and one.birth_year == other.birth_year:
        return True
    return not one.phones and not other.phones


def _person(group: Sequence[tuple[str, CleanRow]]) -> Person:
    rows = [row for _, row in sorted(group, key=_order)]
    phones = tuple(sorted({number for row in rows for number in row.phones}))
    year = next((row.birth_year for row in rows if row.birth_year), None)
    first = rows[0]
    identity = "\x1f".join((first.name, first.village, str(year or ""), ",".join(phones)))
    return Person(
        identity=identity,
        name=first.name,
        phones=phones,
        village=first.village,
        area=first.area,
        categories=tuple(sorted({code for row in rows for code in row.categories})),
        birth_year=year,
        address=max((row.address for row in rows), key=lambda text: (len(text), text)),
        guardian=max((row.guardian for row in rows), key=lambda text: (len(text), text)),
        guardian_phones=tuple(sorted({number for row in rows for number in row.guardian_phones})),
        self_care=max((row.self_care for row in rows), key=lambda text: (len(text), text)),
        sources=tuple(sorted((label, row.row) for label, row in group)),
    )


def _distinct(people: Sequence[Person]) -> Iterable[Person]:
    """Identities must differ: people who cannot be told apart by what is written would share a key."""
    last = ""
    for person in people:
        if person.identity != last:
            yield person
        last = person.identity


def _merged_findings(group: Sequence[tuple[str, CleanRow]]) -> Iterable[tuple[str, Finding]]:
    entries = sorted(group, key=lambda entry: (entry[0], entry[1].row))
    label, kept = entries[0]
    for other, row in entries[1:]:
        where = f"第 {kept.row} 行" if other == label else f"「{label}」第 {kept.row} 行"
        message = f"第 {row.row} 行与{where}是同一个人，合并为一人。"
        yield other, Finding(row.row, "name", "merged", "info", message)


def _doubtful(groups: Sequence[Sequence[tuple[str, CleanRow]]]) -> Iterable[tuple[str, Finding]]:
    """The same name and telephone in two villages: probably one person; a decision for people, so both stay."""
    by_phone: dict[str, list[tuple[str, CleanRow]]] = defaultdict(list)
    for group in groups:
        for phone in {number for _, row in group for number in row.phones}:
            by_phone[phone].append(min(group, key=lambda entry: (entry[0], entry[1].row)))
    for entries in by_phone.values():
        villages = {row.village for _, row in entries}
        if len(villages) > 1:
            for label, row in sorted(entries, key=lambda entry: (entry[0], entry[1].row))[1:]:
                message = f"第 {row.row} 行与另一村居的一行姓名、电话相同，可能是同一个人。请核对。"
                yield label, Finding(row.row, "village", "two-villages", "warning", message)
