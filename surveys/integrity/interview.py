"""The data of one interview that the rules use: times, answers, calls, and normalised texts to find repeated ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Interview:
    """One stored interview.

    `interviewer` is empty where nobody asked (web). `seconds` are by question, `total_seconds` None where time was not
    measured. `scale` holds the points of the satisfaction items that were answered; `texts` open answers after
    `normalised`. `called` is a fingerprint of the number that was called, `holder` whose it is ("person" or
    "guardian"), `device` one of the browser it was answered in. `had_call` is None where calls were not kept at all.
    `started` and `ended` are local time.
    """

    id: str
    interviewer: str
    mode: str
    started: datetime
    ended: datetime
    questions: int
    total_seconds: float | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    scale: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    called: str | None = None
    holder: str = ""
    device: str | None = None
    had_call: bool | None = None
    call_seconds: float | None = None
    satisfied: bool | None = None
    stratum: str = ""
    proxy: bool = False

    @property
    def pace(self) -> float | None:
        """Seconds for one question, over the whole interview; None where that is not known."""
        return None if self.total_seconds is None or self.questions < 1 else self.total_seconds / self.questions


def normalised(text: str) -> str:
    """A text without case, width, spaces and punctuation, so that the same words are the same.

    >>> normalised(" 很好，谢谢！ ") == normalised("很好 谢谢")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LN")
