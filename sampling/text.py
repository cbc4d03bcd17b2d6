"""A text in the two languages of the screens, for pure code, which has no gettext."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The same text in Chinese and English, and in written Cantonese where it is read aloud."""

    zh: str
    en: str
    yue: str = ""

    def in_language(self, language: str) -> str:
        """The English text for "en" (also "en_GB" and the like), the Chinese one for any other language.

        >>> Text("已经过去。", "In the past.").in_language("en")
        'In the past.'
        >>> Text("已经过去。", "In the past.").in_language("zh_Hans_CN")
        '已经过去。'
        """
        return self.en if language.startswith("en") else self.zh
