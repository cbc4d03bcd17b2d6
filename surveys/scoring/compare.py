"""Two sheets line by line: what differs, by how much, and what made it differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Sheet = Mapping[str, Any]
"""A sheet as ScoreSheet.to_dict() writes it, also one stored years ago."""


@dataclass(frozen=True)
class LineChange:
    """One item in both sheets; points are None where the item is open or absent. `causes` are sentences."""

    code: str
    name: str
    before: Decimal | None
    after: Decimal | None
    causes: tuple[str, ...]

    @property
    def difference(self) -> Decimal | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def same(self) -> bool:
        """Whether nothing about the item differs."""
        return not self.causes and self.before == self.after


@dataclass(frozen=True)
class Comparison:
    """Two sheets: every item of either, the total, and the grade in words."""

    lines: tuple[LineChange, ...]
    total: LineChange
    grades: tuple[str | None, str | None]
    conditions: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the sheets agree in everything that counts."""
        return (
            all(line.same for line in self.lines)
            and self.total.same
            and self.grades[0] == self.grades[1]
            and not self.conditions
        )


def compare(before: Sheet, after: Sheet) -> Comparison:
    """Compare two sheets; items in the order of the later one, then those only the earlier one has."""
    one, other = _items(before), _items(after)
    codes = (*other, *(code for code in one if code not in other))
    totals = _points(before, "total"), _points(after, "total")
    return Comparison(
        lines=tuple(_line(code, one.get(code), other.get(code)) for code in codes),
        total=LineChange("total", "总分", *totals, ()),
        grades=(before.get("grade"), after.get("grade")),
        conditions=tuple(_conditions(before, after)),
    )


def _items(sheet: Sheet) -> dict[str, Sheet]:
    return {line["code"]: line for line in sheet.get("items", ())}


def _points(line: Sheet | None, name: str) -> Decimal | None:
    found = None if line is None else line.get(name)
    return None if found is None else Decimal(found)


def _line(code: str, before: Sheet | None, after: Sheet | None) -> LineChange:
    shown = after or before or {}
    points = _points(before, "counted"), _points(after, "counted")
    return LineChange(code, str(shown.get("name", code)), *points, tuple(_causes(before, after)))


def _causes(before: Sheet | None, after: Sheet | None) -> list[str]:
    if before is None:
        return ["前一份没有这一项"]
    if after is None:
        return ["后一份没有这一项"]
    found = []
    if before.get("kind") != after.get("kind"):
        found.append("算法变了：打分与由统计结果算出之间")
    if _points(before, "maximum") != _points(after, "maximum"):
        found.append(f"满分 {before.get('maximum')} → {after.get('maximum')}")
    measured = _points(before, "measured"), _points(after, "measured")
    if measured[0] != measured[1]:
        found.append(f"统计结果 {_shown(measured[0])} → {_shown(measured[1])}")
    elif _points(before, "by_rule") != _points(after, "by_rule"):
        found.append(f"规则变了：同样的结果得 {before.get('by_rule')} → {after.get('by_rule')} 分")
    if before.get("override") != after.get("override"):
        found.append(_override(before.get("override"), after.get("override")))
    given = _given(before), _given(after)
    if after.get("kind") == "given" and given[0] != given[1]:
        found.append(f"打分 {given[0]} → {given[1]}")
    if not found and _points(before, "counted") != _points(after, "counted"):
        found.append("计分的小数位或片区变了")
    return found


def _shown(value: Decimal | None) -> str:
    return "（无）" if value is None else str(value)


def _override(before: str | None, after: str | None) -> str:
    if before is None:
        return f"专家改分，理由：{after}"
    return f"撤回专家改分（原理由：{before}）" if after is None else f"专家改分的理由变了：{before} → {after}"


def _given(line: Sheet) -> str:
    value = line.get("given")
    if isinstance(value, list):
        return "、".join(f"{entry['area']} {entry['given']}" for entry in value)
    return "（无）" if value is None else str(value)


def _conditions(before: Sheet, after: Sheet) -> list[str]:
    words = {True: "存在", False: "不存在", None: "没有认定"}
    one = {c["code"]: c for c in before.get("conditions", ())}
    other = {c["code"]: c for c in after.get("conditions", ())}
    found = []
    for code in (*other, *(code for code in one if code not in other)):
        holds = [None if side.get(code) is None else side[code].get("holds") for side in (one, other)]
        if holds[0] != holds[1]:
            text = (other.get(code) or one[code]).get("text", code)
            found.append(f"{text}：{words[holds[0]]} → {words[holds[1]]}")
    return found
