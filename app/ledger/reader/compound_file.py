"""Reads and writes compound files ([MS-CFB]): the small file system that an .xls is.

Only streams by name are read, large ones from the sectors and small ones from the mini stream.
"""

from __future__ import annotations

import struct
from array import array

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE, _TABLE = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
_NO_SECTOR = 0xFFFF_FFFA  # this and everything above is no sector's number
_ENTRY = 128
_MINI_SIZE = 64
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_WRITTEN_SIZE = 4096


class CompoundFile:
    """The streams of a compound file, by name; raises ValueError, IndexError or struct.error for a damaged one."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = 1 << struct.unpack_from("<H", data, 30)[0]
        if self.size not in (512, 4096):
            raise ValueError("sector size")
        self.smallest = struct.unpack_from("<I", data, 56)[0]
        self.next = self._table()
        directory = self._chain(struct.unpack_from("<I", data, 48)[0])
        self.entries: dict[str, tuple[int, int]] = {}
        self.mini_start = _END
        for place in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            self._enter(directory, place)

    def _enter(self, directory: bytes, place: int) -> None:
        length, kind = struct.unpack_from("<HB", directory, place + 64)
        name = directory[place : place + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", directory, place + 116)
        if kind == _ROOT and place == 0:
            self.mini_start = start
        elif kind in (_STORAGE, _STREAM):
            self.entries.setdefault(name, (start, size))

    def read(self, name: str) -> bytes:
        """A stream's bytes; shorter than its size says if the file was cut off."""
        start, size = self.entries[name]
        if size < self.smallest:
            return self._mini_chain(start)[:size]
        return self._chain(start)[:size]

    def _table(self) -> array[int]:
        """The sector allocation table: the next sector of each sector."""
        lists = list(struct.unpack_from("<109I", self.data, 76))
        sector, count = struct.unpack_from("<II", self.data, 68)
        per_sector = self.size // 4
        for _ in range(min(count, len(self.data) // self.size)):
            more = struct.unpack_from(f"<{per_sector}I", self.data, (sector + 1) * self.size)
            lists += more[:-1]
            sector = more[-1]
        table = array("I")
        for number in lists:
            if number < _NO_SECTOR and len(table) * self.size <= len(self.data) + self.size * per_sector:
                table.extend(struct.unpack_from(f"<{per_sector}I", self.data, (number + 1) * self.size))
        return table

    def _chain(self, sector: int) -> bytes:
        pieces: list[bytes] = []
        while sector < _NO_SECTOR:
            if len(pieces) > len(self.next):
                raise ValueError("sectors in a circle")
            pieces.append(self.data[(sector + 1) * self.size : (sector + 2) * self.size])
            sector = self.next[sector]
        return b"".join(pieces)

    def _mini_chain(self, sector: int) -> bytes:
        """A small stream: sectors of 64 bytes within the stream of the root entry, with a table of their own."""
        stream = self._chain(self.mini_start)
        table = array("I", self._chain(struct.unpack_from("<I", self.data, 60)[0]))
        pieces: list[bytes] = []
        while sector < _NO_SECTOR:
            if len(pieces) > len(table):
                raise ValueError("sectors in a circle")
            pieces.append(stream[sector * _MINI_SIZE : (sector + 1) * _MINI_SIZE])
            sector = table[sector]
        return b"".join(pieces)


def compound_file(name: str, content: bytes) -> bytes:
    """A compound file with this one stream, in sectors of 4,096 bytes; the content is filled up with zeros.

    It has one list of sectors, which is enough for 400 MB.
    """
    size = _WRITTEN_SIZE
    content = content.ljust(max(-(-len(content) // size), 1) * size, b"\x00")
    sectors, tables = len(content) // size, 1
    while (sectors + 1 + tables) * 4 > tables * size:
        tables += 1
    chain = [*[_TABLE] * tables, _END, *range(tables + 2, tables + 1 + sectors), _END]
    table = array("I", chain).tobytes().ljust(tables * size, b"\xff")
    directory = (_entry("Root Entry", _ROOT, 0, 0) + _entry(name, _STREAM, tables + 1, len(content))).ljust(size, b"\0")
    header = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    header += struct.pack("<IIIIIIIII", 1, tables, tables, 0, size, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    return header.ljust(size, b"\x00") + table + directory + content


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    written = (name + "\x00").encode("utf-16-le")
    entry = written.ljust(64, b"\x00") + struct.pack("<HBBIII", len(written), kind, 1, _FREE, _FREE, _FREE)
    return entry.ljust(116, b"\x00") + struct.pack("<IQ", start, size)
