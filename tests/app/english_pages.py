"""An English visitor opens every page there is, and what Chinese is left on it that is nobody's data."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import sqlalchemy as sa
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from app.models import Base
from app.privacy.masking import mask_name
from tests.visitor import Page, Visitor

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]+")
# Attributes of an element that are read, aloud or on the screen.
READ = ("title", "alt", "aria-label", "placeholder", "data-label", "data-confirm")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READABLE = ("text/html", "text/csv", "text/plain", WORKBOOK)
UNREAD = ("script", "style", "template")
# Columns that hold sentences of this application, not what people typed or named: what the page says in their place
# is to be English.
OWN_SENTENCES = {"ledger_finding.message"}
# No pages of the evaluation: Flask-Security's own form, to which nothing leads; examples for
# developers; the frame as a file without a word, which is streamed; documents as they were published; pictures; and
# the page to which a one-time link leads, opened by way of the link.
NOT_OPENED = (
    "security.verify", "public.styleguide", "draws.frame", "documents.download", "handbook.image", "account_links.use",
)  # fmt: skip


@dataclass
class Crawl:
    """What was opened, and the Chinese found on it: page → phrases."""

    opened: dict[str, set[str]] = field(default_factory=dict)
    left: dict[str, set[str]] = field(default_factory=dict)


def data_in(session: Session) -> list[str]:
    """Every word of the database that has Chinese in it, the longest first: names, places, notes, what was typed."""
    words: set[str] = set()
    for table in Base.metadata.sorted_tables:
        if table.name == "document":
            continue
        for row in session.execute(sa.select(table)).mappings():
            for column, value in row.items():
                if f"{table.name}.{column}" not in OWN_SENTENCES:
                    words.update(_strings(value))
    for body in session.scalars(sa.select(Base.metadata.tables["document"].c.body)):
        words.update(_only_chinese(body))
    words = {word for word in words if CHINESE.search(word)}
    words |= {mask_name(word) for word in words}
    return sorted(words, key=len, reverse=True)


def _strings(value: Any) -> Iterator[str]:
    """The words of a value, also those within JSON and the cells of a ledger; a text is shown line by line."""
    if isinstance(value, str):
        yield " ".join(value.split())
        yield from (" ".join(line.split()) for line in value.splitlines())
    elif isinstance(value, bytes):
        cells = value.decode("utf-8", "replace")
        yield from filter(None, (*re.split("[,\\n]", cells), *re.split("[,、\\n]", cells)))
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _strings(entry)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _strings(entry)


def _only_chinese(value: Any) -> Iterator[str]:
    """The texts of a document that have no English beside them."""
    if isinstance(value, dict):
        if "zh" in value:
            if not value.get("en"):
                yield from _strings(value["zh"])
            return
        for key, entry in value.items():
            if not (isinstance(entry, str) and value.get(f"{key}_en")):
                yield from _only_chinese(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _only_chinese(entry)
    elif isinstance(value, str):
        yield from _strings(value)


def words_on(page: Page) -> Iterator[str]:
    """Everything a visitor reads or is read, piece by piece, without what is marked as Chinese."""
    if page.response.mimetype == "text/html":
        yield from _read(page.tree)
    elif page.response.mimetype == WORKBOOK:
        yield from _cells(page.response.get_data())
    else:
        yield page.response.get_data(as_text=True)


def _cells(data: bytes) -> Iterator[str]:
    """The names of a workbook's sheets and its cells."""
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in workbook.sheet_names:
        yield name
        for row in workbook.get_sheet_by_name(name).to_python():
            yield from map(str, row)


def _read(element: Element) -> Iterator[str]:
    if element.tag in UNREAD or (element.get("lang") or "en").startswith(("zh", "yue")):
        return
    yield from filter(None, (element.get(name) for name in READ))
    if element.tag == "input" and element.get("type") in ("submit", "button", "reset"):
        yield element.get("value") or ""
    yield element.text or ""
    for child in element:
        yield from _read(child)
        yield child.tail or ""


def chinese_left(page: Page, data: list[str]) -> set[str]:
    """Phrases on a page that are Chinese and no data."""
    left = set()
    for piece in words_on(page):
        text = " ".join(piece.split())
        if not CHINESE.search(text):
            continue
        rest = text
        for word in data:
            rest = rest.replace(word, "")
        if CHINESE.search(rest):
            left.add(text[:160])
    return left


def addresses(app: Flask, values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Rule → addresses: every page that can be opened with these values for its parts."""
    found: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith("static") or rule.endpoint in NOT_OPENED or "GET" not in (rule.methods or ()):
            continue
        parts = sorted(rule.arguments)
        combinations = product(*(values.get(part, []) for part in parts))
        found[rule.rule] = [_filled(rule.rule, dict(zip(parts, chosen, strict=True))) for chosen in combinations]
    return found


def _filled(rule: str, parts: dict[str, str]) -> str:
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda match: quote(parts[match[1]]), rule)


def crawl(visitor: Visitor, pages: dict[str, list[str]], data: list[str], found: Crawl) -> None:
    """Open every page that this visitor may open."""
    for rule, paths in pages.items():
        for path in paths:
            page = visitor.get(path)
            if page.status != 200 or page.response.mimetype not in READABLE:
                continue
            found.opened.setdefault(rule, set()).add(path)
            if left := chinese_left(page, data):
                found.left.setdefault(rule, set()).update(left)


def in_english(visitor: Visitor) -> None:
    """Press the language switch of the first page."""
    form = next(form for form in visitor.get("/").forms() if "language" in form.action)
    form.submit(("language", "en"))
