"""Canonical JSON and SHA-256: equal values give equal bytes and so equal digests on every machine."""

from __future__ import annotations

import hashlib
import json
import re

LONGEST = 200
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
OUTER_SPACE = " \u00a0\u3000"


def canonical_json(value: object) -> bytes:
    """The bytes a digest is taken over: UTF-8, keys sorted, no spaces, no escapes beyond what JSON demands."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def digest_of(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256(data: bytes | str) -> str:
    """SHA-256 as 64 hexadecimal digits; text is taken as UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def is_plain(text: str, longest: int = LONGEST) -> bool:
    """Whether a text can be joined with others and still be read in one way only.

    1 to `longest` characters that can be encoded, without control characters, "|" and outer spaces.

    >>> is_plain("骰子 3 5 2"), is_plain(" 3"), is_plain("3\\n5"), is_plain("")
    (True, False, False, False)
    """
    return 0 < len(text) <= longest and not CONTROL.search(text) and "|" not in text and text == text.strip(OUTER_SPACE)
