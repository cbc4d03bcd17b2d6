"""Damages valid files at random, as transport, other programs and attackers do: bytes, lengths, parts and records."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping

from tests.app.ledger.reader.corpus import HEADER, ROW, rows
from tests.app.ledger.reader.old_workbooks import codepage_workbook, container, old_workbook, records
from tests.app.ledger.reader.other_workbooks import binary_workbook, open_document, zipped

LINES = [HEADER, ROW, [*ROW[:3], "19900000002"]]
SAMPLES: Mapping[str, bytes] = {
    "xlsx": rows(*LINES),
    "xls": old_workbook(LINES),
    "small xls": old_workbook(LINES, mini=True),
    "xls of Excel 95": codepage_workbook(LINES, 936, "gb18030"),
    "ods": open_document(LINES),
    "xlsb": binary_workbook(LINES),
    "csv": "\n".join(map(",".join, LINES)).encode(),
}
_STREAM = records(LINES)
_TELLING = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)


def mutated(kind: str, chance: random.Random) -> bytes:
    """A sample of this kind, damaged in one to four ways; the structure around the damage is made right half the time.

    So damage within a part of a ZIP, or within the records of an .xls, also reaches what reads them.
    """
    data = SAMPLES[kind]
    if data.startswith(b"PK") and chance.random() < 0.6:
        return _damaged_parts(data, chance)
    if kind == "xls" and chance.random() < 0.6:
        return container("Workbook", _damaged(_STREAM, chance))
    return _damaged(data, chance)


def _damaged_parts(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    change = chance.random()
    if change < 0.08:
        del parts[name]
    elif change < 0.16:
        parts[name] = parts[chance.choice(sorted(parts))]
    elif change < 0.24:
        parts[name.upper() if chance.random() < 0.5 else f"x/{name}"] = parts[name]
    else:
        parts[name] = _damaged(parts[name], chance)
    return zipped(parts)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_WAYS)(data, chance)
    return data


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data)) if data else 0


def _flipped(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + bytes((data[place] ^ 1 << chance.randrange(8),)) + data[place + 1 :] if data else data


def _telling_byte(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + bytes((chance.choice(_TELLING),)) * chance.choice((1, 2, 4)) + data[place + 1 :]


def _new_length(data: bytes, chance: random.Random) -> bytes:
    """Two or four bytes, as lengths and counts are, set to a number near to or far from the truth."""
    place, size = _place(data, chance), chance.choice((2, 4))
    old = int.from_bytes(data[place : place + size], "little")
    new = chance.choice((old + 1, old - 1, old * 2, len(data), 0, (1 << 8 * size) - 1)) % (1 << 8 * size)
    return data[:place] + new.to_bytes(size, "little") + data[place + size :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def _removed(data: bytes, chance: random.Random) -> bytes:
    place = _place(data, chance)
    return data[:place] + data[place + chance.randint(1, 64) :]


def _repeated(data: bytes, chance: random.Random) -> bytes:
    place, size = _place(data, chance), chance.randint(1, 200)
    return data[:place] + data[place : place + size] * chance.randint(2, 20) + data[place + size :]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    other = chance.choice(list(SAMPLES.values()))
    start, place = _place(other, chance), _place(data, chance)
    return data[:place] + other[start : start + chance.randint(1, 400)] + data[place:]


def _other_number(data: bytes, chance: random.Random) -> bytes:
    """A run of digits, as in a cell's place or a count, made another number."""
    places = [place for place, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if not places:
        return data
    place = chance.choice(places)
    return data[:place] + chance.choice((b"0", b"-1", b"99999", b"1048576", b"4294967296", b"")) + data[place + 1 :]


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped,
    _telling_byte,
    _new_length,
    _cut,
    _removed,
    _repeated,
    _spliced,
    _other_number,
)
