"""Rows of the table in the style guide: one cell of each kind that people meet."""

from __future__ import annotations

from dataclasses import dataclass

from app.shared.cells import Badge, Cell, Link


@dataclass(frozen=True)
class ExampleRow:
    """A village and its progress."""

    village: Cell
    area: Cell
    frame: Cell
    drawn: Cell
    valid: Cell
    state: Cell


EXAMPLES = [
    ExampleRow(Link("石壁一村", "#"), "第一片区", 1214, 15, 14, Badge("还差 1 人", "now")),
    ExampleRow(Link("韦涌村", "#"), "第二片区", 88, 12, 12, Badge("已满", "good")),
    ExampleRow(Link("屏山二村", "#"), "第三片区", 104, 13, None, Badge("未开始")),
]
