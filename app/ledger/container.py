"""Looks into an .xlsx before any parser does: size when unpacked, macros, DTDs, formulas, merged cells.

An .xlsx is a ZIP of XML. Declared sizes can lie, so the parts are unpacked in a stream and counted.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from app.ledger.errors import LedgerFileError, Limits

CHUNK = 1 << 18
MOST_PARTS = 2_000
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FORMULA = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]+[0-9]+)\"[^>]*>\s*<f[\s/>]")
_MERGE = re.compile(rb"<mergeCell\b[^>]*?ref=\"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)\"")


@dataclass(frozen=True)
class SheetMarks:
    """What stands in one worksheet that a reader of values would not see."""

    formula: str | None
    merges: tuple[tuple[str, int, int], ...]


def inspect(data: bytes, limits: Limits) -> dict[str, SheetMarks]:
    """Marks of each worksheet part, by its path; raises LedgerFileError for anything unsafe."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise LedgerFileError("corrupt", "文件已损坏，打不开。请重新另存为 .xlsx 再上传。") from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise LedgerFileError("not-a-workbook", "这是压缩包，不是 Excel 工作簿。")
    if len(parts) > MOST_PARTS:
        raise LedgerFileError("bomb", f"工作簿里有 {len(parts)} 个部件，超过 {MOST_PARTS} 个。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise LedgerFileError("macro", "工作簿带有宏。请另存为不带宏的 .xlsx 再上传。")
    marks: dict[str, SheetMarks] = {}
    total = 0
    for part in parts:
        scan = _Scan(part.filename)
        total += _unpack(archive, part, scan, limits, total, len(data))
        if SHEET.fullmatch(part.filename):
            marks[part.filename] = SheetMarks(scan.formula, tuple(scan.merges))
    return marks


class _Scan:
    """Looks for marks in a stream of chunks, keeping a tail so that nothing is missed at a border."""

    def __init__(self, name: str) -> None:
        self.xml = name.endswith((".xml", ".rels"))
        self.sheet = bool(SHEET.fullmatch(name))
        self.formula: str | None = None
        self.merges: list[tuple[str, int, int]] = []
        self.tail = b""

    def feed(self, chunk: bytes) -> None:
        text = self.tail + chunk
        if self.xml and (b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"<\x00!\x00D\x00" in text):
            raise LedgerFileError("dtd", "工作簿里含有外部定义（DTD），不能读取。")
        if self.sheet:
            if self.formula is None and (found := _FORMULA.search(text)):
                self.formula = found.group(1).decode()
            for first, top, last, bottom in _MERGE.findall(text):
                entry = (f"{first.decode()}{int(top)}:{last.decode()}{int(bottom)}", int(top), int(bottom))
                if entry not in self.merges[-8:]:
                    self.merges.append(entry)
        self.tail = text[-512:]


def _unpack(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, scan: _Scan, limits: Limits, before: int, packed: int
) -> int:
    size = 0
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                total = before + size
                if total > limits.max_unpacked or (total > 1 << 24 and total > packed * limits.max_ratio):
                    raise LedgerFileError("bomb", "文件解压后过大，不像名册。没有读取。")
                scan.feed(chunk)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise LedgerFileError("corrupt", "文件已损坏或加了密码，打不开。请重新另存为 .xlsx 再上传。") from error
    return size
