"""Makes small .xls files record by record, as no program on the machine writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from app.ledger.reader.compound_file import compound_file

SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def record(kind: int, content: bytes = b"") -> bytes:
    """One record of the workbook stream."""
    return struct.pack("<HH", kind, len(content)) + content


def label(row: int, column: int, text: str) -> bytes:
    """A cell with text."""
    content = struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le")
    return record(0x0204, content)


def formula(row: int, column: int, value: float) -> bytes:
    """A cell with a formula and its stored value."""
    return record(0x0006, struct.pack("<HHHdHIH", row, column, 0, value, 0, 0, 3) + b"\x1e\x01\x00")


def old_workbook(
    lines: Sequence[Sequence[str]],
    *,
    more: bytes = b"",
    before: bytes = b"",
    sheet_type: int = 0,
    stream: str = "Workbook",
    mini: bool = False,
) -> bytes:
    """An .xls with one sheet of these lines; `more` are further records of the sheet, `before` of the workbook.

    With `mini` the stream stands in the mini stream, as that of every small workbook does.
    """
    content = records(lines, more=more, before=before, sheet_type=sheet_type)
    return small_container(stream, content) if mini else container(stream, content)


def records(lines: Sequence[Sequence[str]], *, more: bytes = b"", before: bytes = b"", sheet_type: int = 0) -> bytes:
    """The stream of records of such a workbook."""
    cells = b"".join(label(r, c, text) for r, line in enumerate(lines) for c, text in enumerate(line) if text)
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 6)) + before
    name = struct.pack("<BB", 2, 1) + "台账".encode("utf-16-le")
    entry = 4 + 6 + len(name)
    sheet = struct.pack("<IBB", len(start) + entry + 4, 0, sheet_type) + name
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6)) + cells + more + record(0x0A)
    return start + record(0x85, sheet) + record(0x0A) + body


def codepage_workbook(lines: Sequence[Sequence[str]], codepage: int, codec: str) -> bytes:
    """An .xls of Excel 95 (BIFF5), whose texts are in a code page."""
    cells = b""
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            written = text.encode(codec)
            cells += record(0x0204, struct.pack("<HHHH", row, column, 0, len(written)) + written)
    start = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0005, 0, 0)) + record(0x42, struct.pack("<H", codepage))
    name = "台账".encode(codec)
    sheet = struct.pack("<IBBB", len(start) + 4 + 7 + len(name) + 4, 0, 0, len(name)) + name
    body = record(0x0809, struct.pack("<HHHH", 0x0500, 0x0010, 0, 0)) + cells + record(0x0A)
    return container("Book", start + record(0x85, sheet) + record(0x0A) + body)


def hidden_row(row: int) -> bytes:
    """The record of a row, counted from 0, that is hidden."""
    return record(0x0208, struct.pack("<HHHHHHHH", row, 0, 4, 255, 0, 0, 0x20, 0))


def small_container(name: str, content: bytes) -> bytes:
    """A compound file with one stream of less than 4,096 bytes, in mini sectors of 64 bytes."""
    if len(content) >= 4096:
        raise ValueError("not small")
    pieces = -(-len(content) // 64)
    mini = content.ljust(-(-pieces * 64 // SECTOR) * SECTOR, b"\x00")
    sectors = len(mini) // SECTOR
    table = struct.pack("<128I", TABLE, END, END, *range(4, 3 + sectors), END, *[FREE] * (125 - sectors))
    chain = [*range(1, pieces), END]
    mini_table = struct.pack("<128I", *chain, *[FREE] * (128 - pieces))
    directory = (_entry("Root Entry", 5, 3, len(mini)) + _entry(name, 2, 0, len(content))).ljust(SECTOR, b"\x00")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    return header + table + directory + mini_table + mini


def container(name: str, content: bytes, *others: str) -> bytes:
    """A compound file with one stream, and further empty entries of these names."""
    content = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\x00")
    sectors = len(content) // SECTOR
    directory = _entry("Root Entry", 5, END, 0) + _entry(name, 2, 2, len(content))
    directory += b"".join(_entry(other, 2, END, 0) for other in others)
    directory = directory.ljust(SECTOR, b"\x00")
    if sectors > SECTOR // 4 - 2:
        return compound_file(name, content)
    following = [TABLE, END, *range(3, 2 + sectors), END]
    table = struct.pack(f"<{SECTOR // 4}I", *following, *[FREE] * (SECTOR // 4 - len(following)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    return header + table + directory + content


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    written = (name + "\x00").encode("utf-16-le")
    entry = written.ljust(64, b"\x00") + struct.pack("<HBBIII", len(written), kind, 1, FREE, FREE, FREE)
    return entry.ljust(116, b"\x00") + struct.pack("<IIQ", start, size, 0)[:12]
