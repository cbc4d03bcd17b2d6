"""Merges the rows of one person, from several ledgers or under several categories.

Two rows belong to one person when the name agrees and either
- they share a telephone of the person's own, in whatever village; or
- village and year of birth agree; or
- the village agrees and neither row has a telephone or a year of birth.
Families share telephones, so a telephone alone never joins people of different names; it is reported, as the shared
number may be a clerk's. Rows joined to a common row are joined to each other, so the result does not depend on the
order of files or rows. Cost: one pass, and a sort.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.ledger.reader.cleaning import CleanRow, Finding, Severity
from app.ledger.reader.messages import finding_text, other_row
from app.ledger.reader.phones import kind

Source = tuple[str, int]
Entry = tuple[str, CleanRow]
_LABEL_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Person:
    """A person, merged from all their rows.

    `identity` is canonical text, unique within the merge and independent of order; it holds personal data, and the
    caller makes a pseudonymous key of it. `sources` are ledger and row.
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
    """The people, in the order of their identities, and the findings, each with the label of its ledger."""

    people: tuple[Person, ...]
    findings: tuple[tuple[str, Finding], ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one person, in the order of ledger and row, and the person they make."""

    entries: list[Entry]
    person: Person


def merge(files: Sequence[tuple[str, Sequence[CleanRow]]]) -> Merged:
    """Join the rows of each person across ledgers; `files` are label and rows."""
    namesakes: dict[str, list[Entry]] = defaultdict(list)
    for label, rows in files:
        for row in rows:
            namesakes[row.name].append((label, row))
    people: list[Person] = []
    findings: list[tuple[str, Finding]] = []
    for entries in namesakes.values():
        groups = [_group(joined) for joined in _joined(entries)]
        people += (group.person for group in groups)
        for group in groups:
            findings += _about_merging(group)
        if len(groups) > 1:
            findings += _probable_duplicates(groups)
    findings += _shared_telephones(namesakes.values())
    people.sort(key=lambda person: person.identity)
    findings.sort(key=lambda finding: (finding[0], finding[1].row, finding[1].code))
    return Merged(tuple(people), tuple(findings))


def _joined(entries: list[Entry]) -> list[list[Entry]]:
    """The rows of one name grouped by person: the connected components of rows that share a mark (union-find)."""
    if len(entries) == 1:
        return [entries]
    leader = list(range(len(entries)))

    def lead(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    first: dict[Hashable, int] = {}
    for place, (_, row) in enumerate(entries):
        for mark in _marks(row):
            leader[lead(place)] = lead(first.setdefault(mark, place))
    groups: dict[int, list[Entry]] = defaultdict(list)
    for place, entry in enumerate(entries):
        groups[lead(place)].append(entry)
    return list(groups.values())


def _marks(row: CleanRow) -> Iterator[Hashable]:
    """The marks of a row: two rows of one name that share a mark belong to one person."""
    yield from row.phones
    if row.birth_year is not None:
        yield row.village, row.birth_year
    elif not row.phones:
        yield (row.village,)


def _group(entries: list[Entry]) -> _Group:
    entries = sorted(entries, key=_source)
    rows = [row for _, row in entries]
    sources = tuple(map(_source, entries))
    if len(rows) == 1:
        return _Group(entries, _person_of_one(rows[0], sources))
    home = min(rows, key=lambda row: (row.village, row.area))
    years = Counter(row.birth_year for row in rows if row.birth_year is not None)
    # Where rows disagree, the most frequent value; then the smaller, so that the order does not matter.
    year = min(years, key=lambda year: (-years[year], year)) if years else None
    phones = _united(row.phones for row in rows)
    person = Person(
        identity=_identity(home.name, home.village, year, phones),
        name=home.name,
        phones=phones,
        village=home.village,
        area=home.area,
        categories=tuple(sorted({code for row in rows for code in row.categories})),
        birth_year=year,
        address=_fullest(row.address for row in sorted(rows, key=lambda row: row.village != home.village)),
        guardian=_fullest(row.guardian for row in rows),
        guardian_phones=_united(row.guardian_phones for row in rows),
        self_care=_fullest(row.self_care for row in rows),
        sources=sources,
    )
    return _Group(entries, person)


def _person_of_one(row: CleanRow, sources: tuple[Source, ...]) -> Person:
    return Person(
        identity=_identity(row.name, row.village, row.birth_year, row.phones),
        name=row.name,
        phones=row.phones,
        village=row.village,
        area=row.area,
        categories=row.categories,
        birth_year=row.birth_year,
        address=row.address,
        guardian=row.guardian,
        guardian_phones=row.guardian_phones,
        self_care=row.self_care,
        sources=sources,
    )


def _source(entry: Entry) -> Source:
    return entry[0], entry[1].row


def _identity(name: str, village: str, year: int | None, phones: Iterable[str]) -> str:
    """Name, village, year of birth and sorted telephones; rows that agree in all of them belong to one person."""
    return "\x1f".join((name, village, str(year or ""), ",".join(sorted(phones))))


def _united(numbers: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """All numbers, each once: by place in their rows, then mobile telephones before landlines."""
    places: dict[str, int] = {}
    for row in numbers:
        for place, number in enumerate(row):
            places[number] = min(place, places.get(number, place))
    return tuple(sorted(places, key=lambda number: (places[number], kind(number) != "mobile", number)))


def _fullest(texts: Iterable[str]) -> str:
    """The longest of several texts."""
    return max(texts, key=lambda text: (len(text), text))


def _finding(entry: Entry, field: str, code: str, severity: Severity, other: Entry) -> tuple[str, Finding]:
    """A finding about one row in relation to another."""
    label, row = entry
    there = other_row(other[1].row, other[0][:_LABEL_SHOWN] if other[0] != label else None)
    return label, Finding(row.row, field, code, severity, finding_text(code, severity, row=row.row, other=there).zh)


def _about_merging(group: _Group) -> Iterator[tuple[str, Finding]]:
    """Findings about merged rows: that they were merged, and where they disagree."""
    if len(group.entries) == 1:
        return
    person = group.person
    first = group.entries[0]
    at_home = next(entry for entry in group.entries if entry[1].village == person.village)
    of_age = next((entry for entry in group.entries if entry[1].birth_year == person.birth_year), first)
    for entry in group.entries:
        row = entry[1]
        if entry is not first:
            yield _finding(entry, "name", "merged", "info", first)
        if row.village != person.village:
            yield _finding(entry, "village", "two-villages", "warning", at_home)
        if row.birth_year not in (None, person.birth_year):
            yield _finding(entry, "birth_year", "two-births", "warning", of_age)


def _probable_duplicates(groups: list[_Group]) -> Iterator[tuple[str, Finding]]:
    """Findings about namesakes of one village who may be the same person but were not merged."""
    villages: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        villages[group.person.village].append(group)
    for neighbours in villages.values():
        if len(neighbours) == 1:
            continue
        neighbours.sort(key=lambda group: (group.person.birth_year or 0, _source(group.entries[0])))
        for earlier, later in pairwise(neighbours):
            years = earlier.person.birth_year, later.person.birth_year
            # Years of birth that differ by more than 1 belong to two people.
            if years[0] is None or years[1] is None or years[1] - years[0] <= 1:
                yield _finding(later.entries[0], "name", "probable-duplicate", "warning", earlier.entries[0])


def _shared_telephones(namesakes: Collection[list[Entry]]) -> Iterator[tuple[str, Finding]]:
    """Findings about rows with a telephone that an earlier row has under another name."""
    first: dict[str, Entry] = {}
    for entries in namesakes:
        for entry in entries:
            for phone in entry[1].phones:
                if _source(entry) < _source(first.setdefault(phone, entry)):
                    first[phone] = entry
    for entries in namesakes:
        for entry in entries:
            other = next((first[n] for n in entry[1].phones if first[n][1].name != entry[1].name), None)
            if other is not None:
                yield _finding(entry, "phone", "shared-phone", "info", other)
