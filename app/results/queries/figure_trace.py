"""How a headline figure is made: what each stratum contributes, and the scheme items that use the figure.

Nothing here names or identifies a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.documents.queries import scheme_of
from app.draw.queries.stratum_names import stratum_names
from app.models import Evaluation, Response
from app.results.queries.figures import Figure
from app.results.queries.responses import responses_of
from app.results.queries.results import results_of
from app.results.queries.strata import StratumRow
from app.shared.queries import live_draw
from surveys.estimates import INDEX_SCALE
from surveys.rounding import half_up
from surveys.scoring import STATISTICS

HUNDRED = 100


@dataclass(frozen=True)
class StratumShare:
    """One stratum in a figure: population, base, sum (points or people), mean, and population per response (weight)."""

    name: str
    population: int
    base: int
    total: Decimal
    mean: Decimal | None
    weight: Decimal | None


@dataclass(frozen=True)
class FigureTrace:
    """A figure, its strata, how many responses are in it and how many are left out, and the items scored by it."""

    name: str
    figure: Figure
    strata: tuple[StratumShare, ...]
    inside: int
    outside: int
    items: tuple[tuple[str, str, str], ...]
    certificate: str


def figure_trace(session: Session, evaluation: Evaluation, name: str) -> FigureTrace | None:
    """How one figure (surveys.scoring.STATISTICS) is made; None before the draw.

    Raises KeyError for a figure that is not registered.
    """
    STATISTICS[name]
    draw = live_draw(session, evaluation)
    if draw is None:
        return None
    results = results_of(session, evaluation)
    names = stratum_names(draw)
    strata = tuple(_share(row, names.get(row.stratum, row.stratum), name) for row in results.strata)
    inside = sum(share.base for share in strata)
    all_responses = session.scalar(responses_of(draw, func.count(Response.id))) or 0
    scheme = scheme_of(evaluation)
    items = (*(item for party in scheme.parties for item in party.items), *scheme.comparison)
    return FigureTrace(
        name=name,
        figure=results.figures[name],
        strata=strata,
        inside=inside,
        outside=all_responses - inside,
        items=tuple((item.code, item.name, item.name_en) for item in items if item.statistic == name),
        certificate=draw.certificate_digest,
    )


CountOf = Callable[[StratumRow], int]
SUMS: dict[str, tuple[CountOf, CountOf]] = {
    "satisfaction.mean": (lambda row: row.valid, lambda row: row.index_total),
    "satisfaction.share": (lambda row: row.valid, lambda row: row.satisfied),
    "satisfaction.at_least_95": (lambda row: row.valid, lambda row: row.bands[0].count),
    "awareness.rate": (lambda row: row.awareness_n, lambda row: row.aware),
}


def _share(row: StratumRow, name: str, statistic: str) -> StratumShare:
    base_of, sum_of = SUMS[statistic]
    base = base_of(row)
    mean = statistic == "satisfaction.mean"
    total = Fraction(sum_of(row), INDEX_SCALE if mean else 1)
    return StratumShare(
        name=name,
        population=row.population,
        base=base,
        total=half_up(total, 4 if mean else 0),
        mean=half_up(total / base * (1 if mean else HUNDRED), 2) if base else None,
        weight=half_up(Fraction(row.population, base), 4) if base else None,
    )
