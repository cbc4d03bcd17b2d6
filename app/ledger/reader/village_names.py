"""Recognises the village that a ledger means, in the spellings offices use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_COMMITTEE = re.compile(r"(?:社区)?(?:村民委员会|居民委员会|村委会|居委会|村委|居委)$")
_STREET = re.compile(r"^.{1,12}?(?:街道办事处|街道|街|镇)")
_MARKS = re.compile(r"[\s()·、,.「」]")
_REMEMBERED = 4096
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class VillageName:
    """A village of the station: its code, name, other spellings of it, and the code of its area."""

    code: str
    name: str
    aliases: tuple[str, ...]
    area: str


class VillageIndex:
    """Finds villages by name or alias; a spelling that fits two of them finds neither."""

    def __init__(self, villages: Sequence[VillageName]) -> None:
        self._known: dict[str, VillageName | None] = {}
        self._enter((_plain(village.name), village) for village in villages)
        names = frozenset(self._known)
        aliases = ((_plain(alias), village) for village in villages for alias in village.aliases)
        self._enter((alias, village) for alias, village in aliases if alias not in names)
        self._found: dict[str, VillageName | None] = {}

    def _enter(self, spellings: Iterable[tuple[str, VillageName]]) -> None:
        for spelling, village in spellings:
            other = self._known.get(spelling, village)
            self._known[spelling] = village if other == village else None

    def find(self, text: str) -> VillageName | None:
        """The village a cell names, with or without its street and its committee; None when unknown or ambiguous."""
        if text in self._found:
            return self._found[text]
        village = self._look(text) if len(text) <= 60 else None
        if len(self._found) < _REMEMBERED:
            self._found[text] = village
        return village

    def within(self, text: str) -> tuple[str, VillageName] | None:
        """The one village named in a longer text, such as a title, and the spelling found; None for none or several."""
        plain = _plain(text[:_LONGEST_TITLE])
        found: dict[str, tuple[str, VillageName]] = {}
        for spelling in self._longest_first():
            if spelling in plain:
                plain = plain.replace(spelling, "|")
                if (village := self._known[spelling]) is None:
                    return None
                found.setdefault(village.code, (spelling, village))
        return next(iter(found.values())) if len(found) == 1 else None

    def _longest_first(self) -> list[str]:
        return sorted((spelling for spelling in self._known if len(spelling) > 1), key=lambda word: (-len(word), word))

    def _look(self, text: str) -> VillageName | None:
        plain = _plain(text)
        for spelling in (plain, _STREET.sub("", plain)):
            for shortened in (spelling, *(_COMMITTEE.sub(end, spelling) for end in ("", "村", "社区"))):
                if (village := self._known.get(shortened)) is not None:
                    return village
        return None


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text))
