"""Rows of the score sheet's pages: items, entries, comparisons, and how certain points and grade are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _

from app.localisation import moment, select_locale, to_visitor
from app.models import ContractIndicator, PartyScore, ScoreOverride
from app.scores.queries.grade_uncertainty import ItemLuck, Luck
from app.scores.queries.schemes import Preview
from app.shared.cells import Badge, Cell, Link, parts, under
from surveys.scoring import Scheme
from surveys.scoring.compare import Comparison, LineChange
from surveys.scoring.grade_probabilities import Chance
from surveys.scoring.lines import Line

NEARLY_CERTAIN, NEARLY_IMPOSSIBLE = 0.9995, 0.0005
MOST_CHANCES = 8


def in_language(chinese: str, english: str) -> str:
    """The name of a thing of a scheme in the language of the page."""
    return english if select_locale() == "en" else chinese


@dataclass(frozen=True)
class ComparisonItemRow:
    """A computed item beside the sheet, which does not count."""

    name: Cell
    maximum: Cell
    measured: Cell
    by_rule: Cell
    reason: Cell


def comparison_item_rows(lines: Iterable[Line], slug: str = "") -> list[ComparisonItemRow]:
    """The items beside the sheet; slug: of the evaluation, where they lead to their figures."""
    return [
        ComparisonItemRow(
            in_language(line.name, line.name_en), line.maximum, line.measured, line.by_rule, _reason(line, slug)
        )
        for line in lines
    ]


def _reason(line: Line, slug: str) -> Cell:
    reason = to_visitor(line.reason)
    if not (slug and line.statistic):
        return reason
    return parts(reason, Link(_("这个数字怎么来的"), url_for("trace.figure", slug=slug, name=line.statistic)))


@dataclass(frozen=True)
class IndicatorRow:
    """A quantity of the contract and how much of it was done."""

    name: Cell
    done: Cell
    target: Cell
    percent: Cell
    printed_percent: Cell


def indicator_rows(indicators: Iterable[ContractIndicator]) -> list[IndicatorRow]:
    """The contract's quantities."""
    return [
        IndicatorRow(
            str(_("%(name)s（%(unit)s）", name=one.name, unit=one.unit)),
            one.done,
            one.target,
            _("协议量不明") if one.percent is None else f"{one.percent}%",
            f"{one.printed_percent}%" if one.printed_percent else None,
        )
        for one in indicators
    ]


@dataclass(frozen=True)
class EntryRow:
    """Points somebody entered for an item."""

    at: Cell
    who: Cell
    area: Cell
    given: Cell
    why: Cell
    holds: Cell


Entry = PartyScore | ScoreOverride


def entry_rows(entries: Iterable[Entry], areas: Mapping[str, str], holds: Callable[[Entry], bool]) -> list[EntryRow]:
    """Everything entered for an item; holds: whether an entry is the one in force."""
    return [
        EntryRow(
            at=moment(entry.entered_at),
            who=entry.entered_by.display_name if entry.entered_by else None,
            area=areas.get(entry.area, entry.area) if isinstance(entry, PartyScore) and entry.area else None,
            given=_given(entry),
            why=entry.reason if isinstance(entry, ScoreOverride) else entry.comment,
            holds=Badge(_("现在用的"), "good") if holds(entry) else _("已被后来的替换"),
        )
        for entry in entries
    ]


def _given(entry: Entry) -> Cell:
    if isinstance(entry, PartyScore):
        return entry.given
    return str(_("撤回")) if entry.points is None else entry.points


@dataclass(frozen=True)
class ChangeRow:
    """An item in two sheets, and why it differs."""

    name: Cell
    before: Cell
    after: Cell
    difference: Cell
    causes: Cell


def change_rows(lines: Iterable[LineChange]) -> list[ChangeRow]:
    """The items of two sheets side by side."""
    return [
        ChangeRow(to_visitor(line.name), line.before, line.after, _with_sign(line.difference), _causes(line))
        for line in lines
    ]


def _with_sign(difference: Decimal | None) -> Cell:
    return f"+{difference}" if difference is not None and difference > 0 else difference


def _causes(line: LineChange) -> str:
    return str(_("；")).join(map(to_visitor, line.causes)) or (str(_("没有变")) if line.same else "")


def total_row(found: Comparison, causes: str = "") -> ChangeRow:
    """The totals of two sheets."""
    total = found.total
    return ChangeRow(_("总分"), total.before, total.after, total.difference, causes)


def grades_in_words(found: Comparison) -> str:
    """The grades of two sheets."""
    before, after = (grade or _("未定") for grade in found.grades)
    return str(_("等级：%(before)s → %(after)s", before=before, after=after))


@dataclass(frozen=True)
class UncertainItemRow:
    """A computed item, how likely each number of points is, and how few answers would lower them."""

    name: Cell
    points: Cell
    chances: Cell
    turned: Cell


@dataclass(frozen=True)
class GradeUncertainty:
    """What the draw has to do with points and grade (scores/components/grade_uncertainty.html)."""

    grades: list[tuple[str, str]]
    disqualified: bool
    turned: int | None
    sample_counts: bool
    items: list[UncertainItemRow]


def grade_uncertainty(luck: Luck, scheme: Scheme) -> GradeUncertainty:
    """The same in words."""
    names = {grade.code: in_language(grade.name, grade.name_en) for grade in scheme.grades}
    return GradeUncertainty(
        grades=[(names[entry.name], chance_in_words(entry.chance)) for entry in luck.grades],
        disqualified=luck.disqualified,
        turned=luck.turned,
        sample_counts=luck.sample_counts,
        items=[_uncertain_item(item) for item in luck.items],
    )


def chance_in_words(chance: float) -> str:
    """A chance as a report states it: never 0 or 100 per cent of what depends on the draw."""
    if chance > NEARLY_CERTAIN:
        return str(_("几乎必然"))
    return str(_("几乎不可能")) if chance < NEARLY_IMPOSSIBLE else f"{chance * 100:.1f}%"


def _uncertain_item(item: ItemLuck) -> UncertainItemRow:
    return UncertainItemRow(
        name=parts(in_language(item.name, item.name_en), None if item.counts else under(_("对照项"))),
        points=item.points,
        chances=_chances(item.chances),
        turned=None if item.turned is None else _("%(n)s 人改变回答", n=item.turned),
    )


def _chances(chances: Sequence[Chance]) -> str:
    if len(chances) > MOST_CHANCES:
        return str(_("%(low)s 到 %(high)s 分之间", low=chances[-1].name, high=chances[0].name))
    likely = [entry for entry in chances if entry.chance >= NEARLY_IMPOSSIBLE]
    return str(_("； ")).join(_points_and_chance(entry) for entry in likely)


def _points_and_chance(entry: Chance) -> str:
    points = _("%(points)s 分", points=entry.name)
    return f"{points} {chance_in_words(entry.chance)}"


@dataclass(frozen=True)
class PreviewTables:
    """What a scheme makes of the data as they are, in rows (scores/components/scheme_preview.html)."""

    comparison: list[ComparisonItemRow]
    changes: list[ChangeRow]
    total: ChangeRow
    uncertainty: GradeUncertainty


def preview_tables(preview: Preview, scheme: Scheme) -> PreviewTables:
    """The tables of a preview."""
    changes = preview.changes
    return PreviewTables(
        comparison=comparison_item_rows(preview.outcome.sheet.comparison),
        changes=change_rows(line for line in changes.lines if not line.same),
        total=total_row(changes, grades_in_words(changes)),
        uncertainty=grade_uncertainty(preview.luck, scheme),
    )
