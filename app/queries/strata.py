"""The one aggregation behind every result: counts and sums per stratum and area, straight from typed columns.

Its cost is one pass over the cases and their counted responses; what comes back grows with the number of strata and
areas, not of answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Row, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session

from app.documents import questionnaire_of
from app.models import Case, Draw, DrawStratum, Evaluation, Recipient, Response, ServiceArea, Village
from app.models.responses import FACTS
from surveys.estimates import INDEX_SCALE
from surveys.indicators import Band, BandCount, bands


@dataclass(frozen=True)
class StratumRow:
    """The sufficient statistics of one stratum; `inside` are those of its people by area.

    `area` is empty where the stratum spans several; `drawn` counts sample and released reserve.
    """

    stratum: str
    area: str
    part: str
    population: int
    drawn: int = 0
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
    inside: dict[str, StratumRow] = field(default_factory=dict)


MODES = ("phone", "visit", "web")


def _aggregate(draw: Draw, edges: Sequence[Band], satisfied_codes: Iterable[str]) -> Select[Any]:
    """One row per stratum and area with cases; every figure of the page is a sum over these."""
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
        ServiceArea.code.label("area"),
        func.count(Case.id).label("drawn"),
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
        .join(Recipient, Case.recipient_id == Recipient.id)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .outerjoin(Response, and_(Response.case_id == Case.id, Response.counted))
        .where(Case.draw_id == draw.id)
        .group_by(Case.stratum, ServiceArea.code)
    )


def stratum_rows(session: Session, evaluation: Evaluation, draw: Draw) -> list[StratumRow]:
    """The sufficient statistics of every stratum of a draw, also of those without answers yet."""
    edges = bands()
    satisfied = questionnaire_of(evaluation).measures.satisfied
    found: dict[str, list[Row[Any]]] = {}
    for row in session.execute(_aggregate(draw, edges, satisfied)):
        found.setdefault(row.stratum, []).append(row)
    strata = session.scalars(select(DrawStratum).where(DrawStratum.draw_id == draw.id).order_by(DrawStratum.stratum))
    rows = []
    for stratum in strata:
        base = StratumRow(stratum.stratum, stratum.area, stratum.part, stratum.population)
        inside = {row.area: _filled(base, row, edges) for row in found.get(stratum.stratum, [])}
        rows.append(replace(_sum(base, list(inside.values()), edges), inside=inside))
    return rows


SUMMED = (
    "drawn", "valid", "index_total", "index_squares", "satisfied", "awareness_n", "aware", "proxies", "never_served",
)  # fmt: skip


def _filled(base: StratumRow, row: Row[Any], edges: Sequence[Band]) -> StratumRow:
    found = row._mapping
    # PostgreSQL sums integers as numeric: back to int, exactly. A group without responses sums to nothing.
    return replace(
        base,
        **_counts(lambda name: int(found[name] or 0)),
        fact_n=tuple(int(found[f"fact_n_{i}"] or 0) for i in range(len(FACTS))),
        fact_known=tuple(int(found[f"fact_known_{i}"] or 0) for i in range(len(FACTS))),
        bands=tuple(
            BandCount(band, int(found[f"band_{i}"] or 0), _index(found[f"low_{i}"]), _index(found[f"high_{i}"]))
            for i, band in enumerate(edges)
        ),
        modes={mode: int(found[f"mode_{mode}"] or 0) for mode in MODES},
    )


def _sum(base: StratumRow, rows: Sequence[StratumRow], edges: Sequence[Band]) -> StratumRow:
    return replace(
        base,
        **_counts(lambda name: sum(getattr(row, name) for row in rows)),
        fact_n=tuple(sum(row.fact_n[i] for row in rows) for i in range(len(FACTS))),
        fact_known=tuple(sum(row.fact_known[i] for row in rows) for i in range(len(FACTS))),
        bands=tuple(joined(band, [row.bands[i] for row in rows]) for i, band in enumerate(edges)),
        modes={mode: sum(row.modes[mode] for row in rows) for mode in MODES},
    )


def _counts(of: Callable[[str], int]) -> dict[str, Any]:
    return {name: of(name) for name in SUMMED}


def joined(band: Band, counts: Sequence[BandCount]) -> BandCount:
    """One band over several groups of people: head count, lowest and highest index."""
    lows = [count.lowest for count in counts if count.lowest is not None]
    highs = [count.highest for count in counts if count.highest is not None]
    return BandCount(band, sum(count.count for count in counts), min(lows, default=None), max(highs, default=None))


def _index(scaled: int | None) -> Decimal | None:
    return None if scaled is None else Decimal(int(scaled)) / INDEX_SCALE
