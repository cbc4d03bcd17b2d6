"""Checks a workbook that is a ZIP (.xlsx, .xlsb, .ods, and WPS's .et of that kind), and writes it anew for the parser.

Which parts are the workbook, its sheets, texts and formats is said by the relationships between the parts, not by
their names, which differ from program to program. Only these parts are looked at and handed on; pictures and foreign
parts are never unpacked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from app.ledger.reader import binary_workbook, open_document
from app.ledger.reader.archive import Archive, Packed, archive, plain_name, stored
from app.ledger.reader.checked import CheckedFile
from app.ledger.reader.errors import (
    ACCEPTED_KINDS,
    DOCUMENT,
    LedgerFileError,
    Limits,
    corrupt,
    has_macros,
)
from app.ledger.reader.sheet_scan import SheetMarks, SheetScan
from app.ledger.reader.text_volume import SharedTextSizes, TextVolume
from sampling.text import Text

_ROOT_RELATIONS, _CONTENT_TYPES = "_rels/.rels", "[content_types].xml"
_USUAL_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")
_SHORT_PART = 4 << 20
_MACRO_SHEETS = frozenset(("xlmacrosheet", "xlintlmacrosheet"))
_SHEET_KINDS = frozenset(("worksheet", "chartsheet", "dialogsheet"))
_STATES = frozenset(("hidden", "veryHidden"))
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_NOT_A_WORKBOOK = Text(
    f"这是压缩包，不是工作簿。解压后上传里面的 {ACCEPTED_KINDS.zh}。",
    f"This is an archive, not a workbook. Unpack it and upload the {ACCEPTED_KINDS.en} in it.",
)


@dataclass(frozen=True)
class Relation:
    """A relationship of a part: the last word of its type, such as 「worksheet」, and the part it leads to."""

    kind: str
    target: str


def inspect(data: bytes, limits: Limits) -> CheckedFile:
    """The workbook as the parser may have it; raises LedgerFileError for anything that must not be parsed."""
    try:
        return _inspect(Archive(data, limits), limits)
    except LedgerFileError:
        raise
    except Exception as error:  # a broken archive raises many kinds of exception
        raise corrupt() from error


def _inspect(parts: Archive, limits: Limits) -> CheckedFile:
    names = parts.parts
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise has_macros()
    if "mimetype" in names and "content.xml" in names:
        return open_document.inspect(parts, limits)
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise LedgerFileError("wrong-type", DOCUMENT)
    if _CONTENT_TYPES in names and b"macroEnabled" in parts.content(_CONTENT_TYPES, _SHORT_PART):
        raise has_macros()
    workbook = _workbook_part(parts, limits)
    if workbook is None:
        raise LedgerFileError("not-a-workbook", _NOT_A_WORKBOOK)
    relations = _relations(parts, workbook, limits)
    if any(relation.kind in _MACRO_SHEETS for relation in relations.values()):
        raise has_macros()
    if workbook.endswith(".bin"):
        return binary_workbook.inspect(parts, workbook, relations, limits)
    return _Workbook(parts, workbook, relations, limits).checked()


def _workbook_part(parts: Archive, limits: Limits) -> str | None:
    """The part that is the workbook, as the package says, or by its usual name."""
    if _ROOT_RELATIONS in parts.parts:
        for relation in _relations(parts, "", limits).values():
            if relation.kind == "officedocument" and relation.target in parts.parts:
                return relation.target
    return next((name for name in _USUAL_WORKBOOKS if name in parts.parts), None)


def _relations(parts: Archive, part: str, limits: Limits) -> Mapping[str, Relation]:
    """The relationships of a part by their identifiers; of the package itself for 「」."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in parts.parts:
        return {}
    found: dict[str, Relation] = {}
    for element in _tree(parts, path, limits):
        kind = element.get("Type", "").rpartition("/")[2].lower()
        target = plain_name(
            posixpath.normpath(posixpath.join("/", folder, element.get("Target", "").replace("\\", "/")))
        )
        if element.get("TargetMode") != "External":
            found[element.get("Id", "")] = Relation(kind, target)
    return found


def _tree(parts: Archive, name: str, limits: Limits) -> ElementTree.Element:
    content = parts.content(name, _SHORT_PART)
    scan = SheetScan(name, limits, sheet=False)
    scan.feed(content)
    scan.finish()
    # Parts with a DTD are refused by the scan, so there are no entities to expand.
    return ElementTree.fromstring(content)  # noqa: S314


