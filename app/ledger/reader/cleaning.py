"""Cleans a ledger row by row, and reports what is wrong with it without personal data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.ledger.reader.columns import FIELDS
from app.ledger.reader.messages import finding_text, quoted_word
from app.ledger.reader.phones import normalise
from app.ledger.reader.table import LedgerTable, Row
from app.ledger.reader.village_names import VillageIndex, VillageName
from sampling import categories

__all__ = ["CleanRow", "Cleaned", "Finding", "VillageName", "clean", "tidy_name"]

Severity = Literal["error", "warning", "info"]
QUOTED = 20
LONGEST_NAME = 50
LONGEST_ADDRESS = 200
LONGEST_NOTE = 40
OLDEST_BIRTH = 1900
# Spellings of a date of birth, of which only the year is kept: 1950, 1950-05, 1950年5月, 195005, 19500501.
_BIRTH = re.compile(r"(?P<year>1[89][0-9]{2}|20[0-9]{2})(?:年|[-./ ].*|年.*|[01][0-9](?:[0-3][0-9])?)?")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f'’. ·-]+")
_DOTS = str.maketrans(dict.fromkeys("•・‧∙●⋅", "·"))
_LONG_NUMBER = re.compile(r"[0-9]{5,}")


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding in one row: "error" leaves the row out, "warning" and "info" do not. Holds no personal data.

    `message` is the Chinese sentence; app.ledger.reader.messages.stored_finding gives the English one.
    """

    row: int
    field: str
    code: str
    severity: Severity
    message: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class CleanRow:
    """One usable row; `phones` are the person's own, the first named first; `categories` are codes, sorted."""

    row: int
    name: str
    phones: tuple[str, ...]
    village: str
    area: str
    categories: tuple[str, ...]
    birth_year: int | None = None
    address: str = ""
    guardian: str = ""
    guardian_phones: tuple[str, ...] = ()
    self_care: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Cleaned:
    """The usable rows of a ledger, and all findings, in the order of the file."""

    rows: tuple[CleanRow, ...]
    findings: tuple[Finding, ...]


def clean(
    table: LedgerTable,
    mapping: Mapping[str, int],
    villages: Sequence[VillageName],
    *,
    reference_year: int,
    platform_codes: bool = False,
) -> Cleaned:
    """Clean every row; a row with an error is left out until it is corrected.

    `mapping` says field → column; `reference_year` is the year of the evaluation, with which ages are computed.
    Category numbers are read as the platform's only with `platform_codes`, or where the column's heading says 平台.
    """
    rules = _Rules(table, mapping, VillageIndex(villages), reference_year, platform_codes)
    rows = tuple(row for row in map(rules.clean, table.rows) if row is not None)
    return Cleaned(rows, tuple(rules.findings))


def tidy_name(text: str) -> str:
    """A name in NFC, without spaces inside a Chinese one; rare characters and 「·」 stay.

    >>> tidy_name(" 欧阳 小明 "), tidy_name("Anna  Lee"), tidy_name("阿依•努尔")
    ('欧阳小明', 'Anna Lee', '阿依·努尔')
    """
    name = unicodedata.normalize("NFC", text).translate(_DOTS).strip()
    return (" " if _LATIN.fullmatch(name) else "").join(name.split())


