"""The comparison of two score sheets line by line: what differs, by how much, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sampling.text import Text, joined

Sheet = Mapping[str, Any]
"""A sheet as ScoreSheet.to_dict() writes it, also one stored years ago."""


@dataclass(frozen=True)
class LineChange:
    """One item in both sheets; points are None where the item is open or absent. `causes` are sentences."""

    code: str
    name: Text
    before: Decimal | None
    after: Decimal | None
    causes: tuple[Text, ...]

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
    """Two sheets: every item of either, the total, the grade as stored, and its name for readers of either language."""

    lines: tuple[LineChange, ...]
    total: LineChange
    grades: tuple[str | None, str | None]
    conditions: tuple[Text, ...]
    grade_names: tuple[Text | None, Text | None] = (None, None)

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
    earlier, later = _items(before), _items(after)
    codes = (*later, *(code for code in earlier if code not in later))
    totals = _points(before, "total"), _points(after, "total")
    return Comparison(
        lines=tuple(_line(code, earlier.get(code), later.get(code)) for code in codes),
        total=LineChange("total", Text("总分", "Total"), *totals, ()),
        grades=(before.get("grade"), after.get("grade")),
        conditions=tuple(_conditions(before, after)),
        grade_names=(grade_of(before), grade_of(after)),
    )


def grade_of(sheet: Sheet) -> Text | None:
    """The grade of a sheet; a stored one has its name in Chinese alone, so English readers get the code."""
    name = sheet.get("grade")
    return None if name is None else Text(name, sheet.get("grade_code") or name)


def _items(sheet: Sheet) -> dict[str, Sheet]:
    return {line["code"]: line for line in sheet.get("items", ())}


def _points(line: Sheet | None, name: str) -> Decimal | None:
    value = None if line is None else line.get(name)
    return None if value is None else Decimal(value)


def _line(code: str, before: Sheet | None, after: Sheet | None) -> LineChange:
    shown = after or before or {}
    points = _points(before, "counted"), _points(after, "counted")
    return LineChange(code, _name(code, shown), *points, tuple(_causes(before, after)))


def _name(code: str, line: Sheet) -> Text:
    """The item's name; a stored sheet has it in Chinese alone, so English readers get the code."""
    return Text(str(line.get("name", code)), code)


def _causes(before: Sheet | None, after: Sheet | None) -> list[Text]:
    if before is None:
        return [Text("前一份没有这一项", "The earlier sheet has no such item")]
    if after is None:
        return [Text("后一份没有这一项", "The later sheet has no such item")]
    causes = []
    if before.get("kind") != after.get("kind"):
        causes.append(
            Text("算法变了：打分与由统计结果算出之间", "Made in another way: by giving points or from a statistic")
        )
    if _points(before, "maximum") != _points(after, "maximum"):
        change = f"{before.get('maximum')} → {after.get('maximum')}"
        causes.append(Text(f"满分 {change}", f"Maximum {change}"))
    measured = _points(before, "measured"), _points(after, "measured")
    if measured[0] != measured[1]:
        causes.append(_change(Text("统计结果", "Statistic"), _shown(measured[0]), _shown(measured[1])))
    elif _points(before, "by_rule") != _points(after, "by_rule"):
        change = f"{before.get('by_rule')} → {after.get('by_rule')}"
        causes.append(
            Text(f"规则变了：同样的结果得 {change} 分", f"Another rule: the same statistic gives {change} points")
        )
    if before.get("override") != after.get("override"):
        causes.append(_override(before.get("override"), after.get("override")))
    given = _given(before), _given(after)
    if after.get("kind") == "given" and given[0] != given[1]:
        causes.append(_change(Text("打分", "Points given"), *given))
    if not causes and _points(before, "counted") != _points(after, "counted"):
        causes.append(Text("计分的小数位或片区变了", "Other decimals, or other areas"))
    return causes


NONE = Text("（无）", "(none)")
HOLDS = {True: Text("存在", "holds"), False: Text("不存在", "does not hold"), None: Text("没有认定", "not decided")}


def _change(name: Text, before: Text, after: Text) -> Text:
    return Text(f"{name.zh} {before.zh} → {after.zh}", f"{name.en} {before.en} → {after.en}")


def _shown(value: object) -> Text:
    return NONE if value is None else Text(str(value), str(value))


def _override(before: str | None, after: str | None) -> Text:
    if before is None:
        return Text(f"专家改分，理由：{after}", f"Points set by the expert, because: {after}")
    if after is None:
        return Text(f"撤回专家改分（原理由：{before}）", f"The expert's points withdrawn (reason: {before})")
    return Text(f"专家改分的理由变了：{before} → {after}", f"The expert's reason changed: {before} → {after}")


def _given(line: Sheet) -> Text:
    value = line.get("given")
    if isinstance(value, list):
        return joined(f"{entry['area']} {entry['given']}" for entry in value)
    return _shown(value)


def _conditions(before: Sheet, after: Sheet) -> list[Text]:
    earlier = {c["code"]: c for c in before.get("conditions", ())}
    later = {c["code"]: c for c in after.get("conditions", ())}
    changes = []
    for code in (*later, *(code for code in earlier if code not in later)):
        holds = [None if side.get(code) is None else side[code].get("holds") for side in (earlier, later)]
        if holds[0] != holds[1]:
            old, new = HOLDS[holds[0]], HOLDS[holds[1]]
            text = (later.get(code) or earlier[code]).get("text", code)
            changes.append(Text(f"{text}：{old.zh} → {new.zh}", f"{code}: {old.en} → {new.en}"))
    return changes
