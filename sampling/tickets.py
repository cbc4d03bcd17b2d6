"""A person's ticket: where chance, once the seed is known, puts them in line.

ticket = SHA-256 over the UTF-8 bytes of `seed|key`, as 64 hexadecimal digits. People are ordered by (ticket, key) as
strings. The order depends on nothing but the seed and the keys: not on the list's order, the machine or the database.
The idea of ordering by a hash of seed and identifier: R. L. Rivest, Consistent Sampling with Replacement (2018).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

ALGORITHM = "ticket-sha256-1"
LONGEST_SEED = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f|]")


class InvalidSeed(ValueError):
    """A seed that could be confused with another, or be read in two ways; the message is in Chinese."""


def valid_seed(seed: str) -> str:
    """The seed itself; raises InvalidSeed."""
    if not seed or len(seed) > LONGEST_SEED:
        raise InvalidSeed(f"种子要有 1 到 {LONGEST_SEED} 个字符。")
    if _CONTROL.search(seed) or seed != seed.strip():
        raise InvalidSeed("种子不能含有「|」、换行等控制字符，首尾不能有空格。")
    try:
        seed.encode()
    except UnicodeEncodeError as error:
        raise InvalidSeed("种子含有不能编码的字符。") from error
    return seed


def ticketer(seed: str) -> Callable[[str], str]:
    """The function from key to ticket under one seed, for whole frames."""
    head, sha256 = f"{seed}|", hashlib.sha256
    return lambda key: sha256((head + key).encode()).hexdigest()


def ticket(seed: str, key: str) -> str:
    """The ticket of a person under a seed.

    >>> ticket("dice 3 5 2 6 1 1 4 2", "00000000000000000000000000000001")
    '8f68cb47ac4d993e159ac8f1d91f607129aa3f69e9a6edced9983986bcc41de2'
    """
    return ticketer(seed)(key)
