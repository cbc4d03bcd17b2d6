"""The one aggregation behind every result: counts and sums per stratum, straight from typed columns.

Its cost is one pass over the counted responses; what comes back grows with the number of villages, not of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Row, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session

from app.documents import questionnaire_of
from app.models import Case, Draw, DrawStratum, Evaluation, Response
from app.models.responses import FACTS
from surveys.estimates import INDEX_SCALE
from surveys.indicators import Band, BandCount, bands


@dataclass(frozen=True)
class StratumRow:
    """The sufficient statistics of one stratum (a village)."""

    stratum: str
    area: str
    population: int
    drawn: int
    valid: int = 0
    index_total: int = 0
    index_squares: int = 0
    satisfied: int = 0
    awareness_n: int = 0
    aware: int = 0
    fact_n: tuple[int, ...] = (0,) * len(FACTS)
    fact_known: tuple[int, ...] = (0,) * len(FACTS)
    bands: tuple[BandCount, ...] = ()
    modes: dict[str, int] = field(default_factory=dict)
    proxies: int = 0
    never_served: int = 0


MODES = ("phone", "visit", "web")


def _aggregate(draw: Draw, edges: Sequence[Band], satisfied_codes: Iterable[str]) -> Select[Any]:
    """One row per stratum with answers; every figure of the page is a sum over it."""
    index = Response.satisfaction_index
    in_base = Response.satisfaction_valid

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    def within(band: Band) -> Any:
        above = and_(in_base, index >= int(band.low * INDEX_SCALE))
        return above if band.high is None else and_(above, index < int(band.high * INDEX_SCALE))

    facts = [getattr(Response, f"knows_{fact}") for fact in FACTS]
    columns: list[Any] = [
        Case.stratum.label("stratum"),
        count(in_base).label("valid"),
        func.sum(case((in_base, index), else_=0)).label("index_total"),
        # A square needs eight bytes; PostgreSQL would multiply in the four of the column.
        func.sum(case((in_base, cast(index, BigInteger) * index), else_=0)).label("index_squares"),
        count(and_(in_base, Response.overall.in_(sorted(satisfied_codes)))).label("satisfied"),
        count(Response.awareness_valid).label("awareness_n"),
        count(and_(Response.awareness_valid, Response.aware.is_(True))).label("aware"),
        count(and_(in_base, Response.proxy)).label("proxies"),
        count(Response.never_served).label("never_served"),
        *(count(fact.is_not(None)).label(f"fact_n_{i}") for i, fact in enumerate(facts)),
        *(count(fact).label(f"fact_known_{i}") for i, fact in enumerate(facts)),
        *(count(within(band)).label(f"band_{i}") for i, band in enumerate(edges)),
        *(func.min(case((within(band), index))).label(f"low_{i}") for i, band in enumerate(edges)),
        *(func.max(case((within(band), index))).label(f"high_{i}") for i, band in enumerate(edges)),
        *(count(and_(in_base, Response.mode == mode)).label(f"mode_{mode}") for mode in MODES),
    ]
    return (
        select(*columns)
        .join(Response, and_(Response.case_id == Case.id, Response.counted))
        .where(Case.draw_id == draw.id)
        .group_by(Case.stratum)
    )


def stratum_rows(session: Session, evaluation: Evaluation, draw: Draw) -> list[StratumRow]:
    """The sufficient statistics of every stratum of a draw, also of those without answers yet."""
    edges = bands()
    satisfied = questionnaire_of(evaluation).measures.satisfied
    answered = {row.stratum: row for row in session.execute(_aggregate(draw, edges, satisfied))}
    strata = session.scalars(select(DrawStratum).where(DrawStratum.draw_id == draw.id).order_by(DrawStratum.stratum))
    return [_stratum(stratum, answered.get(stratum.stratum), edges) for stratum in strata]


def _stratum(stratum: DrawStratum, row: Row[Any] | None, edges: Sequence[Band]) -> StratumRow:
    base = StratumRow(stratum.stratum, stratum.area, stratum.population, stratum.allocated)
    if row is None:
        return replace(base, bands=tuple(BandCount(band, 0) for band in edges))
    found = row._mapping
    # PostgreSQL sums integers as numeric: back to int, exactly.
    return replace(
        base,
        valid=int(found["valid"]),
        index_total=int(found["index_total"]),
        index_squares=int(found["index_squares"]),
        satisfied=int(found["satisfied"]),
        awareness_n=int(found["awareness_n"]),
        aware=int(found["aware"]),
        proxies=int(found["proxies"]),
        never_served=int(found["never_served"]),
        fact_n=tuple(int(found[f"fact_n_{i}"]) for i in range(len(FACTS))),
        fact_known=tuple(int(found[f"fact_known_{i}"]) for i in range(len(FACTS))),
        bands=tuple(
            BandCount(band, int(found[f"band_{i}"]), _index(found[f"low_{i}"]), _index(found[f"high_{i}"]))
            for i, band in enumerate(edges)
        ),
        modes={mode: int(found[f"mode_{mode}"]) for mode in MODES},
    )


def _index(scaled: int | None) -> Decimal | None:
    return None if scaled is None else Decimal(int(scaled)) / INDEX_SCALE
