"""Row by row: what a ledger says, made plain; and what is wrong with it, without naming anybody."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.ledger.phones import normalise
from app.ledger.reading import Row, Table
from sampling import categories

QUOTED = 20
LONGEST_NAME = 50


@dataclass(frozen=True, slots=True)
class VillageName:
    """A village of the station: code, area, its name and other spellings of it."""

    code: str
    name: str
    aliases: tuple[str, ...]
    area: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row: "error" leaves the row out, "warning" and "info" do not. Holds no personal data."""

    row: int
    field: str
    code: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class CleanRow:
    """One usable row."""

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


@dataclass(frozen=True)
class Cleaned:
    """The usable rows of a ledger, and everything found."""

    rows: tuple[CleanRow, ...]
    findings: tuple[Finding, ...]


def clean(table: Table, mapping: Mapping[str, int], villages: Sequence[VillageName], *, reference_year: int) -> Cleaned:
    """Clean every row; rows with an error are left out until they are corrected."""
    rules = _Rules(mapping, villages, reference_year)
    rows = []
    for row in table.rows:
        cleaned = rules.clean(row)
        if cleaned is not None:
            rows.append(cleaned)
    return Cleaned(tuple(rows), tuple(rules.findings))


def tidy_name(text: str) -> str:
    """A name in NFC without spaces; characters beyond the basic plane and 「·」 stay as they are."""
    if text.isascii():
        return " ".join(text.split())
    name = re.sub(r"\s+", "", unicodedata.normalize("NFC", text))
    return name.replace("•", "·").replace("・", "·")


def _place(text: str) -> str:
    return re.sub(r"\s|[()（）]", "", unicodedata.normalize("NFKC", text))


class _Rules:
    def __init__(self, mapping: Mapping[str, int], villages: Sequence[VillageName], year: int) -> None:
        self.mapping = mapping
        self.year = year
        self.villages = {_place(word): v for v in villages for word in (v.name, *v.aliases, v.code)}
        self.findings: list[Finding] = []
        self._place = lru_cache(maxsize=4096)(_place)
        self._categories = lru_cache(maxsize=4096)(_split_categories)

    def say(self, row: Row, field: str, code: str, severity: str, message: str) -> None:
        self.findings.append(Finding(row.number, field, code, severity, f"第 {row.number} 行{message}"))

    def cell(self, row: Row, field: str) -> str:
        column = self.mapping.get(field)
        return row.cells[column] if column is not None and column < len(row.cells) else ""

    def clean(self, row: Row) -> CleanRow | None:
        name = tidy_name(self.cell(row, "name"))
        village = self.villages.get(self._place(self.cell(row, "village")))
        codes = self._read_categories(row)
        if not name:
            self.say(row, "name", "no-name", "error", "缺少姓名。补上后重新上传。")
        elif len(name) > LONGEST_NAME:
            self.say(row, "name", "long-name", "error", f"的姓名超过 {LONGEST_NAME} 个字。更正后重新上传。")
            name = ""
        if village is None:
            self._say_village(row)
        if not name or village is None or not codes:
            return None
        year = self._birth_year(row)
        self._check_ages(row, codes, year)
        phones = self._phones(row)
        guardian = normalise(self.cell(row, "guardian_phone"))
        if not phones and not guardian.numbers:
            self.say(row, "phone", "no-phone", "warning", "缺少电话。补上后重新上传，或标为走访。")
        return CleanRow(
            row.number, name, phones, village.code, village.area, codes, year, self.cell(row, "address"),
            tidy_name(self.cell(row, "guardian")), guardian.numbers, self.cell(row, "self_care"),
        )  # fmt: skip

    def _say_village(self, row: Row) -> None:
        written = self.cell(row, "village")
        if written:
            self.say(
                row, "village", "unknown-village", "error", f"的村居「{written[:QUOTED]}」不在名单里。改正后重新上传。"
            )
        else:
            self.say(row, "village", "no-village", "error", "缺少村居。补上后重新上传。")

    def _read_categories(self, row: Row) -> tuple[str, ...]:
        written = self.cell(row, "categories")
        codes, unknown = self._categories(written)
        if not written:
            self.say(row, "categories", "no-category", "error", "缺少人员类别。补上后重新上传。")
        elif not codes:
            message = f"的人员类别「{written[:QUOTED]}」不在 17 类里。改正后重新上传。"
            self.say(row, "categories", "unknown-category", "error", message)
        elif unknown:
            message = f"的人员类别「{unknown[0][:QUOTED]}」不在 17 类里，只记其余类别。"
            self.say(row, "categories", "unknown-category", "warning", message)
        return codes

    def _phones(self, row: Row) -> tuple[str, ...]:
        found: list[str] = []
        malformed = 0
        for field in ("phone", "other_phone", "landline"):
            if text := self.cell(row, field):
                phones = normalise(text)
                malformed += phones.malformed
                found += [number for number in phones.numbers if number not in found]
        if malformed:
            self.say(row, "phone", "bad-phone", "warning", f"有 {malformed} 个电话号码不完整或有错，没有列入。")
        return tuple(found)

    def _birth_year(self, row: Row) -> int | None:
        written = self.cell(row, "birth_year")
        if not written:
            return None
        match = re.match(r"(1[89]\d\d|20\d\d)", unicodedata.normalize("NFKC", written))
        if match is None or not 1900 <= int(match.group(1)) <= self.year:
            self.say(row, "birth_year", "bad-birth", "warning", "的出生年月看不明白，没有列入。")
            return None
        return int(match.group(1))

    def _check_ages(self, row: Row, codes: tuple[str, ...], year: int | None) -> None:
        if year is None:
            return
        age = self.year - year
        for code in codes:
            category = categories.CATEGORIES[code]
            # A year either way: the ledger may be older than the evaluation.
            if not category.youngest - 1 <= age <= category.oldest + 1:
                self.say(row, "birth_year", "age-category", "warning", f"的年龄与类别「{category.zh}」不符，请核对。")
                return


def _split_categories(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parts = categories.split(text)
    found = {part: categories.find(part) for part in parts}
    return tuple(sorted({c for c in found.values() if c})), tuple(p for p, c in found.items() if c is None)
