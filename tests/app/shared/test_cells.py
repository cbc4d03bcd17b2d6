"""The cells of tables, and how the template renders them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask, get_template_attribute
from flask_babel import lazy_gettext

from app.shared.cells import Badge, Cell, Code, Link, Parts, Span, Strong, parts, small, under


def test_empty_parts_of_a_cell_are_left_out() -> None:
    assert parts("甲", None, "", under("")) == Parts(("甲",))
    assert parts(None, "") is None


@pytest.mark.parametrize(
    ("cell", "drawn"),
    [
        (1234, "1,234"),
        (Decimal("85.50"), "85.50"),
        (True, "是"),
        ("<b>", "&lt;b&gt;"),
        (lazy_gettext("电访"), "电访"),
        (Link("<甲>", "/x?a=1&b=2"), '<a href="/x?a=1&amp;b=2">&lt;甲&gt;</a>'),
        (Link("9f2c", "#", look="code"), '<a href="#"><code>9f2c</code></a>'),
        (Link("改", "#", about="甲"), '<a href="#">改<span class="visually-hidden"> 甲</span></a>'),
        (Strong("大"), "<strong>大</strong>"),
        (Code("I/(I+P)"), "<code>I/(I+P)</code>"),
        (
            parts("甲", small("乙"), under("丙")),
            '甲 <span class="small quiet-text">乙</span><span class="under">丙</span>',
        ),
        (Parts(()), ""),
    ],
)
def test_a_cell_is_rendered(app: Flask, cell: Cell, drawn: str) -> None:
    with app.test_request_context():
        assert str(get_template_attribute("components/cell.html", "cell")(cell)) == drawn


@pytest.mark.parametrize("cell", [None, "", Span(None, "to-write")])
def test_an_empty_cell_is_a_dash_with_a_label_for_screen_readers(app: Flask, cell: Cell) -> None:
    with app.test_request_context():
        drawn = str(get_template_attribute("components/cell.html", "cell")(cell))
    assert '<span aria-hidden="true">—</span><span class="visually-hidden">无</span>' in drawn


def test_a_badge_has_a_shape_and_a_word(app: Flask) -> None:
    with app.test_request_context():
        drawn = str(get_template_attribute("components/cell.html", "cell")(Badge("已封存", "off")))
    assert drawn.startswith('<span class="badge off"><svg')
    assert drawn.endswith("已封存</span>")
