"""A person's ticket: the hash of seed and key that gives their place in the order of a queue.

ticket = SHA-256 over the UTF-8 bytes of `seed|key`, as 64 hexadecimal digits. People are ordered by (ticket, key) as
strings. The order depends on nothing but the seed and the keys: not on the list's order, the machine or the database.
The idea of ordering by a hash of seed and identifier: R. L. Rivest, Consistent Sampling with Replacement (2018).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

ALGORITHM = "ticket-sha256-1"


def seeded_hash(seed: str) -> hashlib._Hash:
    """The state of SHA-256 after `seed|`; tickets continue a copy of it, so that the seed is hashed once."""
    return hashlib.sha256(f"{seed}|".encode())


def ticketer(seed: str) -> Callable[[str], str]:
    """The function from key to ticket under one seed, for whole frames."""
    copy = seeded_hash(seed).copy

    def number(key: str) -> str:
        state = copy()
        state.update(key.encode())
        return state.hexdigest()

    return number


def ticket(seed: str, key: str) -> str:
    """The ticket of a person under a seed.

    >>> ticket("dice 3 5 2 6 1 1 4 2", "00000000000000000000000000000001")
    '8f68cb47ac4d993e159ac8f1d91f607129aa3f69e9a6edced9983986bcc41de2'
    """
    return ticketer(seed)(key)
