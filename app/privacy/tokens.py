"""Tokens of links that are their own permission: personal links of beneficiaries, one-time links of accounts."""

from __future__ import annotations

import secrets

# Crockford's base 32 alphabet, without i, l, o and u, which are misread on paper; 16 characters are 80 bits.
SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16
# Characters that no token contains, mapped to what people misread.
MISREAD = str.maketrans({"i": "1", "l": "1", "o": "0", "-": "", " ": ""})


def new_token() -> str:
    """A token at random; stored only as a hash (app.privacy.keyring.Keyring.token_hash)."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def as_read(token: str) -> str:
    """The token that somebody typed from paper."""
    return token.lower().translate(MISREAD)
