"""What the chapters of the handbook say is so: words of the pages, chapters, pictures."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

import config
from app.handbook.labels import CHAPTER_OF
from app.handbook.queries import IMAGES, Chapter, chapters

CATALOGUE = config.ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
QUOTED = re.compile(r"「([^」]+)」")
PICTURE = re.compile(r"!\[([^\]]*)\]\(images/([\w-]+\.png)\)")
LARGEST = 150_000  # bytes

every_chapter = pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.name)


@pytest.fixture(scope="module")
def words_of_the_pages() -> list[str]:
    """Every text of the pages, in Chinese."""
    with CATALOGUE.open("rb") as file:
        return [str(message.id) for message in read_po(file) if message.id]


def not_on_a_page(text: str, words: list[str]) -> list[str]:
    """What a chapter quotes that no page says, whole or as part of a text."""
    quoted = dict.fromkeys(QUOTED.findall(text.replace("\n", "")))
    return [quote for quote in quoted if not any(quote in word for word in words)]


@every_chapter
def test_every_word_a_chapter_quotes_is_on_a_page(chapter: Chapter, words_of_the_pages: list[str]) -> None:
    text = chapter.file.read_text("utf-8")
    assert QUOTED.search(text)
    assert not_on_a_page(text, words_of_the_pages) == []


def test_a_word_that_no_page_says_is_found(words_of_the_pages: list[str]) -> None:
    assert not_on_a_page("按「保存评分」，再按「没有这个按钮」。", words_of_the_pages) == ["没有这个按钮"]


def test_every_chapter_that_explains_a_page_is_written() -> None:
    assert set(CHAPTER_OF.values()) - {chapter.name for chapter in chapters()} == set()


def test_chapters_are_numbered_without_a_gap() -> None:
    assert [int(chapter.address[:2]) for chapter in chapters()] == list(range(1, len(chapters()) + 1))


def test_every_picture_is_shown_once_and_described_and_small() -> None:
    shown = [match for chapter in chapters() for match in PICTURE.findall(chapter.file.read_text("utf-8"))]
    assert all(description for description, _name in shown)
    assert sorted(name for _description, name in shown) == sorted(file.name for file in IMAGES.glob("*.png"))
    assert [file.name for file in IMAGES.glob("*.png") if file.stat().st_size > LARGEST] == []
