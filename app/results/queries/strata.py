"""The sufficient statistics behind every result: counts and sums per stratum, and per stratum and part.

Read from the tallies the database keeps (app.models.tallies), so the cost grows with strata and parts, not with
answers. `app.results.queries.tally_check` makes the same from the responses themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, case, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from app.documents.queries import questionnaire_of
from app.models import CaseTally, Draw, DrawStratum, Evaluation, IndexTally, ResponseTally, ServiceArea, Village
from app.models.responses import FACTS
from surveys.estimates import INDEX_SCALE
from surveys.indicators import Band, BandCount, bands

MODES = ("phone", "visit", "web")


class Part(StrEnum):
    """What a sample can be broken down by."""

    AREA = "area"
    MODE = "mode"
    INTERVIEWER = "interviewer"
    PROXY = "proxy"


@dataclass(frozen=True)
class StratumRow:
    """The sufficient statistics of one stratum; `inside` are those of its people by area.

    `area` is empty where the stratum spans several; `drawn` counts sample and released reserve. `indices` says how
    many valid answers have which satisfaction index (scaled); only whole strata have it.
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
    modes: dict[str, int] = field(default_factory=dict)
    proxies: int = 0
    never_served: int = 0
    indices: dict[int, int] = field(default_factory=dict)
    inside: dict[str, StratumRow] = field(default_factory=dict)

    @property
    def bands(self) -> tuple[BandCount, ...]:
        """How many valid answers each band has, with the lowest and highest index in it."""
        return band_counts([self])


SUMMED = (
    "drawn", "valid", "index_total", "index_squares", "satisfied", "awareness_n", "aware", "proxies", "never_served",
)  # fmt: skip


def stratum_rows(session: Session, evaluation: Evaluation, draw: Draw) -> list[StratumRow]:
    """The sufficient statistics of every stratum of a draw, also of those without answers yet."""
    answers = part_rows(session, evaluation, draw, Part.AREA)
    drawn = _drawn(session, draw)
    indices = _indices(session, draw)
    rows = []
    for base in bases(session, draw):
        counted = answers.get(base.stratum, {})
        inside = {
            area: replace(counted.get(area, base), drawn=drawn.get((base.stratum, area), 0))
            for area in {*counted, *(area for stratum, area in drawn if stratum == base.stratum)}
        }
        whole = joined(base, list(inside.values()))
        rows.append(replace(whole, inside=inside, indices=indices.get(base.stratum, {})))
    return rows


def bases(session: Session, draw: Draw) -> list[StratumRow]:
    """Every stratum of a draw with its population, all counts zero."""
    strata = session.scalars(select(DrawStratum).where(DrawStratum.draw_id == draw.id).order_by(DrawStratum.stratum))
    return [StratumRow(s.stratum, s.area, s.part, s.population) for s in strata]


def part_rows(session: Session, evaluation: Evaluation, draw: Draw, part: Part) -> dict[str, dict[str, StratumRow]]:
    """The sufficient statistics by stratum, then by area code, mode, interviewer id, or self and proxy."""
    satisfied = questionnaire_of(evaluation).measures.satisfied
    strata = {base.stratum: base for base in bases(session, draw)}
    rows: dict[str, dict[str, StratumRow]] = {}
    for row in session.execute(_answered(draw, part, satisfied)):
        rows.setdefault(row.stratum, {})[row.part] = _filled(strata[row.stratum], row)
    return rows


