"""The handbook: its chapters as pages, and which of them a page's 帮助 opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.handbook.labels import CHAPTER_OF, chapter_name_of
from app.handbook.queries import Chapter, chapter_html, chapter_named, chapters
from tests.visitor import Visitor


def test_anybody_reads_the_handbook_and_every_page_links_to_it(visitor: Visitor) -> None:
    first = chapters()[0]
    page = visitor.get("/handbook")
    assert page.path == f"/handbook/{first.address}"
    assert first.title in page.text
    accounts = chapter_named("accounts")
    assert accounts
    assert f"/handbook/{accounts.address}" in visitor.get("/login").links()
    assert f"/handbook/{first.address}" in visitor.get("/").links()


def test_every_chapter_opens(visitor: Visitor) -> None:
    assert chapters()
    for chapter in chapters():
        assert visitor.get(f"/handbook/{chapter.address}").status == 200


@pytest.mark.parametrize(
    "path", ["/handbook/99-none", "/handbook/images/none.png", "/handbook/images/../01-first-steps.md", "/handbook/.."]
)
def test_nothing_else_is_served_from_its_folder(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status == 404


def test_every_name_in_the_table_is_that_of_a_page_or_a_blueprint(app: Flask) -> None:
    endpoints = set(app.view_functions)
    blueprints = {f"{name}." for name in app.blueprints}
    assert {name for name in CHAPTER_OF if name not in endpoints | blueprints} == set()


def test_a_page_without_a_written_chapter_gets_the_first() -> None:
    assert chapter_name_of("ledgers.frame") == "frame"
    assert chapter_name_of("ledgers.findings") == "ledgers"
    assert chapter_name_of("public.home") == ""
    assert chapter_named("no such chapter") == chapters()[0]


def test_a_chapter_may_have_tables_and_links_to_others_but_no_html_and_no_scripts(tmp_path: Path) -> None:
    file = tmp_path / "01-first-steps.md"
    file.write_text(
        "# 标题\n\n<script>alert(1)</script> [坏](javascript:alert(1)) [下一章](02-setting-up.md#z) "
        "![图](images/a.png)\n\n"
        "一行，\n又一行。\n\n| 列 | 另一列 |\n|---|---|\n| 值 | 另一值 |\n",
        "utf-8",
    )
    html = chapter_html(Chapter("01-first-steps", "first-steps", "标题", file))
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert 'href="02-setting-up#z"' in html
    assert 'src="images/a.png"' in html
    assert '<caption class="visually-hidden">标题</caption>' in html
    assert '<th scope="col">' in html
    assert '<td class="lead" data-label="列">值' in html
    assert '<td class="wide" data-label="另一列">另一值' in html
    assert "一行，又一行。" in html
    assert html.startswith("<h2>标题</h2>")
