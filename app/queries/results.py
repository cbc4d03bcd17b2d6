"""Results of the survey: one aggregation of counts and sums per stratum, everything else computed from it.

The cost of the aggregation is one index-free pass over the counted responses; what comes back grows with the number
of villages, not of answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from app.documents import questionnaire_of
from app.models import Case, Draw, DrawStratum, Evaluation, Response
from app.models.responses import FACTS
from surveys.estimates import Estimate, NoFigure, StratumCount, StratumSums, mean, share
from surveys.indicators import Band, BandCount, bands, report_sentence
from surveys.rounding import half_up

INDEX_SCALE = 10_000
SMALLEST_GROUP = 5


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
    band_counts: tuple[int, ...] = ()
    modes: dict[str, int] = field(default_factory=dict)
    proxies: int = 0
    never_served: int = 0


@dataclass(frozen=True)
class Figure:
    """A figure or, in words, why there is none yet."""

    estimate: Estimate | None
    reason: str = ""

    @property
    def shown(self) -> Decimal | None:
        """The value with two decimals, rounded half-up."""
        return None if self.estimate is None else half_up(self.estimate.value, 2)


@dataclass(frozen=True)
class FactResult:
    """One of the five facts: how many know it, of how many who answered."""

    fact: str
    known: int
    answered: int
    figure: Figure


@dataclass(frozen=True)
class AreaResult:
    """The same figures for one service area; hidden below five answers."""

    code: str
    name: str
    drawn: int
    valid: int
    hidden: bool
    satisfaction: Figure
    awareness: Figure


@dataclass(frozen=True)
class Results:
    """Everything the results page, the command and the report show."""

    drawn: int
    population: int
    required: int
    valid: int
    awareness_n: int
    satisfaction: Figure
    satisfied: Figure
    awareness: Figure
    facts: tuple[FactResult, ...]
    bands: tuple[BandCount, ...]
    sentence: str
    areas: tuple[AreaResult, ...]
    modes: dict[str, int]
    proxies: int
    never_served: int
    strata: tuple[StratumRow, ...]

    @property
    def shortfall(self) -> int:
        """How many valid interviews are missing to the number the rule requires."""
        return max(self.required - self.valid, 0)


def _aggregate(draw: Draw, edges: Sequence[Band], top_codes: Sequence[str]) -> Select[Any]:
    index = Response.satisfaction_index
    satisfied = and_(Response.satisfaction_valid, Response.overall.in_(top_codes))

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    def within(band: Band) -> Any:
        low = Response.satisfaction_valid & (index >= int(band.low * INDEX_SCALE))
        return low if band.high is None else low & (index < int(band.high * INDEX_SCALE))

    columns: list[Any] = [
        count(Response.satisfaction_valid),
        func.coalesce(func.sum(case((Response.satisfaction_valid, index), else_=0)), 0),
        func.coalesce(func.sum(case((Response.satisfaction_valid, index * index), else_=0)), 0),
        count(satisfied),
        count(Response.awareness_valid),
        count(Response.awareness_valid & Response.aware),
        *(count(getattr(Response, f"knows_{fact}").is_not(None)) for fact in FACTS),
        *(count(getattr(Response, f"knows_{fact}")) for fact in FACTS),
        *(count(within(band)) for band in edges),
        *(func.min(case((within(band), index))) for band in edges),
        *(func.max(case((within(band), index))) for band in edges),
        *(count(Response.satisfaction_valid & (Response.mode == mode)) for mode in MODES),
        count(Response.satisfaction_valid & Response.proxy),
        count(Response.never_served),
    ]
    return (
        select(Case.stratum, *columns)
        .join(Response, and_(Response.case_id == Case.id, Response.counted))
        .where(Case.draw_id == draw.id)
        .group_by(Case.stratum)
    )


MODES = ("phone", "visit", "web")
