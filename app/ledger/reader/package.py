"""Inspects an .xlsx before the parser opens it, and refuses what is not a plain workbook.

An .xlsx is a ZIP of XML. The sizes that a ZIP declares can be false, so every part is unpacked here in a stream and
counted, and the parser only receives files whose true size is known. The parser keeps a sheet as one rectangle, so a
single distant cell would cost gigabytes: cells beyond the limits are found here too, as are formulas, whose stored
values may be out of date.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree import ElementTree

from app.ledger.reader.errors import DOCUMENT, LedgerFileError, Limits, corrupt, encrypted, has_macros, megabytes
from app.ledger.reader.sheet_scan import SheetMarks, SheetScan
from sampling.text import Text

CHUNK = 1 << 18
# Below this size the packing ratio is not checked: short, repetitive ledgers are packed tightly.
HARMLESS = 16 << 20
WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_KEPT = (WORKBOOK, RELATIONS, "[Content_Types].xml")
_KEPT_SIZE = 4 << 20
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_STATED, _FOUND = Text("标明", "as it says itself, "), Text("实际", "as it really is, ")
_BINARY_WORKBOOK = Text(
    "这是二进制工作簿（.xlsb）。用 Excel 另存为 .xlsx，再上传。",
    "This is a binary workbook (.xlsb). Save it as .xlsx in Excel, then upload.",
)
_OPEN_DOCUMENT = Text(
    "这是 OpenDocument 文件。另存为 .xlsx，再上传。", "This is an OpenDocument file. Save it as .xlsx, then upload."
)
_ARCHIVE = Text(
    "这是压缩包，不是工作簿。解压后上传里面的 .xlsx、.xls 或 .csv。",
    "This is an archive, not a workbook. Unpack it and upload the .xlsx, .xls or .csv in it.",
)


@dataclass(frozen=True)
class Package:
    """The worksheets of a workbook by name, each with the marks found in its XML."""

    sheets: Mapping[str, SheetMarks]


def inspect(data: bytes, limits: Limits) -> Package:
    """Inspect the package of a workbook; raises LedgerFileError for anything that must not be parsed."""
    try:
        return _inspect(data, limits)
    except LedgerFileError:
        raise
    except Exception as error:  # a broken archive raises many kinds of exception
        raise corrupt() from error


def _inspect(data: bytes, limits: Limits) -> Package:
    _one_directory(data)
    parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    names = [part.filename.lower() for part in parts]
    _refuse_kind(names)
    if len(parts) > limits.max_parts:
        raise _too_many_parts(len(parts), limits)
    if len(set(names)) < len(names):
        raise corrupt()
    _refuse_size(sum(part.file_size for part in parts), len(data), limits, _STATED)
    contents: dict[str, bytes] = {}
    marks: dict[str, SheetMarks] = {}
    total = 0
    for part in parts:
        scan = SheetScan(part.filename, limits)
        content = bytearray() if part.filename in _KEPT else None
        for chunk in _unpacked(data, part):
            total += len(chunk)
            _refuse_size(total, len(data), limits, _FOUND)
            scan.feed(chunk)
            if content is not None and len(content) < _KEPT_SIZE:
                content += chunk
        marks[part.filename] = scan.finish()
        if content is not None:
            contents[part.filename] = bytes(content)
    if b"macroEnabled" in contents["[Content_Types].xml"]:
        raise has_macros()
    return Package(MappingProxyType(_sheets(contents, marks)))


def _one_directory(data: bytes) -> None:
    """Refuse an archive that two programs could read differently: its directory must end right at the end record."""
    place = data.rfind(b"PK\x05\x06")
    if place < 0:
        raise corrupt()
    *_, size, offset, comment = _END.unpack_from(data, place)
    large = data[place - 20 : place - 16] == b"PK\x06\x07"
    if place + _END.size + comment != len(data) or (not large and offset + size != place):
        raise corrupt()


def _refuse_kind(names: list[str]) -> None:
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise has_macros()
    if WORKBOOK in names and "[content_types].xml" in names and RELATIONS in names:
        return
    if "xl/workbook.bin" in names:
        raise LedgerFileError("wrong-type", _BINARY_WORKBOOK)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise LedgerFileError("wrong-type", DOCUMENT)
    if "mimetype" in names and "content.xml" in names:
        raise LedgerFileError("wrong-type", _OPEN_DOCUMENT)
    raise LedgerFileError("not-a-workbook", _ARCHIVE)


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


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's content, in chunks, as really unpacked; refuses a part whose size or checksum is not as declared."""
    if part.flag_bits & 0x41:
        raise encrypted()
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise corrupt()
    signature, *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, part.header_offset)
    start = part.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    end = start + part.compress_size
    if signature != b"PK\x03\x04" or end > len(data):
        raise corrupt()
    size = check = 0
    packed = memoryview(data)[start:end]
    for chunk in _inflated(packed) if part.compress_type == zipfile.ZIP_DEFLATED else _sliced(packed):
        size += len(chunk)
        check = zlib.crc32(chunk, check)
        yield chunk
    if size != part.file_size or check != part.CRC:
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


def _sheets(contents: Mapping[str, bytes], marks: Mapping[str, SheetMarks]) -> dict[str, SheetMarks]:
    """The marks of each sheet by name; the order of the parts need not be that of the sheets."""
    # Parts with a DTD were refused above, so there are no entities to expand.
    relations = ElementTree.fromstring(contents[RELATIONS])  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    sheets: dict[str, SheetMarks] = {}
    for element in ElementTree.fromstring(contents[WORKBOOK]).iter():  # noqa: S314
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        target = targets[element.get(_RELATION) or element.get(_STRICT_RELATION)]
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        sheets[element.attrib["name"]] = marks[path]
    return sheets
