"""Table rows of the page of results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from app.localisation import to_visitor
from app.results.labels import FACTS, STATISTICS
from app.results.queries.distribution import Distribution
from app.results.queries.nonresponse_bounds import NonresponseBounds
from app.results.queries.results import AreaResult, FactResult
from app.results.rows.figures import interval_of, value_of, with_interval_beside
from app.shared.cells import Cell


@dataclass(frozen=True)
class BoundsRow:
    """The worst and best case of a figure: all nonrespondents at the bottom of the scale, or at the top."""

    name: Cell
    heard: Cell
    missing: Cell
    worst: Cell
    best: Cell


def bounds_rows(bounds: Iterable[NonresponseBounds]) -> list[BoundsRow]:
    """The bounds of the headline figures."""
    return [_bounds_row(each) for each in bounds]


def _bounds_row(row: NonresponseBounds) -> BoundsRow:
    unit = "" if row.name == "satisfaction.mean" else "%"
    return BoundsRow(
        name=STATISTICS[row.name],
        heard=row.bounds.heard,
        missing=row.bounds.missing,
        worst=f"{row.bounds.worst}{unit}",
        best=f"{row.bounds.best}{unit}",
    )


@dataclass(frozen=True)
class QuantileRow:
    """A quantile of the index, with its interval."""

    part: Cell
    value: Cell
    interval: Cell


HALF = 50


def quantile_rows(distribution: Distribution) -> list[QuantileRow]:
    """The quantiles of the index, lowest first."""
    return [
        QuantileRow(
            _("一半") if part == HALF else _("最低的 %(n)s%%", n=part), value_of(figure), interval_of(figure) or None
        )
        for part, figure in distribution.quantiles
    ]


def unsatisfied_in_words(distribution: Distribution) -> str:
    """The estimated number of people who are not satisfied; empty where there is no figure."""
    figure = distribution.unsatisfied
    if figure.value is None:
        return ""
    people = round(figure.value)
    if figure.interval is None:
        return str(_("估计总体中有 %(n)s 人总体上不满意或说一般。", n=people))
    low, high = (round(limit) for limit in figure.interval)
    return str(
        _(
            "估计总体中有 %(n)s 人总体上不满意或说一般（95%% 区间 %(low)s 到 %(high)s 人）。",
            n=people,
            low=low,
            high=high,
        )
    )


@dataclass(frozen=True)
class FactRow:
    """How many respondents know one of the five facts."""

    fact: Cell
    known: Cell
    answered: Cell
    rate: Cell
    interval: Cell


def fact_rows(facts: Iterable[FactResult]) -> list[FactRow]:
    """A row for each of the five facts."""
    return [_fact_row(fact) for fact in facts]


def _fact_row(result: FactResult) -> FactRow:
    rate = f"{result.figure.value}%" if result.figure.estimate else to_visitor(result.figure.reason)
    return FactRow(FACTS[result.fact], result.known, result.answered, rate, interval_of(result.figure) or None)


@dataclass(frozen=True)
class AreaRow:
    """The figures of one area."""

    name: Cell
    drawn: Cell
    valid: Cell
    satisfaction: Cell
    awareness: Cell


def area_rows(areas: Iterable[AreaResult]) -> list[AreaRow]:
    """A row for every area; one with too few responses says so instead of its figures."""
    return [
        AreaRow(
            area.name,
            area.drawn,
            None if area.hidden else area.valid,
            with_interval_beside(area.satisfaction),
            with_interval_beside(area.awareness),
        )
        for area in areas
    ]
