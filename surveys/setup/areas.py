"""Areas and villages as people paste them: two columns out of a table, or one area a line with its villages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sampling.text import Text

BETWEEN_VILLAGES = re.compile(r"[、，,；;\s]+")
COLON = re.compile(r"[：:]")
COMMA = re.compile(r"[,，]")
HEADINGS_OF_AREAS = {"片区", "服务片区", "所属片区", "片区名称", "area", "service area"}
HEADINGS_OF_VILLAGES = {"村居", "村（居）", "村(居)", "村/居", "村社", "村", "社区", "村居名称", "village", "villages"}
MOST_LINES = 2_000
TOO_MANY_COLUMNS = Text(
    "有多于两列。只要片区和村居两列。", "There are more than two columns. Give the area and the village only."
)
NO_AREA = Text("缺少片区，上面也没有可以沿用的。", "The area is missing, and there is none above to take over.")
NO_VILLAGE = Text("缺少村居。", "The village is missing.")
NEITHER = Text(
    "看不出片区和村居。写成「第一片区：石壁一村、石壁二村」，或从表格复制两列。",
    "Area and village cannot be told apart. Write “Area 1: Village A, Village B”, or copy two columns of a table.",
)
AREA, VILLAGE, LINE = Text("片区", "area"), Text("村居", "village"), Text("整行", "whole line")


@dataclass(frozen=True)
class LineProblem:
    """A mistake in a pasted text: the line, counted from 1, the field, and what is wrong."""

    line: int
    field: Text
    message: Text

    @property
    def sentence(self) -> Text:
        """Line, field and reason in one sentence."""
        return Text(
            f"第 {self.line} 行，{self.field.zh}：{self.message.zh}",
            f"Line {self.line}, {self.field.en}: {self.message.en}",
        )


@dataclass
class PastedAreas:
    """Areas with their villages in the order they first came, the lines they stand in, and what could not be read."""

    areas: dict[str, list[str]] = field(default_factory=dict)
    problems: list[LineProblem] = field(default_factory=list)
    # The line of each place of `to_json`, such as "[0].villages[1]".
    lines: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> list[dict[str, Any]]:
        """The areas as they stand in the description of a station."""
        return [{"name": name, "villages": villages} for name, villages in self.areas.items()]

    def problem_at(self, place: str, message: Text) -> LineProblem | None:
        """A mistake found later at a place of `to_json`, with its line; None for a place that is not of one line."""
        line_number = self.lines.get(place)
        what = VILLAGE if ".villages[" in place else AREA
        return None if line_number is None else LineProblem(line_number, what, message)

    def add(self, line_number: int, area: str, villages: Iterable[str]) -> None:
        """Add the villages of one line to their area."""
        present = self.areas.setdefault(area, [])
        place = f"[{list(self.areas).index(area)}]"
        self.lines.setdefault(place, line_number)
        self.lines.setdefault(f"{place}.name", line_number)
        for village in villages:
            self.lines[f"{place}.villages[{len(present)}]"] = line_number
            present.append(village)


def read_areas(text: str) -> PastedAreas:
    """Areas and villages out of a pasted text; an empty area cell means the one above, as merged cells are copied.

    >>> read_areas("片区\\t村居\\n第一片区\\t甲村\\n\\t乙村\\n第二片区：丙村、丁村").areas
    {'第一片区': ['甲村', '乙村'], '第二片区': ['丙村', '丁村']}
    """
    pasted, area = PastedAreas(), ""
    for number, written in enumerate(text.splitlines()[:MOST_LINES], 1):
        cells = _cells(written)
        if not any(cells) or (not pasted.areas and _is_heading(cells)):
            continue
        area = _read_line(pasted, number, cells, area)
    return pasted


def _cells(written: str) -> list[str]:
    """The cells of a line: by tabs, else before and after a colon, else by commas; one cell where it has neither."""
    if "\t" in written:
        cells = written.split("\t")
    elif COLON.search(written):
        cells = COLON.split(written, maxsplit=1)
    else:
        cells = COMMA.split(written)
    cells = [cell.strip().strip('"').strip() for cell in cells]
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    return cells


def _is_heading(cells: Sequence[str]) -> bool:
    return len(cells) == 2 and cells[0].lower() in HEADINGS_OF_AREAS and cells[1].lower() in HEADINGS_OF_VILLAGES


def _read_line(pasted: PastedAreas, number: int, cells: Sequence[str], above: str) -> str:
    """Add one line; returns the area that the next line takes over."""
    area = cells[0] or above
    problem = _problem_of(cells, area)
    if problem is not None:
        pasted.problems.append(LineProblem(number, *problem))
    else:
        pasted.add(number, area, filter(None, BETWEEN_VILLAGES.split(cells[1])))
    return area


def _problem_of(cells: Sequence[str], area: str) -> tuple[Text, Text] | None:
    if len(cells) > 2:
        return LINE, TOO_MANY_COLUMNS
    if not area:
        return AREA, NO_AREA
    if len(cells) < 2:
        return VILLAGE, NO_VILLAGE if BETWEEN_VILLAGES.sub("", cells[0]) == cells[0] else NEITHER
    return None if BETWEEN_VILLAGES.sub("", cells[1]) else (VILLAGE, NO_VILLAGE)


def as_lines(areas: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Areas as one writes them: one a line, its villages after a colon.

    >>> as_lines([("第一片区", ["甲村", "乙村"])])
    '第一片区：甲村、乙村'
    """
    return "\n".join(f"{name}：{'、'.join(villages)}" for name, villages in areas)
