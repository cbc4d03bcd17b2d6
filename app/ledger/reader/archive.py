"""Reads the parts of a ZIP with sizes that are counted, and writes a ZIP of parts that were checked.

The sizes that a ZIP declares can be false, so a part is unpacked in a stream and counted.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.ledger.reader.checked import too_much_content
from app.ledger.reader.errors import LedgerFileError, Limits, corrupt, encrypted, megabytes
from sampling.text import Text

CHUNK = 1 << 18
# Below this size the packing ratio is not checked: short, repetitive ledgers are packed tightly.
HARMLESS = 16 << 20
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_STATED, _FOUND = Text("标明", "as it says itself, "), Text("实际", "as it really is, ")


@dataclass(frozen=True)
class Packed:
    """A part as it is packed: how, its checksum, its size when unpacked, and its bytes."""

    method: int
    check: int
    size: int
    content: bytes


class Archive:
    """The parts of a ZIP by name: in small letters, with slashes, as programs that write back-slashes mean them."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data, self.limits, self.total = data, limits, 0
        _one_directory(data)
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
        if len(parts) > limits.max_parts:
            raise _too_many_parts(len(parts), limits)
        self.parts = {plain_name(part.orig_filename): part for part in parts if not part.is_dir()}
        if len(self.parts) < sum(not part.is_dir() for part in parts):
            raise corrupt()
        _refuse_size(sum(part.file_size for part in parts), len(data), limits, _STATED)

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part's content as really unpacked; refuses one whose size or checksum is not as declared."""
        part = self.parts[name]
        packed = memoryview(self._packed(part))
        size = check = 0
        for chunk in _inflated(packed) if part.compress_type == zipfile.ZIP_DEFLATED else _sliced(packed):
            size += len(chunk)
            self.total += len(chunk)
            _refuse_size(self.total, len(self.data), self.limits, _FOUND)
            check = zlib.crc32(chunk, check)
            yield chunk
        if size != part.file_size or check != part.CRC:
            raise corrupt()

    def content(self, name: str, most: int) -> bytes:
        """The whole of a part; raises LedgerFileError if it is larger than `most` bytes."""
        content = bytearray()
        for chunk in self.chunks(name):
            content += chunk
            if len(content) > most:
                raise too_much_content()
        return bytes(content)

    def packed(self, name: str) -> Packed:
        """A part as it is, to be written again; its size and checksum are those that `chunks` verified."""
        part = self.parts[name]
        return Packed(part.compress_type, part.CRC, part.file_size, self._packed(part))

    def _packed(self, part: zipfile.ZipInfo) -> bytes:
        if part.flag_bits & 0x41:
            raise encrypted()
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise corrupt()
        signature, *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(self.data, part.header_offset)
        start = part.header_offset + _LOCAL_HEADER.size + name_length + extra_length
        end = start + part.compress_size
        if signature != b"PK\x03\x04" or end > len(self.data):
            raise corrupt()
        return self.data[start:end]


def plain_name(name: str) -> str:
    """A part's name as names are compared: small letters, slashes, none in front."""
    return name.replace("\\", "/").lower().lstrip("/")


def stored(content: bytes) -> Packed:
    """A new part, not compressed."""
    return Packed(zipfile.ZIP_STORED, zlib.crc32(content), len(content), content)


def archive(parts: Sequence[tuple[str, Packed]]) -> bytes:
    """A ZIP of these parts, by name in ASCII."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    place = 0
    for name, part in parts:
        facts = (20, 0, part.method, 0, 0x21, part.check, len(part.content), part.size, len(name), 0)
        piece = _LOCAL_HEADER.pack(b"PK\x03\x04", *facts) + name.encode() + part.content
        directory.append(_ENTRY.pack(b"PK\x01\x02", 20, *facts, 0, 0, 0, 0, place) + name.encode())
        pieces.append(piece)
        place += len(piece)
    listed = b"".join(directory)
    return b"".join((*pieces, listed, _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), place, 0)))


def _one_directory(data: bytes) -> None:
    """Refuse an archive that two programs could read differently: its directory must end right at the end record."""
    place = data.rfind(b"PK\x05\x06")
    if place < 0:
        raise corrupt()
    *_, size, offset, comment = _END.unpack_from(data, place)
    large = data[place - 20 : place - 16] == b"PK\x06\x07"
    if place + _END.size + comment != len(data) or (not large and offset + size != place):
        raise corrupt()


def _sliced(packed: memoryview) -> Iterator[bytes]:
    for place in range(0, len(packed), CHUNK):
        yield bytes(packed[place : place + CHUNK])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in _sliced(packed):
        pending = piece
        while pending and not stream.eof:
            yield stream.decompress(pending, CHUNK)
            pending = stream.unconsumed_tail
    while not stream.eof and (rest := stream.decompress(b"", CHUNK)):
        yield rest


def _refuse_size(total: int, packed: int, limits: Limits, word: Text) -> None:
    ratio = total // max(packed, 1)
    if total > limits.max_unpacked:
        most = megabytes(limits.max_unpacked)
        raise _too_large_unpacked(word + Text(f"超过 {most}", f"more than {most}"))
    if total > HARMLESS and ratio > limits.max_ratio:
        most = str(limits.max_ratio)
        raise _too_large_unpacked(word + Text(f"大到 {most} 倍以上", f"more than {most} times as large"))


def _too_large_unpacked(how: Text) -> LedgerFileError:
    message = Text(
        f"文件解压后过大：{how.zh}，不像名册，没有读取。",
        f"Unpacked, the file is too large ({how.en}). It does not look like a ledger and was not read.",
    )
    return LedgerFileError("bomb", message)


def _too_many_parts(parts: int, limits: Limits) -> LedgerFileError:
    message = Text(
        f"文件里有 {parts:,} 个部件，超过 {limits.max_parts:,} 个，不像名册。",
        f"The file has {parts:,} parts, more than {limits.max_parts:,}. It does not look like a ledger.",
    )
    return LedgerFileError("bomb", message)
