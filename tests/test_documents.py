"""What the documents and the code say of each other exists: links, headings, sections cited, tests and paths named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import config

ROOT = config.ROOT
CODE = ("app", "benchmarks", "migrations", "sampling", "surveys", "tests")
SUFFIXES = {".py", ".js", ".css", ".html", ".mako", ".json"}
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CITED = re.compile(r"\bdocs/([\w/-]+\.\w+)(?:, (?:sections? |records? )?(\d+(?:\.\d+)*))?")
NAMED_TEST = re.compile(r"(?<![\w/])test_\w+(?:\.py)?")
PATH = re.compile(rf"(?:{'|'.join(CODE)}|docs|\.ci)/[\w./-]*")
WIDTH = 120


@cache
def prose(document: Path) -> str:
    """The text of a document without its blocks of code."""
    return FENCED.sub("", document.read_text("utf-8"))


def anchor(heading: str) -> str:
    """The name by which a link reaches a heading, as GitHub makes it.

    >>> anchor("4.1 Classes and `formulas`")
    '41-classes-and-formulas'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(document: Path) -> list[str]:
    """The headings of a document, in its order."""
    return HEADING.findall(prose(document))


def broken_links(document: Path) -> list[str]:
    """The relative links of a document that lead to no file, or to no heading in it."""
    return [link for link in LINK.findall(SPAN.sub("", prose(document))) if not leads_somewhere(document, link)]


def leads_somewhere(document: Path, link: str) -> bool:
    """Whether a link is one to another site, or there are its file and its heading."""
    if re.match(r"https?://|mailto:", link):
        return True
    path, _, fragment = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not fragment or fragment in map(anchor, headings(target)))


def citation_holds(path: str, number: str) -> bool:
    """Whether there is that file under docs/, and in it a heading that begins with that number."""
    cited = ROOT / "docs" / path
    if not cited.is_file():
        return False
    return not number or any(re.match(rf"{re.escape(number)}\.? ", heading) for heading in headings(cited))


def texts_of_the_code() -> Iterator[tuple[Path, str]]:
    """Every file in which somebody could cite a document."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and path != Path(__file__):
                yield path, path.read_text("utf-8")
    for name in ("Makefile", "pyproject.toml", "config.py", "wsgi.py", ".ci/run"):
        yield ROOT / name, (ROOT / name).read_text("utf-8")


@cache
def names_of_tests() -> frozenset[str]:
    """The names of all test functions; a test module is named by its path, for several share a name."""
    texts = [path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    return frozenset(name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_to_a_file_and_a_heading(name: str) -> None:
    assert broken_links(ROOT / name) == []


def test_a_link_to_no_file_or_to_no_heading_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    (tmp_path / "other.md").write_text("# Other\n\n## 1. A part\n", "utf-8")
    page.write_text(
        "# Page\n\n[a](other.md#1-a-part) [b](#page) [c](https://example.org/x.md) `[d](gone.md)`\n\n"
        "[e](gone.md) [f](other.md#2-a-part) [![g](gone.png)](#nowhere)\n",
        "utf-8",
    )
    assert broken_links(page) == ["gone.md", "other.md#2-a-part", "gone.png", "#nowhere"]


def test_every_document_and_section_the_code_cites_exists() -> None:
    cited = [(path, match) for path, text in texts_of_the_code() for match in CITED.finditer(text)]
    missing = [
        f"{path.relative_to(ROOT)}: {match[0]}" for path, match in cited if not citation_holds(match[1], match[2] or "")
    ]
    assert (missing, len(cited) > 20) == ([], True)


def test_a_citation_of_no_document_or_of_no_section_is_found() -> None:
    assert citation_holds("certificate.md", "4")
    assert citation_holds("domain.md", "6.2")
    assert not citation_holds("certificate.md", "40")
    assert not citation_holds("nothing.md", "")


def test_the_code_cites_no_document_outside_the_repository() -> None:
    named = re.compile(r"(?:[\w.-]+/)*[\w-]+\.md\b")
    known = {path.name for path in DOCUMENTS}
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in texts_of_the_code()
        for name in named.findall(text)
        if Path(name).name not in known
    ]
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_every_test_a_document_names_exists(name: str) -> None:
    named = set(NAMED_TEST.findall((ROOT / name).read_text("utf-8")))
    assert sorted(named - names_of_tests()) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_path_a_document_names_exists(name: str) -> None:
    spans = SPAN.findall(prose(ROOT / name))
    named = {span for span in spans if PATH.fullmatch(span)}
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


@pytest.mark.parametrize("name", NAMES)
def test_prose_is_wrapped(name: str) -> None:
    lines = prose(ROOT / name).split("\n")
    assert [line for line in lines if len(line) > WIDTH and not line.startswith(("|", "    "))] == []


def test_every_decision_has_a_number_of_its_own_and_a_date() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text("utf-8")
    records = re.findall(r"^### (\d+)\. .+\n\n(\d{4}-\d\d-\d\d)\n", text, re.MULTILINE)
    assert sorted(int(number) for number, _date in records) == list(range(1, text.count("\n### ") + 1))