def _answered(draw: Draw, part: Part, satisfied_codes: Iterable[str]) -> Select[Any]:
    tally = ResponseTally
    keys: dict[Part, Any] = {
        Part.AREA: ServiceArea.code,
        Part.MODE: tally.mode,
        Part.INTERVIEWER: cast(tally.interviewer_id, String),
        Part.PROXY: case((tally.proxy, "proxy"), else_="self"),
    }
    key = keys[part]

    def valid_where(condition: Any) -> Any:
        return func.sum(case((condition, tally.valid), else_=0))

    query = (
        select(
            tally.stratum.label("stratum"),
            key.label("part"),
            func.sum(tally.valid).label("valid"),
            func.sum(tally.index_total).label("index_total"),
            func.sum(tally.index_squares).label("index_squares"),
            valid_where(tally.overall.in_(sorted(satisfied_codes))).label("satisfied"),
            func.sum(tally.awareness_n).label("awareness_n"),
            func.sum(tally.aware).label("aware"),
            func.sum(tally.never_served).label("never_served"),
            valid_where(tally.proxy).label("proxies"),
            *(func.sum(getattr(tally, f"{fact}_n")).label(f"{fact}_n") for fact in FACTS),
            *(func.sum(getattr(tally, f"{fact}_known")).label(f"{fact}_known") for fact in FACTS),
            *(valid_where(tally.mode == mode).label(f"mode_{mode}") for mode in MODES),
        )
        .where(tally.draw_id == draw.id)
        .group_by(tally.stratum, key)
    )
    if part is Part.AREA:
        query = query.join(Village, tally.village_id == Village.id).join(ServiceArea, Village.area_id == ServiceArea.id)
    return query


def _drawn(session: Session, draw: Draw) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(CaseTally.stratum, ServiceArea.code, func.sum(CaseTally.cases))
        .join(Village, CaseTally.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(CaseTally.draw_id == draw.id)
        .group_by(CaseTally.stratum, ServiceArea.code)
    )
    return {(stratum, area): int(number) for stratum, area, number in rows}


def _indices(session: Session, draw: Draw) -> dict[str, dict[int, int]]:
    rows = session.execute(
        select(IndexTally.stratum, IndexTally.satisfaction_index, IndexTally.valid).where(
            IndexTally.draw_id == draw.id, IndexTally.valid > 0
        )
    )
    indices: dict[str, dict[int, int]] = {}
    for stratum, index, number in rows:
        indices.setdefault(stratum, {})[index] = number
    return indices


def _filled(base: StratumRow, row: Row[Any]) -> StratumRow:
    values = row._mapping
    # PostgreSQL sums integers as numeric: back to int, exactly.
    return replace(
        base,
        **_counts(lambda name: 0 if name == "drawn" else int(values[name])),
        fact_n=tuple(int(values[f"{fact}_n"]) for fact in FACTS),
        fact_known=tuple(int(values[f"{fact}_known"]) for fact in FACTS),
        modes={mode: int(values[f"mode_{mode}"]) for mode in MODES},
    )


def joined(base: StratumRow, rows: Sequence[StratumRow]) -> StratumRow:
    """The statistics of several groups of one stratum, added up."""
    return replace(
        base,
        **_counts(lambda name: sum(getattr(row, name) for row in rows)),
        fact_n=tuple(sum(row.fact_n[i] for row in rows) for i in range(len(FACTS))),
        fact_known=tuple(sum(row.fact_known[i] for row in rows) for i in range(len(FACTS))),
        modes={mode: sum(row.modes.get(mode, 0) for row in rows) for mode in MODES},
    )


def _counts(count_of: Callable[[str], int]) -> dict[str, Any]:
    return {name: count_of(name) for name in SUMMED}


def band_counts(rows: Sequence[StratumRow]) -> tuple[BandCount, ...]:
    """The bands of several strata together: head count, lowest and highest index."""
    indices: dict[int, int] = {}
    for row in rows:
        for index, number in row.indices.items():
            indices[index] = indices.get(index, 0) + number
    return tuple(_band(band, indices) for band in bands())


def _band(band: Band, indices: Mapping[int, int]) -> BandCount:
    low = int(band.low * INDEX_SCALE)
    high = None if band.high is None else int(band.high * INDEX_SCALE)
    inside = [index for index in indices if index >= low and (high is None or index < high)]
    count = sum(indices[index] for index in inside)
    return BandCount(band, count, _index(min(inside, default=None)), _index(max(inside, default=None)))


def _index(scaled: int | None) -> Decimal | None:
    return None if scaled is None else Decimal(scaled) / INDEX_SCALE
