"""Parses and normalises the telephone numbers in a ledger."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import phonenumbers

AREA_CODE = "020"  # Guangzhou: eight digits alone are a landline here
MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LOCAL = re.compile(r"[2-8][0-9]{7}")
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\uff0d~]")
_EXTENSION = re.compile(r"(?:转|轉|分机|ext\.?|#)[\s:]*(?=[0-9])", re.IGNORECASE)
# A run of characters that may be one number or several; anything else separates numbers.
_STRETCH = re.compile(r"\+?[0-9][0-9 .()#-]*")
# Letters written for digits, O for 0 or l for 1: the number meant is not known, and what remains of it is another's.
_LETTER = "A-Za-z\u0370-\u03ff\u0400-\u04ff\u3007\u25cb\u25ef\u25cf"
_LABEL = re.compile(
    r"(?<![A-Za-z])(?:telephone|tel|phone|mobile|mob|cell|fax|hp|wechat|wx|qq|[mtp])(?=[.:\s]*\+?[0-9])", re.I
)
_WITH_LETTERS = re.compile(rf"\+?[0-9{_LETTER}](?:[0-9{_LETTER}]|[ .()-]+(?=[0-9]|[OolIiZSB|]+[ .()-]*[0-9]))*")
_MIXED = re.compile(rf"[0-9][ .()-]*[{_LETTER}]+[ .()-]*[0-9]|[0-9][{_LETTER}]|[{_LETTER}][0-9]")
_TOKEN = re.compile(r"(?P<before>[^0-9+]*)(?P<digits>\+?[0-9]+)")
_MOST_TOKENS = 24
# A long number in scientific notation, as spreadsheets write it; its last digits are lost.
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?e\+?[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Phones:
    """The numbers of a cell in their order, each once, as digits （020…, an extension after 「-」， abroad with +）.

    `malformed` counts the parts that look like a number but are invalid; they are not kept, so that no message can
    repeat them.
    """

    numbers: tuple[str, ...]
    malformed: int = 0


NONE = Phones(())


def kind(number: str) -> Literal["mobile", "landline"]:
    """Whether a normalised number is a mobile telephone or a landline.

    >>> kind("19900000001"), kind("02080000001-12")
    ('mobile', 'landline')
    """
    if MOBILE.fullmatch(number):
        return "mobile"
    if number.startswith("+"):
        return "mobile" if phonenumbers.number_type(phonenumbers.parse(number)) == 1 else "landline"
    return "landline"


def normalise(text: str) -> Phones:
    """Parse a cell: several numbers, full-width digits, spaces, +86, missing area code, extensions, remarks.

    >>> normalise("19900000001、80000002转12")
    Phones(numbers=('19900000001', '02080000002-12'), malformed=0)
    >>> normalise("本人 199 0000 0001,女儿 1990000")
    Phones(numbers=('19900000001',), malformed=1)
    """
    if not text:
        return NONE
    if len(text) == 11 and text.isascii() and MOBILE.fullmatch(text):
        return Phones((text,))  # nearly every cell is just this
    return _taken_apart(text)


@lru_cache(maxsize=65_536)
def _taken_apart(text: str) -> Phones:
    plain = _EXTENSION.sub("#", _DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    if _SCIENTIFIC.fullmatch(plain.strip()):
        return Phones((), 1)
    numbers: list[str] = []
    plain, malformed = _without_letters(_LABEL.sub(" ", plain))
    for stretch in _STRETCH.findall(plain):
        stretch_numbers, stretch_malformed = _numbers_of(stretch)
        numbers += stretch_numbers
        malformed += stretch_malformed
    return Phones(tuple(dict.fromkeys(numbers)), malformed)


def _without_letters(plain: str) -> tuple[str, int]:
    """The text without the numbers that have letters in them, and how many those were."""
    malformed = 0

    def taken_out(match: re.Match[str]) -> str:
        nonlocal malformed
        if not _MIXED.search(match[0]):
            return match[0]
        malformed += 1
        return ";"

    return _WITH_LETTERS.sub(taken_out, plain), malformed


def _numbers_of(stretch: str) -> tuple[list[str], int]:
    """The numbers in one run, taking from the left the longest sequence of digit groups that is a number."""
    tokens = [(match["before"], match["digits"]) for match in _TOKEN.finditer(stretch)]
    if len(tokens) > _MOST_TOKENS:
        return [], 1
    numbers: list[str] = []
    malformed = place = 0
    while place < len(tokens):
        number, place_after = _longest(tokens, place)
        if number is None:
            # The rest of a broken number counts as one malformed number, not one for each group of digits.
            return numbers, malformed + 1
        place = place_after
        if place < len(tokens) and _is_extension(number, *tokens[place]):
            number, place = f"{number}-{tokens[place][1]}", place + 1
        numbers.append(number)
    return numbers, malformed


def _longest(tokens: list[tuple[str, str]], start: int) -> tuple[str | None, int]:
    for end in (len(tokens), *range(min(len(tokens), start + 5), start, -1)):
        if any("#" in before for before, _ in tokens[start + 1 : end]):
            continue
        if number := _number("".join(digits for _, digits in tokens[start:end])):
            return number, end
    return None, start


def _is_extension(number: str, before: str, digits: str) -> bool:
    return kind(number) == "landline" and len(digits) <= 6 and ("#" in before or before.strip() == "-")


@lru_cache(maxsize=65_536)
def _number(digits: str) -> str | None:
    """The normalised number for these digits, or None if they are not a valid one."""
    digits = re.sub(r"^(?:\+|00)86(?=[0-9]{10})|^86(?=1[0-9]{10}$|0?20[0-9]{8}$)", "", digits)
    if _LOCAL.fullmatch(digits):
        digits = AREA_CODE + digits
    if MOBILE.fullmatch(digits.removeprefix("0")):
        return digits.removeprefix("0")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if len(digits) < 8 or len(digits) > 16:
        return None
    try:
        parsed = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    if parsed.country_code != 86:
        return f"+{parsed.country_code}{parsed.national_number}"
    # 400 and 800 numbers have no area code and take no leading zero.
    toll = str(parsed.national_number).startswith(("400", "800"))
    return f"{'' if toll else '0'}{parsed.national_number}"
