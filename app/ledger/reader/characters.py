"""Folds characters that exist only for compatibility into the ones they look like, and leaves rare ones alone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Radicals that Unicode gives no equivalent for, although text copied from a PDF has them for these characters.
_RADICALS = str.maketrans(
    dict(
        zip(
            "⺠⺢⺬⺻⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻯⻰⻳",
            "民氺示聿虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿竜龙龟",
            strict=True,
        )
    )
)


def plain_characters(text: str) -> str:
    """A text in NFC with compatibility characters folded one by one.

    Only characters whose equivalent is a single ideograph, or an ASCII letter or digit of another width, are folded:
    full NFKC would also take apart signs that mean something, and must not touch what it does not know.

    >>> plain_characters("⽯⼀⻢Ａ１"), plain_characters("①㎡·")
    ('石一马A1', '①㎡·')
    """
    if not unicodedata.is_normalized("NFKC", text):  # nearly every text is
        text = "".join(map(_folded, unicodedata.normalize("NFC", text)))
    return text.translate(_RADICALS)


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    if plain == character or len(plain) != 1:
        return character
    ideograph = unicodedata.name(plain, "").startswith("CJK UNIFIED IDEOGRAPH") and _is_radical(character)
    of_other_width = "\uff01" <= character <= "\uff5e" and plain.isalnum()
    return plain if ideograph or of_other_width else character


def _is_radical(character: str) -> bool:
    """Whether a character is a radical or a compatibility ideograph, not a sign such as a circled one."""
    return unicodedata.name(character, "").startswith(("KANGXI RADICAL", "CJK RADICAL", "CJK COMPATIBILITY IDEOGRAPH"))
