"""The headline figures under alternative weightings, to show how far unequal response by group could move them.

The auxiliary variables known for everyone on the frame are village and group. Cost: one pass over the frame's
categories and one over the counted responses; for the page of comparisons, not for the summary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of
from app.draw.queries.stratum_names import GROUP_NAMES
from app.models import Case, Draw, Evaluation, Recipient, Response, Village
from app.results.queries.figures import Figure, figure_of
from app.results.queries.overlap import strata_of_people
from app.results.queries.results import results_of
from app.results.queries.strata import bases
from app.shared.queries import live_draw
from sampling.strata import MAIN, group_of
from sampling.text import Text
from surveys.estimates import (
    INDEX_SCALE,
    EstimateInputError,
    NoFigure,
    StratumCell,
    Weighted,
    WeightsImpossible,
    class_weighted,
    post_stratified,
    raked,
    weighted_mean,
    weighted_share,
)

TOP = 100 * INDEX_SCALE
NAMES = ("satisfaction.mean", "satisfaction.share", "awareness.rate")


class Weighting(StrEnum):
    """How the responses are weighted: as published (by stratum), post-stratified by group, raked to group and village,
    or by response rates within weighting classes."""

    PUBLISHED = "published"
    GROUPS = "groups"
    MARGINS = "margins"
    CLASSES = "classes"


@dataclass(frozen=True)
class WeightedFigures:
    """The headline figures (surveys.scoring.STATISTICS) under one weighting."""

    way: Weighting
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class _Row:
    stratum: str
    group: str
    village: str
    sampled: int
    sums: Mapping[str, tuple[int, int, int]]


def alternative_weights_of(session: Session, evaluation: Evaluation) -> tuple[WeightedFigures, ...]:
    """The headline figures under every `Weighting`, the published one first; empty before the first valid response."""
    draw = live_draw(session, evaluation)
    if draw is None:
        return ()
    results = results_of(session, evaluation)
    rows = _rows(session, evaluation, draw)
    if not results.valid:
        return ()
    populations = {base.stratum: base.population for base in bases(session, draw) if base.part == MAIN}
    groups, villages = _known(session, draw)
    weighted = [WeightedFigures(Weighting.PUBLISHED, {name: results.figures[name] for name in NAMES})]
    weight_functions: dict[Weighting, Callable[[str, int], Weighted]] = {
        Weighting.GROUPS: lambda name, high: post_stratified(
            _cells(rows, name, lambda r: (r.group,)), populations, {(code,): n for code, n in groups.items()}, high
        ),
        Weighting.MARGINS: lambda name, high: raked(
            _cells(rows, name, lambda r: (r.group, r.village)), populations, [groups, villages], high
        ),
        Weighting.CLASSES: lambda name, high: class_weighted(
            _cells(rows, name, lambda r: (r.group,)), populations, high
        ),
    }
    for weighting, weigh in weight_functions.items():
        weighted.append(WeightedFigures(weighting, {name: _figure(name, weigh) for name in NAMES}))
    return tuple(weighted)


def largest_change(weighted: Sequence[WeightedFigures], name: str) -> Decimal | None:
    """The largest absolute difference of a figure from the published one (first in `weighted`).

    None where no alternative figure exists.
    """
    values = [each.figures[name].value for each in weighted]
    known = [value for value in values[1:] if value is not None]
    return max(abs(value - values[0]) for value in known) if known and values[0] is not None else None


def _figure(name: str, weigh: Callable[[str, int], Weighted]) -> Figure:
    percent = name != "satisfaction.mean"
    try:
        weighted = weigh(name, 1 if percent else TOP)
    except WeightsImpossible as impossible:
        return Figure(None, impossible.message, percent)
    except EstimateInputError as error:
        return Figure(None, Text(str(error), str(error)), percent)
    except NoFigure as no_figure:
        return Figure(None, no_figure.message, percent)
    return figure_of(lambda: weighted_share(weighted) if percent else weighted_mean(weighted), percent)


def _cells(rows: Sequence[_Row], name: str, cell: Callable[[_Row], tuple[str, ...]]) -> list[StratumCell]:
    sums: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row in rows:
        entry = sums.setdefault((row.stratum, cell(row)), [0, 0, 0, 0])
        for place, number in enumerate((*row.sums[name], row.sampled)):
            entry[place] += number
    return [StratumCell(stratum, code, *entry) for (stratum, code), entry in sums.items()]


def _known(session: Session, draw: Draw) -> tuple[dict[str, int], dict[str, int]]:
    """How many people of the rule's population each group and each village has, on the sealed frame."""
    strata = strata_of_people(session, draw)
    groups: Counter[str] = Counter()
    villages: Counter[str] = Counter()
    rows = session.execute(
        select(Recipient.id, Recipient.categories, Village.name)
        .join(Village, Recipient.village_id == Village.id)
        .where(Recipient.frame_id == draw.frame_id)
    )
    for number, categories, village in rows:
        if number in strata:
            groups[_group(categories)] += 1
            villages[village] += 1
    return dict(groups), dict(villages)


def _group(categories: str) -> str:
    return str(GROUP_NAMES[group_of(categories.split(",") if categories else ())])


def _rows(session: Session, evaluation: Evaluation, draw: Draw) -> list[_Row]:
    """By stratum, categories and village: people sampled, and (n, sum, sum of squares) for each figure."""
    satisfied = sorted(questionnaire_of(evaluation).measures.satisfied)
    index = cast(Response.satisfaction_index, BigInteger)

    def total(value: Any, condition: Any) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, value), else_=0)), 0)

    main = [base.stratum for base in bases(session, draw) if base.part == MAIN]
    rows = session.execute(
        select(
            Case.stratum,
            Recipient.categories,
            Village.name,
            func.count(),
            total(1, Response.satisfaction_valid),
            total(index, Response.satisfaction_valid),
            total(index * index, Response.satisfaction_valid),
            total(1, Response.satisfaction_valid & Response.overall.in_(satisfied)),
            total(1, Response.awareness_valid),
            total(1, Response.awareness_valid & Response.aware),
        )
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .outerjoin(Response, (Response.case_id == Case.id) & Response.counted)
        .where(Case.draw_id == draw.id, Case.stratum.in_(main))
        .group_by(Case.stratum, Recipient.categories, Village.name)
    )
    cells = []
    for stratum, categories, village, sampled, *numbers in rows:
        valid, whole, squares, yes, known, aware = map(int, numbers)
        sums = {
            "satisfaction.mean": (valid, whole, squares),
            "satisfaction.share": (valid, yes, yes),
            "awareness.rate": (known, aware, aware),
        }
        cells.append(_Row(stratum, _group(categories), village, sampled, sums))
    return cells
