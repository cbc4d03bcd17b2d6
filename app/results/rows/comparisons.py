"""Table rows of the page of comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.localisation import percent
from app.results.labels import PARTS, SELF_OR_PROXY, STATISTICS, WAYS
from app.results.queries.alternative_weights import NAMES, WeightedFigures
from app.results.queries.comparisons import Change, Group, GroupComparison
from app.results.queries.figures import Figure
from app.results.queries.strata import Part
from app.results.rows.figures import difference_cell, sameness_cell, with_interval_below
from app.shared.cells import Cell
from app.shared.labels import MODES
from surveys.reliability import ItemReliability

PAIR = 2


@dataclass(frozen=True)
class ChangeRow:
    """A figure in this round and in the one before."""

    name: Cell
    current: Cell
    before: Cell
    difference: Cell


def change_rows(changes: Iterable[Change]) -> list[ChangeRow]:
    """The headline figures beside those of the previous round."""
    return [
        ChangeRow(
            STATISTICS[change.name],
            with_interval_below(change.current),
            with_interval_below(change.before),
            _change(change),
        )
        for change in changes
    ]


def _change(change: Change) -> Cell:
    unit, factor = ("%", 100) if change.current.percent else ("", 1)
    return difference_cell(change.difference, unit, factor)


@dataclass(frozen=True)
class GroupRow:
    """The figures of one group, and its difference from all other respondents."""

    name: Cell
    valid: Cell
    satisfaction: Cell
    satisfied: Cell
    awareness: Cell
    difference: Cell


@dataclass(frozen=True)
class ComparisonTable:
    """The groups of one kind; without rows where there is nothing to compare."""

    title: str
    tests: list[tuple[str, Cell]]
    rows: list[GroupRow]


def comparison_tables(comparisons: Iterable[GroupComparison]) -> list[ComparisonTable]:
    """A table for every comparison."""
    return [
        ComparisonTable(
            title=PARTS[comparison.part],
            tests=[
                (_("满意率"), sameness_cell(comparison.satisfied)),
                (_("有效知晓率"), sameness_cell(comparison.aware)),
            ],
            rows=_group_rows(comparison) if len(comparison.groups) >= PAIR else [],
        )
        for comparison in comparisons
    ]


def _group_rows(comparison: GroupComparison) -> list[GroupRow]:
    return [_group_row(comparison, group) for group in comparison.groups]


def _group_row(comparison: GroupComparison, group: Group) -> GroupRow:
    def shown(figure: Figure) -> Cell:
        return None if group.hidden else with_interval_below(figure)

    return GroupRow(
        name=group_name(comparison, group),
        valid=None if group.hidden else group.valid,
        satisfaction=with_interval_below(group.satisfaction),
        satisfied=shown(group.satisfied),
        awareness=shown(group.awareness),
        difference=_against_the_rest(comparison, group),
    )


def _against_the_rest(comparison: GroupComparison, group: Group) -> Cell:
    if group.hidden:
        return None
    if group.difference is None and len(comparison.groups) == PAIR:
        return str(_("见另一组"))
    return difference_cell(group.difference)


def group_name(comparison: GroupComparison, group: Group) -> str:
    """The name of a group as shown."""
    if comparison.part is Part.MODE:
        return str(MODES[group.key])
    if comparison.part is Part.PROXY:
        return str(SELF_OR_PROXY[group.key])
    return group.name or str(_("没有访问员（网络问卷）"))


@dataclass(frozen=True)
class WeightingRow:
    """The headline figures under one weighting."""

    way: Cell
    mean: Cell
    share: Cell
    awareness: Cell


def weighting_rows(weighted: Iterable[WeightedFigures]) -> list[WeightingRow]:
    """A row for every weighting."""
    return [
        WeightingRow(WAYS[each.way], *(with_interval_below(each.figures[name]) for name in NAMES)) for each in weighted
    ]


@dataclass(frozen=True)
class ItemRow:
    """One item of the scale."""

    item: Cell
    answered: Cell
    missing: Cell
    ceiling: Cell
    item_rest: Cell


def item_rows(items: Iterable[ItemReliability], text_of: Callable[[str], str]) -> list[ItemRow]:
    """The items of the scale; `text_of` gives the wording of an item's question."""
    return [
        ItemRow(
            item=f"{item.item} {text_of(item.item)}",
            answered=item.answered,
            missing=item.missing,
            ceiling=None if item.ceiling is None else percent(item.ceiling),
            item_rest=_("没有差异") if item.item_rest is None else f"{item.item_rest:.2f}",
        )
        for item in items
    ]