class _Rules:
    """The cleaning rules for one table, and the findings so far."""

    def __init__(
        self, table: LedgerTable, mapping: Mapping[str, int], villages: VillageIndex, year: int, platform: bool
    ) -> None:
        self.mapping = mapping
        self.year = year
        self.villages = villages
        self.findings: list[Finding] = []
        column = mapping.get("categories", -1)
        platform = platform or (0 <= column < len(table.headers) and "平台" in table.headers[column])
        self.read_categories = lru_cache(maxsize=4096)(lambda text: _read_categories(text, platform))

    def say(self, row: Row, field: str, code: str, severity: Severity, **parameters: object) -> None:
        sentence = finding_text(code, severity, row=row.number, **parameters)
        self.findings.append(Finding(row.number, field, code, severity, sentence.zh))

    def cell(self, row: Row, field: str) -> str:
        column = self.mapping.get(field)
        return row.cells[column] if column is not None and 0 <= column < len(row.cells) else ""

    def clean(self, row: Row) -> CleanRow | None:
        """The cleaned row, or None after at least one error finding."""
        name = self._name(row)
        village = self._village(row)
        codes = self._categories(row)
        if not name or village is None or codes is None:
            return None
        year = self._birth_year(row)
        if year is not None:
            self._compare_age(row, codes, year)
        phones = self._numbers(row, ("phone", "other_phone", "landline"))
        guardian_phones = self._numbers(row, ("guardian_phone",))
        if not phones and not guardian_phones:
            self.say(row, "phone", "no-phone", "warning")
        return CleanRow(
            row=row.number,
            name=name,
            phones=phones,
            village=village.code,
            area=village.area,
            categories=codes,
            birth_year=year,
            address=self._text(row, "address", LONGEST_ADDRESS),
            guardian=tidy_name(self.cell(row, "guardian"))[:LONGEST_NAME],
            guardian_phones=guardian_phones,
            self_care=self._text(row, "self_care", LONGEST_NOTE),
        )

    def _name(self, row: Row) -> str:
        name = tidy_name(self.cell(row, "name"))
        if not name:
            self.say(row, "name", "no-name", "error")
        elif len(name) > LONGEST_NAME:
            self.say(row, "name", "long-name", "error", longest=LONGEST_NAME)
            return ""
        return name

    def _village(self, row: Row) -> VillageName | None:
        written = self.cell(row, "village")
        village = self.villages.find(written)
        if village is None and not written:
            self.say(row, "village", "no-village", "error")
        elif village is None:
            self.say(row, "village", "unknown-village", "error", quoted=self._quoted(row, written))
        return village

    def _categories(self, row: Row) -> tuple[str, ...] | None:
        """The category codes, empty for a general recipient; None when a category is missing or unknown."""
        written = self.cell(row, "categories")
        if categories.is_general(written):
            return ()
        codes, unknown = self.read_categories(written)
        if not written:
            self.say(row, "categories", "no-category", "error")
        elif not codes:
            self.say(row, "categories", "unknown-category", "error", quoted=self._quoted(row, written))
        elif unknown:
            self.say(row, "categories", "unknown-category", "warning", quoted=self._quoted(row, unknown[0]))
        return codes or None

    def _quoted(self, row: Row, written: str) -> str:
        """Text of the ledger quoted in 「」; empty if it may be a name or number in the wrong column."""
        name = tidy_name(self.cell(row, "name"))
        text = " ".join(written.split())
        if _LONG_NUMBER.search(unicodedata.normalize("NFKC", text)) or (name and name in tidy_name(text)):
            return ""
        return quoted_word(text[:QUOTED] + ("…" if len(text) > QUOTED else ""))

    def _numbers(self, row: Row, fields: Sequence[str]) -> tuple[str, ...]:
        """The telephones of these columns in order; a malformed one is reported and left out."""
        numbers: list[str] = []
        for field in fields:
            if text := self.cell(row, field):
                phones = normalise(text)
                numbers += phones.numbers
                if phones.malformed:
                    label = FIELDS[field].label.zh
                    self.say(row, field, "bad-phone", "warning", field_name=label, count=phones.malformed)
        return tuple(dict.fromkeys(numbers))

    def _birth_year(self, row: Row) -> int | None:
        written = self.cell(row, "birth_year")
        if not written:
            return None
        match = _BIRTH.fullmatch("".join(unicodedata.normalize("NFKC", written).split()))
        year = int(match["year"]) if match else 0
        if OLDEST_BIRTH <= year <= self.year:
            return year
        self.say(row, "birth_year", "bad-birth", "warning")
        return None

    def _compare_age(self, row: Row, codes: tuple[str, ...], year: int) -> None:
        """Warn when the age does not fit a category; one year of tolerance, as a ledger may be older."""
        age = self.year - year
        for code in codes:
            category = categories.CATEGORIES[code]
            if not category.youngest - 1 <= age <= category.oldest + 1:
                self.say(row, "birth_year", "age-category", "warning", category=category.zh)
                return

    def _text(self, row: Row, field: str, longest: int) -> str:
        return " ".join(self.cell(row, field).split())[:longest]


def _read_categories(text: str, platform: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The category codes in a cell, sorted, and the parts of it that are no known category."""
    parts = {part: categories.find(part, platform=platform) for part in categories.split_categories(text)}
    known = sorted({code for code in parts.values() if code is not None})
    return tuple(known), tuple(part for part, code in parts.items() if code is None)