def _local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


class _Workbook:
    """An .xlsx: scans the parts that the parser reads, and writes them under the names it expects."""

    def __init__(self, parts: Archive, workbook: str, relations: Mapping[str, Relation], limits: Limits) -> None:
        self.parts, self.relations, self.limits = parts, relations, limits
        self.folder = posixpath.dirname(workbook)
        self.tree = _tree(parts, workbook, limits)
        self.written: list[tuple[str, Packed]] = []
        self.listed: list[str] = []
        self.links: list[str] = []
        self.sizes = SharedTextSizes()

    def checked(self) -> CheckedFile:
        """The new workbook, with the marks of its sheets."""
        self._texts_and_formats()
        elements = [element for element in self.tree.iter() if _local(element.tag) == "sheet"]
        marks = [self._sheet(number, element) for number, element in enumerate(elements, 1)]
        names = [element.get("name", "") for element in elements]
        if len(set(names)) < len(names) or len({self._relation(element).target for element in elements}) < len(names):
            raise corrupt()
        return CheckedFile(archive([*self._frame(), *self.written]), marks)

    def _texts_and_formats(self) -> None:
        for kind, written in (("sharedstrings", "sharedStrings.xml"), ("styles", "styles.xml")):
            known = [relation.target for relation in self.relations.values() if relation.kind == kind]
            name = next(iter(known), posixpath.join(self.folder, written.lower()))
            if name not in self.parts.parts:
                continue
            scan = SheetScan(name, self.limits, sheet=False)
            for chunk in self.parts.chunks(name):
                scan.feed(chunk)
                if kind == "sharedstrings":
                    self.sizes.feed(chunk)
            scan.finish()
            self.written.append((f"xl/{written}", self.parts.packed(name)))

    def _relation(self, element: ElementTree.Element) -> Relation:
        identifier = next(value for key, value in element.attrib.items() if _local(key) == "id" and "}" in key)
        return self.relations[identifier]

    def _sheet(self, number: int, element: ElementTree.Element) -> SheetMarks:
        relation = self._relation(element)
        if relation.kind not in _SHEET_KINDS:
            raise corrupt()
        state = element.get("state", "")
        shown = f' state="{state}"' if state in _STATES else ""
        name = quoteattr(element.get("name", ""), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
        self.listed.append(f'<sheet name={name} sheetId="{number}"{shown} r:id="rId{number}"/>')
        target = f"worksheets/sheet{number}.xml"
        self.links.append(f'<Relationship Id="rId{number}" Type="{_NAMESPACE}/{relation.kind}" Target="{target}"/>')
        marks = self._scanned(relation.target) if relation.kind == "worksheet" else SheetMarks()
        if relation.kind == "worksheet" and marks.beyond is None:
            self.written.append((f"xl/{target}", self.parts.packed(relation.target)))
        return marks

    def _scanned(self, name: str) -> SheetMarks:
        scan = SheetScan(name, self.limits, sheet=True)
        volume = TextVolume(self.sizes, self.limits)
        for chunk in self.parts.chunks(name):
            scan.feed(chunk)
            volume.feed(chunk)
        marks = scan.finish()
        if volume.doubtful and marks.beyond is None:
            volume.measure(self.parts.content(name, self.limits.max_unpacked))
        return marks

    def _frame(self) -> Sequence[tuple[str, Packed]]:
        """The parts that hold the others together."""
        since_1904 = any(
            _local(element.tag) == "workbookPr" and element.get("date1904") in ("1", "true")
            for element in self.tree.iter()
        )
        workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_NAMESPACE}"><workbookPr date1904="{since_1904:d}"/>'
        workbook += f"<sheets>{''.join(self.listed)}</sheets></workbook>"
        root = f'<Relationship Id="rId1" Type="{_NAMESPACE}/officeDocument" Target="xl/workbook.xml"/>'
        return (
            (_ROOT_RELATIONS, stored(_relationships(root))),
            ("xl/_rels/workbook.xml.rels", stored(_relationships("".join(self.links)))),
            ("xl/workbook.xml", stored(workbook.encode())),
        )


def _relationships(links: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>'.encode()
