"""Merges the rows of one person, from several ledgers or under several categories.

Two rows belong to one person when the name agrees and either
- they share a telephone of the person's own, in whatever village; or
- village and year of birth agree; or
- the village agrees and neither row has a telephone or a year of birth.
Families share telephones, so a telephone alone never joins people of different names; it is reported, as the shared
number may be a clerk's. Rows joined to a common row are joined to each other, so the result does not depend on the
order of files or rows. Namesakes of one village who may be one person are joined where somebody decided so
(app.ledger.reader.decisions). Cost: one pass, and a sort.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from types import MappingProxyType

from app.ledger.reader.cleaning import CleanRow, Finding, Severity
from app.ledger.reader.decisions import (
    ABOUT_THE_PERSON,
    Decisions,
    PlacedFinding,
    Source,
    identity,
    row_identity,
)
from app.ledger.reader.messages import finding_text, other_row
from app.ledger.reader.phones import kind

Entry = tuple[str, CleanRow]
_LABEL_SHOWN = 40
# Of so many namesakes of a village every two are compared; of more only those next to each other by year of birth.
_COMPARED = 5
_NOBODY: Mapping[Source, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Person:
    """A person, merged from all their rows.

    `identity` is canonical text, unique within the merge and independent of order; it holds personal data, and the
    caller makes a pseudonymous key of it. `sources` are ledger, sheet and row.
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
    """The people in the order of their identities, the findings, and by ledger the rows left out by decision."""

    people: tuple[Person, ...]
    findings: tuple[PlacedFinding, ...]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one person, in the order of ledger and row, and the person they make."""

    entries: list[Entry]
    person: Person


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two namesakes of a village who may be one person: their positions, and what was decided about them."""

    earlier: int
    later: int
    subject: str
    decision: str


