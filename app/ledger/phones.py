"""Telephone numbers as ledgers write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

AREA_CODE = "020"  # Guangzhou: eight digits alone are a landline here
MOBILE = re.compile(r"1[3-9]\d{9}")
_SEPARATORS = re.compile(r"[、,;/|\n或]+|\s{2,}|\s(?=\+?\d{8,})")
_DASHES = re.compile(r"[‐-―−ー-]")


@dataclass(frozen=True)
class Phones:
    """The numbers of a cell as digits, landlines with their area code; and how many were unusable."""

    numbers: tuple[str, ...]
    malformed: int


def normalise(text: str) -> Phones:
    """Take a cell apart: several numbers, full-width digits, +86, missing area code.

    >>> normalise("19900000001、80000002")
    Phones(numbers=('19900000001', '02080000002'), malformed=0)
    """
    if not text:
        return Phones((), 0)
    if len(text) == 11 and text.isascii() and MOBILE.fullmatch(text):
        return Phones((text,), 0)  # nearly every cell is just this
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
    numbers: list[str] = []
    malformed = 0
    for part in _SEPARATORS.split(plain):
        if not part.strip():
            continue
        number = _number(part.strip())
        if number is None:
            malformed += 1
        elif number not in numbers:
            numbers.append(number)
    return Phones(tuple(numbers), malformed)


@lru_cache(maxsize=65_536)
def _number(part: str) -> str | None:
    compact = re.sub(r"[\s()-]", "", part)
    if re.fullmatch(r"[2-9]\d{7}", compact):
        part = AREA_CODE + compact
    try:
        parsed = phonenumbers.parse(part, "CN")
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code != 86 or not phonenumbers.is_possible_number(parsed):
        return None
    digits = str(parsed.national_number)
    if MOBILE.fullmatch(digits):
        return digits
    return "0" + digits if phonenumbers.is_valid_number(parsed) and 9 <= len(digits) <= 11 else None
