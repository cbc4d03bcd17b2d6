"""What makes two names the name of one station."""

from __future__ import annotations

import re
import unicodedata

BLANKS = re.compile(r"\s+")


def identity_of(name: str) -> str:
    """A name as it is compared: full-width signs, blanks and capitals make no other station of it.

    >>> identity_of("石壁街　社工服务站（Ａ）") == identity_of("石壁街社工服务站(a)")
    True
    """
    return BLANKS.sub("", unicodedata.normalize("NFKC", name)).casefold()
