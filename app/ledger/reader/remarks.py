"""Reads remarks that say a person may no longer belong to the ledger."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = {
    "remark-dead": "已故|死亡|去世|病故|过世|离世|身故|逝世|亡故",
    "remark-moved": "迁出|迁走|已迁|外迁|搬走|搬离|搬出|已搬",
    "remark-left": "退出|注销|销户|退保|停保|取消资格|取消低保",
}
# Not the person but a relative, or not so: 「配偶已故」, 「未死亡」.
_OF_ANOTHER = (
    "(?:父亲?|母亲?|父母|双亲|配偶|丈夫|妻子?|夫|爱人|老伴|老公|老婆|儿子?|女儿|子女|孙[子女]?|兄弟?|哥哥?|弟弟?|姐姐?|妹妹?|亲属|家属|监护人)"
    "(?:均|都|也|皆)?(?:已经?)?(?:于?[0-9年月日.-]{1,12})?(?:因?[病故]?)"
)
_NOT = "(?:未|没有?|不|非|尚未|并未|无)"
_PATTERNS = {code: re.compile(rf"(?P<other>{_OF_ANOTHER}|{_NOT})?(?:{words})") for code, words in _WORDS.items()}


@lru_cache(maxsize=4096)
def remark_codes(text: str) -> tuple[str, ...]:
    """The codes of what a remark says: that the person died, moved away, or left the register.

    >>> remark_codes("2024年3月病故"), remark_codes("已迁出，低保注销"), remark_codes("配偶已故"), remark_codes("")
    (('remark-dead',), ('remark-moved', 'remark-left'), (), ())
    """
    return tuple(
        code for code, pattern in _PATTERNS.items() if any(match["other"] is None for match in pattern.finditer(text))
    )
