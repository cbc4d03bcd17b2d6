"""A text in the two languages of the screens, for pure code, which has no gettext."""

from __future__ import annotations

from collections.abc import Iterable
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

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.zh)

    def __add__(self, other: Text) -> Text:
        """One text after the other, language by language; the spaces between are the caller's.

        >>> Text("有答卷；", "Answers; ") + Text("没有区间。", "no interval.")
        Text(zh='有答卷；没有区间。', en='Answers; no interval.', yue='')
        """
        spoken = self.yue + other.yue if self.yue and other.yue else ""
        return Text(self.zh + other.zh, self.en + other.en, spoken)


NOTHING_SAID = Text("", "")


class TextError(Exception):
    """An exception whose sentence is shown: `message` in both languages; as a string, the Chinese one."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message.zh


def joined(values: Iterable[object]) -> Text:
    """Words, codes or numbers in a row, as each language punctuates them.

    >>> joined([3, 4]).zh, joined([3, 4]).en
    ('3、4', '3, 4')
    """
    return all_of(Text(str(value), str(value)) for value in values)


def all_of(texts: Iterable[Text]) -> Text:
    """Texts in a row.

    >>> all_of([Text("上午", "morning"), Text("晚上", "evening")])
    Text(zh='上午、晚上', en='morning, evening', yue='')
    """
    row = tuple(texts)
    return Text("、".join(text.zh for text in row), ", ".join(text.en for text in row))
