"""Reads and writes the texts and values in records of an .xls ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

CONTINUE, SHARED_TEXTS = 0x3C, 0xFC
# Longer texts are cut off: a cell holds 32,767 characters, and a ledger's far fewer.
_LONGEST = 32_000
_RECORD = 65_535
_WIDE, _ADDITION, _RUNS = 1, 4, 8


def record(kind: int, content: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(content)) + content


def long_text(text: str) -> bytes:
    """A text in UTF-16 after its length in two bytes; cut off at 32,000 units."""
    encoded = text.encode("utf-16-le", "replace")[: _LONGEST * 2]
    return struct.pack("<HB", len(encoded) // 2, _WIDE) + encoded


def short_text(text: str) -> bytes:
    """A text in UTF-16 after its length in one byte; cut off at 255 units."""
    encoded = text.encode("utf-16-le", "replace")[:510]
    return struct.pack("<BB", len(encoded) // 2, _WIDE) + encoded


def unicode_text(content: bytes, *, short: bool = False) -> str:
    """The text at the start of the content, after its length in one byte (short) or two and its flags."""
    place = 1 if short else 2
    length, flags = int.from_bytes(content[:place], "little"), content[place] if len(content) > place else 0
    return _decoded(content[place + 1 : place + 1 + length * (1 + (flags & _WIDE))], flags)


def _decoded(content: bytes, flags: int) -> str:
    return content.decode("utf-16-le", "replace") if flags & _WIDE else content.decode("latin-1")


def read_shared_texts(pieces: Sequence[bytes]) -> list[str]:
    """The shared texts of a workbook, from their record and its continuations; raises ValueError if they end early."""
    return list(_SharedTexts(pieces).texts()) if pieces else []


class _SharedTexts:
    """Walks through the record of shared texts and its continuations; a text may go on in the next one."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = [pieces[0][8:], *pieces[1:]]
        self.piece = 0
        self.place = 0

    def texts(self) -> Iterator[str]:
        """Every text; the numbers at the beginning that say how many there are may be false and are not used."""
        while self._more():
            yield self._text()

    def _more(self) -> bool:
        while self.piece < len(self.pieces) and self.place >= len(self.pieces[self.piece]):
            self.piece, self.place = self.piece + 1, 0
        return self.piece < len(self.pieces)

    def _text(self) -> str:
        content = self.pieces[self.piece]
        length, flags = struct.unpack_from("<HB", content, self.place)
        self.place += 3
        after = 0
        if flags & _RUNS:
            after = struct.unpack_from("<H", content, self.place)[0] * 4
            self.place += 2
        if flags & _ADDITION:
            after += struct.unpack_from("<I", content, self.place)[0]
            self.place += 4
        text = self._characters(length, flags)
        self._skip(after)
        return text

    def _characters(self, length: int, flags: int) -> str:
        text = ""
        while True:
            size = 1 + (flags & _WIDE)
            content = self.pieces[self.piece]
            end = min(self.place + length * size, self.place + (len(content) - self.place) // size * size)
            text += _decoded(content[self.place : end], flags)
            length -= (end - self.place) // size
            self.place = end
            if not length:
                return text
            self.piece, self.place = self.piece + 1, 1
            if self.piece >= len(self.pieces):
                raise ValueError("shared texts cut off")
            flags = self.pieces[self.piece][0]

    def _skip(self, count: int) -> None:
        while count > 0:
            if not self._more():
                raise ValueError("shared texts cut off")
            passed = min(count, len(self.pieces[self.piece]) - self.place)
            self.place += passed
            count -= passed


def written_shared_texts(texts: Sequence[str]) -> bytes:
    """The record of shared texts and its continuations, none of which divides a text."""
    pieces: list[list[bytes]] = [[struct.pack("<II", len(texts), len(texts))]]
    size = 8
    for text in map(long_text, texts):
        if size + len(text) > _RECORD:
            pieces.append([])
            size = 0
        pieces[-1].append(text)
        size += len(text)
    return b"".join(
        record(CONTINUE if number else SHARED_TEXTS, b"".join(piece)) for number, piece in enumerate(pieces)
    )