class _Components:
    """The connected components of numbered things (union-find)."""

    def __init__(self, size: int) -> None:
        self._leader = list(range(size))

    def leader(self, place: int) -> int:
        """The place that stands for the component of this one."""
        leader = self._leader
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make one component of two."""
        self._leader[self.leader(one)] = self.leader(other)


def merge(
    files: Sequence[tuple[str, Sequence[CleanRow]]],
    decisions: Decisions | None = None,
    left_out: Mapping[Source, str] = _NOBODY,
) -> Merged:
    """Join the rows of each person across ledgers; `files` are label and rows.

    `left_out`: rows that are left out by decision, with the code of their remark; where it is about the person, all
    rows of that person are.
    """
    decisions = decisions or Decisions()
    namesakes, dropped = _namesakes(files, left_out)
    people: list[Person] = []
    findings: list[PlacedFinding] = []
    listed: list[list[Entry]] = []
    for entries in namesakes.values():
        groups, about_pairs = _people_of_one_name(entries, decisions)
        gone = [group for group in groups if left_out and not left_out.keys().isdisjoint(group.person.sources)]
        dropped.update(label for group in gone for label, _ in group.entries)
        decided = {source_of(placed) for placed in about_pairs if placed.decision == "same"}
        for group in groups:
            if group not in gone:
                people.append(group.person)
                listed.append(group.entries)
                findings += _about_merging(group, decisions, decided)
        if about_pairs:
            nowhere = {source for group in gone for source in group.person.sources}
            findings += (placed for placed in about_pairs if nowhere.isdisjoint((source_of(placed), placed.other)))
    findings += _shared_telephones(listed)
    people.sort(key=lambda person: person.identity)
    findings.sort(key=lambda placed: (*source_of(placed), placed.finding.code))
    return Merged(tuple(people), tuple(findings), dropped)


def source_of(placed: PlacedFinding) -> Source:
    """The row that a finding is about."""
    return Source(placed.label, placed.finding.sheet, placed.finding.row)


def _namesakes(
    files: Sequence[tuple[str, Sequence[CleanRow]]], left_out: Mapping[Source, str]
) -> tuple[dict[str, list[Entry]], Counter[str]]:
    """The rows by name; and by ledger how many were left out because of a remark about the row alone."""
    namesakes: dict[str, list[Entry]] = defaultdict(list)
    dropped: Counter[str] = Counter()
    rows_alone = {source for source, code in left_out.items() if code not in ABOUT_THE_PERSON}
    for label, rows in files:
        for row in rows:
            if rows_alone and _source((label, row)) in rows_alone:
                dropped[label] += 1
            else:
                namesakes[row.name].append((label, row))
    return namesakes, dropped


def _people_of_one_name(entries: list[Entry], decisions: Decisions) -> tuple[list[_Group], list[PlacedFinding]]:
    """The people of one name, and the findings about those of them who may be one person."""
    groups = [_group(joined) for joined in _joined(entries)]
    if len(groups) == 1:
        return groups, []
    pairs = list(_pairs(groups, decisions))
    together = _Components(len(groups))
    for pair in pairs:
        if pair.decision == "same":
            together.join(pair.earlier, pair.later)
    findings = [
        _about_pair(groups, pair)
        for pair in pairs
        if pair.decision == "same" or together.leader(pair.earlier) != together.leader(pair.later)
    ]
    if not any(pair.decision == "same" for pair in pairs):
        return groups, findings
    united: dict[int, list[Entry]] = defaultdict(list)
    for place, group in enumerate(groups):
        united[together.leader(place)] += group.entries
    return [_group(joined) for joined in united.values()], findings


def _joined(entries: list[Entry]) -> list[list[Entry]]:
    """The rows of one name grouped by person: the connected components of rows that share a mark."""
    if len(entries) == 1:
        return [entries]
    components = _Components(len(entries))
    first: dict[Hashable, int] = {}
    for place, (_, row) in enumerate(entries):
        for mark in _marks(row):
            components.join(place, first.setdefault(mark, place))
    groups: dict[int, list[Entry]] = defaultdict(list)
    for place, entry in enumerate(entries):
        groups[components.leader(place)].append(entry)
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
        identity=identity(home.name, home.village, year, phones),
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
        identity=row_identity(row),
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
    return Source(entry[0], entry[1].sheet, entry[1].row)


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


def _finding(
    entry: Entry, field: str, code: str, severity: Severity, other: Entry, subject: str = "", decision: str = ""
) -> PlacedFinding:
    """A finding about one row in relation to another."""
    label, row = entry
    there = other_row(
        other[1].row,
        other[0][:_LABEL_SHOWN] if other[0] != label else None,
        other[1].sheet[:_LABEL_SHOWN] if _source(other)[:2] != _source(entry)[:2] else "",
    )
    sentence = finding_text(code, severity, row=row.row, other=there)
    finding = Finding(row.row, field, code, severity, sentence.zh, row.sheet)
    return PlacedFinding(label, finding, subject, decision, _source(other))


def _about_merging(group: _Group, decisions: Decisions, decided: Collection[Source]) -> Iterator[PlacedFinding]:
    """Findings about merged rows: that they were merged, and where they disagree."""
    if len(group.entries) == 1:
        return
    person = group.person
    first = group.entries[0]
    at_home = next(entry for entry in group.entries if entry[1].village == person.village)
    of_age = next((entry for entry in group.entries if entry[1].birth_year == person.birth_year), first)

    def disagree(entry: Entry, field: str, code: str, other: Entry) -> PlacedFinding:
        subject = decisions.of_people(code, row_identity(entry[1]), row_identity(other[1]))
        return _finding(entry, field, code, "warning", other, subject, decisions.about(code, subject))

    by_decision = any(_source(entry) in decided for entry in group.entries)
    for entry in group.entries:
        row = entry[1]
        if entry is not first and _source(entry) not in decided:
            yield _finding(entry, "name", "merged", "info", first)
        if row.village != person.village:
            yield disagree(entry, "village", "two-villages", at_home)
        if row.birth_year not in (None, person.birth_year):
            yield disagree(entry, "birth_year", "two-births", of_age)
        if not by_decision and (other := _with_other_phones(entry, group.entries)) is not None:
            yield disagree(entry, "phone", "two-phones", other)


def _with_other_phones(entry: Entry, entries: list[Entry]) -> Entry | None:
    """The first row of the person that has telephones, where this later one has none of them nor of any other row."""
    phones = set(entry[1].phones)
    others = [other for other in entries if other is not entry and other[1].phones]
    if not phones or not others or _source(entry) < _source(others[0]):
        return None
    return others[0] if all(phones.isdisjoint(other[1].phones) for other in others) else None


def _pairs(groups: list[_Group], decisions: Decisions) -> Iterator[_Pair]:
    """Namesakes of one village who may be the same person but share no mark."""
    villages: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        villages[group.person.village].append(place)
    for neighbours in villages.values():
        neighbours.sort(key=lambda place: (groups[place].person.birth_year or 0, _source(groups[place].entries[0])))
        near = combinations(neighbours, 2) if len(neighbours) <= _COMPARED else pairwise(neighbours)
        for earlier, later in near:
            one, other = groups[earlier].person, groups[later].person
            # Years of birth that differ by more than 1 belong to two people.
            if one.birth_year is None or other.birth_year is None or other.birth_year - one.birth_year <= 1:
                subject = decisions.of_people("probable-duplicate", one.identity, other.identity)
                yield _Pair(earlier, later, subject, decisions.about("probable-duplicate", subject))


def _about_pair(groups: list[_Group], pair: _Pair) -> PlacedFinding:
    severity: Severity = "info" if pair.decision == "same" else "warning"
    earlier, later = groups[pair.earlier].entries[0], groups[pair.later].entries[0]
    return _finding(later, "name", "probable-duplicate", severity, earlier, pair.subject, pair.decision)


def _shared_telephones(people: Collection[list[Entry]]) -> Iterator[PlacedFinding]:
    """Findings about rows with a telephone that an earlier row has under another name."""
    first: dict[str, Entry] = {}
    for entries in people:
        for entry in entries:
            for phone in entry[1].phones:
                if _source(entry) < _source(first.setdefault(phone, entry)):
                    first[phone] = entry
    for entries in people:
        for entry in entries:
            other = next((first[n] for n in entry[1].phones if first[n][1].name != entry[1].name), None)
            if other is not None:
                yield _finding(entry, "phone", "shared-phone", "info", other)
