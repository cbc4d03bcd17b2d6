"""Reading the handbook: its chapters in order, and a chapter as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from config import ROOT

FOLDER = ROOT / "docs" / "handbook"
IMAGES = FOLDER / "images"
NUMBERED = re.compile(r"\d+-(?P<name>[a-z0-9-]+)")
# The heading of a page is the handbook's own: those of a chapter stand one level below it.
DEEPER = {f"h{level}": f"h{level + 1}" for level in range(1, 6)}


@dataclass(frozen=True)
class Chapter:
    """A chapter: its address (name of the file without ending), its name without number, its title, its file."""

    address: str
    name: str
    title: str
    file: Path


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters, in the order of their numbers; read once for the life of the process."""
    found = ((file, NUMBERED.fullmatch(file.stem)) for file in sorted(FOLDER.glob("*.md")))
    return tuple(Chapter(file.stem, match["name"], _title(file), file) for file, match in found if match)


def _title(file: Path) -> str:
    first = file.read_text("utf-8").lstrip().partition("\n")[0]
    return first.lstrip("# ").strip()


def chapter_at(address: str) -> Chapter | None:
    """The chapter with this address; None where there is none."""
    return next((chapter for chapter in chapters() if chapter.address == address), None)


def chapter_named(name: str) -> Chapter | None:
    """The chapter of this name, else the first; None where no handbook is there."""
    return next((chapter for chapter in chapters() if chapter.name == name), next(iter(chapters()), None))


@cache
def chapter_html(chapter: Chapter) -> Markup:
    """A chapter as HTML: what is HTML in the file is shown as text, links run no scripts (markdown-it's own rules)."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("softbreak", _softbreak)
    tokens = parser.parse(chapter.file.read_text("utf-8"))
    _mark_cells(tokens)
    for token in tokens:
        _adapt(token)
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - made from Markdown without HTML


def _adapt(token: Token) -> None:
    """Fit a token to a page: headings one level deeper, columns with a scope, links to other chapters."""
    token.tag = DEEPER.get(token.tag, token.tag)
    if token.tag == "th" and token.nesting == 1:
        token.attrSet("scope", "col")
    href = str(token.attrGet("href") or "")
    if token.type == "link_open" and "://" not in href:
        token.attrSet("href", re.sub(r"\.md(?=#|$)", "", href))
    for child in token.children or ():
        _adapt(child)


def _mark_cells(tokens: Sequence[Token]) -> None:
    """What a table needs on a narrow screen: the first cell leads its row, each other one is told its column."""
    headings, place = list[str](), 0
    for token, after in pairwise(tokens):
        if token.type == "table_open":
            headings = []
        elif token.type == "th_open":
            headings.append(after.content)
        elif token.type == "tr_open":
            place = 0
        elif token.type == "td_open":
            token.attrSet("class", "wide" if place else "lead")
            token.attrSet("data-label", headings[place])
            place += 1


def _softbreak(_renderer: Any, _tokens: Sequence[Token], _place: int, _options: Any, _env: Any) -> str:
    """Nothing: between two Chinese words a new line in the file would be seen as a space."""
    return ""


def _table_open(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    """A table with the heading above it as its caption, read aloud only."""
    above = (tokens[n + 1].content for n in range(place, -1, -1) if tokens[n].type == "heading_open")
    return f'<table class="table"><caption class="visually-hidden">{escape(next(above, ""))}</caption>\n'
