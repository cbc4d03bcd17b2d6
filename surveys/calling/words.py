"""The same sentence in both languages of the screens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a screen says, in Chinese and in English."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The sentence in a language of the screens: "zh" (also "zh_Hans_CN" and the like) or any other for English.

        >>> Words("已经过去。", "In the past.").say("en")
        'In the past.'
        """
        return self.zh if language.startswith("zh") else self.en
