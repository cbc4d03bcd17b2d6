"""Makes small .ods and .xlsb files, and .xlsx as programs other than Excel write them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.app.ledger.reader.corpus import HEADER, ROW, rows

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """A ZIP of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def open_document(lines: Sequence[Sequence[str]] = (HEADER, ROW), *, more: str = "", **parts: str) -> bytes:
    """An .ods with one sheet of these lines; `more` are further rows in XML, `parts` further parts."""
    cells = (
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(t)}</text:p></table:table-cell>'
            for t in line
        )
        for line in lines
    )
    body = "".join(f"<table:table-row>{line}</table:table-row>" for line in cells)
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text", "style"))
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="台账">{body}{more}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": content, **parts})


def binary_record(kind: int, content: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    head = bytes((kind,)) if kind < 0x80 else bytes((kind & 0x7F | 0x80, kind >> 7))
    length, size = len(content), b""
    while length > 0x7F:
        size += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return head + size + bytes((length,)) + content


def wide(text: str) -> bytes:
    """A text of an .xlsb."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook(lines: Sequence[Sequence[str]] = (HEADER, ROW), *, hidden: int = -1, **parts: bytes) -> bytes:
    """An .xlsb with one sheet of these lines, its texts shared; `hidden` is a hidden row, from 0."""
    texts = sorted({text for line in lines for text in line})
    sheet = binary_record(0x81) + binary_record(0x91)
    for row, line in enumerate(lines):
        flags = 0x10 if row == hidden else 0
        sheet += binary_record(0, struct.pack("<IIHBB5x", row, 0, 300, 0, flags))
        for column, text in enumerate(line):
            sheet += binary_record(7, struct.pack("<III", column, 0, texts.index(text)))
    sheet += binary_record(0x92) + binary_record(0x82)
    strings = binary_record(0x9F, struct.pack("<II", len(texts), len(texts)))
    strings += b"".join(binary_record(0x13, b"\x00" + wide(text)) for text in texts) + binary_record(0xA0)
    listed = binary_record(0x9C, struct.pack("<II", 0, 1) + wide("rId1") + wide("台账"))
    book = binary_record(0x83) + binary_record(0x8F) + listed + binary_record(0x90) + binary_record(0x84)
    links = _links({"rId1": ("worksheet", "worksheets/sheet1.bin"), "rId2": ("sharedStrings", "sharedStrings.bin")})
    known: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _links({"rId1": ("officeDocument", "xl/workbook.bin")}),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": links,
        "xl/sharedStrings.bin": strings,
        "xl/worksheets/sheet1.bin": sheet,
    }
    return zipped(known | parts)


def _links(links: Mapping[str, tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{_TYPES}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    return f"<Relationships>{inside}</Relationships>"


def changed(change: Callable[[dict[str, bytes]], None], data: bytes | None = None) -> bytes:
    """A workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data or rows(HEADER, ROW))) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    return zipped(parts)


def _rename(parts: dict[str, bytes], old: str, new: str) -> None:
    parts[new] = parts.pop(old)
    for name in list(parts):
        if name.endswith((".rels", "[Content_Types].xml")):
            parts[name] = parts[name].replace(old.removeprefix("xl/").encode(), new.removeprefix("xl/").encode())


def _other_names(parts: dict[str, bytes]) -> None:
    _rename(parts, "xl/worksheets/sheet1.xml", "xl/pages/Page.xml")
    _rename(parts, "xl/sharedStrings.xml", "xl/words.xml")
    _rename(parts, "xl/styles.xml", "xl/looks.xml")
    parts["xl/_rels/book.xml.rels"] = parts.pop("xl/_rels/workbook.xml.rels")
    _rename(parts, "xl/workbook.xml", "xl/book.xml")


def _absolute_targets(parts: dict[str, bytes]) -> None:
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = re.sub(rb'Target="', b'Target="/xl/', parts[name])


def _back_slashes(parts: dict[str, bytes]) -> None:
    for name in list(parts):
        parts[name.replace("/", "\\")] = parts.pop(name)


def _prefixes(parts: dict[str, bytes]) -> None:
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        content = re.sub(rb"<(/?)(?=[A-Za-z])", rb"<\1x:", parts[name])
        parts[name] = content.replace(b' xmlns="', b' xmlns:x="')


def _strict(parts: dict[str, bytes]) -> None:
    for name in parts:
        content = parts[name].replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        parts[name] = content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )


def _inline_texts(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet1.xml"
    texts = re.findall(rb"<t[^>]*>([^<]*)</t>", parts.pop("xl/sharedStrings.xml"))
    parts[name] = re.sub(
        rb't="s"><v>([0-9]+)</v>',
        lambda match: b't="inlineStr"><is><t>' + texts[int(match[1])] + b"</t></is>",
        parts[name],
    )


def _foreign_part(parts: dict[str, bytes]) -> None:
    parts["customXml/item1.xml"] = '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16")


def _no_places(parts: dict[str, bytes]) -> None:
    name = "xl/worksheets/sheet1.xml"
    parts[name] = re.sub(rb'<(c|row) r="[A-Z0-9]+"', rb"<\1", parts[name])


# What another program may do to an .xlsx that Excel still reads.
DIALECTS: Mapping[str, Callable[[dict[str, bytes]], None]] = {
    "other part names": _other_names,
    "absolute targets": _absolute_targets,
    "back-slashes": _back_slashes,
    "prefixes": _prefixes,
    "strict": _strict,
    "inline texts": _inline_texts,
    "a foreign part in UTF-16": _foreign_part,
    "cells without a place": _no_places,
}
