"""Identity-card numbers: found so that they can be taken out, and the year of birth in one."""

from __future__ import annotations

import datetime
import re
import unicodedata

_HEADING = re.compile("身份证|证件号|公民身份|残疾证号|残疾人证")
# Whose number it is when not the person's own.
_OTHERS = re.compile("监护|照顾|照护|家属|亲属|户主|社工|经办|负责|联系人|配偶|子女|父|母|代理|帮扶|网格")
# 18 characters, or 20 of a disability card, which begins with them; 15 in old cards, told from other numbers by the
# day of birth inside.
_IDENTITY = re.compile(
    r"(?<![0-9])(?:[0-9]{17}[0-9Xx][0-9]{0,2}|[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})(?![0-9])"
)
_IN_PIECES = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]")
_EIGHTEEN = re.compile(r"([1-9][0-9]{16})([0-9Xx])(?:[0-9]{2})?")
# GB 11643: the weight of each of the 17 digits, and the check character for each remainder.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def is_identity_heading(heading: str, *, own: bool = False) -> bool:
    """Whether a column holds identity numbers by its heading; with `own`, those of the people listed."""
    return _HEADING.search(heading) is not None and not (own and _OTHERS.search(heading))


def year_of_birth(cell: str) -> int | None:
    """The year of birth in an 18-digit number whose date and check character are valid; None for anything else."""
    match = _EIGHTEEN.fullmatch(_compact(cell).strip())
    if match is None:
        return None
    digits, check = match[1], match[2].upper()
    if _CHECK[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11] != check:
        return None
    try:
        return datetime.date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14])).year
    except ValueError:
        return None


def holds_identity(cell: str) -> bool:
    """Whether an identity number stands in a cell, alone or among other text."""
    if not (cell.isascii() or any(character.isdigit() for character in cell)):
        return False
    return _IDENTITY.search(_compact(cell)) is not None


def cleared(cell: str) -> str:
    """A cell without the identity numbers in it."""
    return _IDENTITY.sub("", _compact(cell)).strip() if holds_identity(cell) else cell


def _compact(cell: str) -> str:
    """A cell in NFKC; an identity number written with spaces or dashes is joined.

    Two telephones side by side may have as many digits, so the joined number must contain a date of birth.
    """
    plain = unicodedata.normalize("NFKC", cell)
    joined = re.sub(r"[\s-]", "", plain)
    return joined if _IN_PIECES.fullmatch(joined) else plain
