"""Table rows of the score pages: items, entries, comparisons, and the uncertainty of points and grade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _

from app.localisation import moment, select_locale, to_visitor
from app.models import ContractIndicator, PartyScore, ScoreOverride
from app.scores.queries.grade_uncertainty import GradeUncertainty, ItemUncertainty
from app.scores.queries.schemes import SchemePreview
from app.shared.cells import Badge, Cell, Link, parts, under
from surveys.scoring import Scheme
from surveys.scoring.compare import Comparison, LineChange
from surveys.scoring.grade_probabilities import Chance
from surveys.scoring.lines import Line

NEARLY_CERTAIN, NEARLY_IMPOSSIBLE = 0.9995, 0.0005
MOST_CHANCES = 8


def in_language(chinese: str, english: str) -> str:
    """One of two names, by the language of the page."""
    return english if select_locale() == "en" else chinese


@dataclass(frozen=True)
class ComparisonItemRow:
    """A computed comparison item, whose points do not count."""

    name: Cell
    maximum: Cell
    measured: Cell
    by_rule: Cell
    reason: Cell


def comparison_item_rows(lines: Iterable[Line], slug: str = "") -> list[ComparisonItemRow]:
    """The comparison items; with the slug of the evaluation each links to the figure behind it."""
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
    """A contract indicator: target and quantity done."""

    name: Cell
    done: Cell
    target: Cell
    percent: Cell
    printed_percent: Cell


def indicator_rows(indicators: Iterable[ContractIndicator]) -> list[IndicatorRow]:
    """A row for every contract indicator."""
    return [
        IndicatorRow(
            str(_("%(name)s（%(unit)s）", name=indicator.name, unit=indicator.unit)),
            indicator.done,
            indicator.target,
            _("协议量不明") if indicator.percent is None else f"{indicator.percent}%",
            f"{indicator.printed_percent}%" if indicator.printed_percent else None,
        )
        for indicator in indicators
    ]


@dataclass(frozen=True)
class EntryRow:
    """One entry of points for an item."""

    at: Cell
    who: Cell
    area: Cell
    given: Cell
    why: Cell
    holds: Cell


Entry = PartyScore | ScoreOverride


def entry_rows(entries: Iterable[Entry], areas: Mapping[str, str], holds: Callable[[Entry], bool]) -> list[EntryRow]:
    """Every entry for an item; `holds` says whether an entry is the one in force."""
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
class ScoreChangeRow:
    """An item in two score sheets, with the causes of the difference."""

    name: Cell
    before: Cell
    after: Cell
    difference: Cell
    causes: Cell


def score_change_rows(lines: Iterable[LineChange]) -> list[ScoreChangeRow]:
    """A row for every item of two score sheets."""
    return [
        ScoreChangeRow(to_visitor(line.name), line.before, line.after, _with_sign(line.difference), _causes(line))
        for line in lines
    ]


def _with_sign(difference: Decimal | None) -> Cell:
    return f"+{difference}" if difference is not None and difference > 0 else difference


def _causes(line: LineChange) -> str:
    return str(_("；")).join(map(to_visitor, line.causes)) or (str(_("没有变")) if line.same else "")


def total_row(comparison: Comparison, causes: str = "") -> ScoreChangeRow:
    """The totals of two score sheets."""
    total = comparison.total
    return ScoreChangeRow(_("总分"), total.before, total.after, total.difference, causes)


def grades_in_words(comparison: Comparison) -> str:
    """The grades of two score sheets, as one sentence."""
    before, after = (grade or _("未定") for grade in comparison.grades)
    return str(_("等级：%(before)s → %(after)s", before=before, after=after))


@dataclass(frozen=True)
class UncertainItemRow:
    """A computed item, the probability of each number of points, and how few flipped answers would lower them."""

    name: Cell
    points: Cell
    chances: Cell
    turned: Cell


@dataclass(frozen=True)
class GradeUncertaintyTables:
    """The uncertainty of points and grade due to sampling, for scores/components/grade_uncertainty.html."""

    grades: list[tuple[str, str]]
    disqualified: bool
    turned: int | None
    sample_counts: bool
    items: list[UncertainItemRow]


def grade_uncertainty_tables(uncertainty: GradeUncertainty, scheme: Scheme) -> GradeUncertaintyTables:
    """The uncertainty of a score, with names and probabilities as shown."""
    names = {grade.code: in_language(grade.name, grade.name_en) for grade in scheme.grades}
    return GradeUncertaintyTables(
        grades=[(names[entry.name], chance_in_words(entry.chance)) for entry in uncertainty.grades],
        disqualified=uncertainty.disqualified,
        turned=uncertainty.turned,
        sample_counts=uncertainty.sample_counts,
        items=[_uncertain_item(item) for item in uncertainty.items],
    )


def chance_in_words(chance: float) -> str:
    """A probability as a report states it: what depends on the draw is never shown as 0 or 100 per cent."""
    if chance > NEARLY_CERTAIN:
        return str(_("几乎必然"))
    return str(_("几乎不可能")) if chance < NEARLY_IMPOSSIBLE else f"{chance * 100:.1f}%"


def _uncertain_item(item: ItemUncertainty) -> UncertainItemRow:
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
    """The tables of a scheme preview, for scores/components/scheme_preview.html."""

    comparison: list[ComparisonItemRow]
    changes: list[ScoreChangeRow]
    total: ScoreChangeRow
    uncertainty: GradeUncertaintyTables


def preview_tables(preview: SchemePreview, scheme: Scheme) -> PreviewTables:
    """The tables of a preview."""
    changes = preview.changes
    return PreviewTables(
        comparison=comparison_item_rows(preview.outcome.sheet.comparison),
        changes=score_change_rows(line for line in changes.lines if not line.same),
        total=total_row(changes, grades_in_words(changes)),
        uncertainty=grade_uncertainty_tables(preview.uncertainty, scheme),
    )
