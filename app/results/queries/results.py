"""Results of the survey, computed from the sufficient statistics of its strata."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from app.localisation import to_visitor
from app.models import Draw, Evaluation, Recipient, ServiceArea, Village
from app.models.responses import FACTS
from app.results.queries.figures import SMALL_DOMAIN, SMALLEST_GROUP, TOO_FEW, Figure, figure_of
from app.results.queries.strata import MODES, StratumRow, band_counts, stratum_rows
from app.shared.queries import live_draw
from sampling.rule import MINIMUM_SAMPLE, Reading
from sampling.strata import GENERAL, MAIN
from sampling.text import Text
from surveys.estimates import StratumCount, StratumSums, mean, share
from surveys.indicators import BandCount, plain, report_sentence


@dataclass(frozen=True)
class FactResult:
    """One of the five facts: how many respondents know it, of how many who answered, and the estimated share."""

    fact: str
    known: int
    answered: int
    figure: Figure


@dataclass(frozen=True)
class AreaResult:
    """The headline figures of one service area; hidden below five valid responses."""

    code: str
    name: str
    drawn: int
    valid: int
    hidden: bool
    satisfaction: Figure
    awareness: Figure


@dataclass(frozen=True)
class GeneralResult:
    """The general recipients drawn beside the population of the rule: reported apart, never part of the score."""

    population: int
    drawn: int
    valid: int
    hidden: bool
    satisfaction: Figure
    awareness: Figure


@dataclass(frozen=True)
class Results:
    """Everything that the results page, `flask results` and the report show."""

    drawn: int
    population: int
    required: int
    valid: int
    awareness_n: int
    satisfaction: Figure
    satisfied: Figure
    at_least_95: Figure
    awareness: Figure
    facts: tuple[FactResult, ...]
    bands: tuple[BandCount, ...]
    sentence: Text
    areas: tuple[AreaResult, ...]
    modes: dict[str, int]
    proxies: int
    never_served: int
    strata: tuple[StratumRow, ...]
    general: GeneralResult | None = None

    @property
    def shortfall(self) -> int:
        """How many valid responses are missing to the number the rule requires."""
        return max(self.required - self.valid, 0)

    @property
    def figures(self) -> dict[str, Figure]:
        """The figures a scoring rule may use, under their registered names (surveys.scoring.STATISTICS)."""
        return {
            "satisfaction.mean": self.satisfaction,
            "satisfaction.share": self.satisfied,
            "satisfaction.at_least_95": self.at_least_95,
            "awareness.rate": self.awareness,
        }

    def to_dict(self) -> dict[str, Any]:
        """What `flask results --json` prints."""
        return {
            "n": self.valid,
            "drawn": self.drawn,
            "population": self.population,
            "required": self.required,
            "shortfall": self.shortfall,
            "sentence": to_visitor(self.sentence),
            "bands": [
                {
                    "from": plain(entry.band.low),
                    "below": None if entry.band.high is None else plain(entry.band.high),
                    "count": entry.count,
                    "lowest": None if entry.lowest is None else plain(entry.lowest),
                    "highest": None if entry.highest is None else plain(entry.highest),
                }
                for entry in self.bands
            ],
            "satisfaction": {"mean": self.satisfaction.to_dict(), "share": self.satisfied.to_dict()},
            "awareness": {
                "n": self.awareness_n,
                "rate": self.awareness.to_dict(),
                "facts": [
                    {"fact": fact.fact, "known": fact.known, "answered": fact.answered, "rate": fact.figure.to_dict()}
                    for fact in self.facts
                ],
            },
            "areas": [
                {
                    "code": area.code,
                    "name": area.name,
                    "drawn": area.drawn,
                    "n": None if area.hidden else area.valid,
                    "satisfaction": area.satisfaction.to_dict(),
                    "awareness": area.awareness.to_dict(),
                }
                for area in self.areas
            ],
            "modes": self.modes,
            "proxies": self.proxies,
            "never_served": self.never_served,
            "general": None
            if self.general is None
            else {
                "population": self.general.population,
                "drawn": self.general.drawn,
                "n": None if self.general.hidden else self.general.valid,
                "satisfaction": self.general.satisfaction.to_dict(),
                "awareness": self.general.awareness.to_dict(),
            },
        }


def results_of(session: Session, evaluation: Evaluation) -> Results:
    """Every figure of an evaluation from the current data; a figure that cannot be given carries the reason."""
    draw = live_draw(session, evaluation)
    all_rows = stratum_rows(session, evaluation, draw) if draw else []
    rows = [row for row in all_rows if row.part == MAIN]
    drawn, population, required = _sizes(draw)
    counts, figures = band_counts(rows), headline(rows)
    return Results(
        drawn=drawn,
        population=population,
        required=required,
        valid=sum(row.valid for row in rows),
        awareness_n=sum(row.awareness_n for row in rows),
        satisfaction=figures["satisfaction.mean"],
        satisfied=figures["satisfaction.share"],
        at_least_95=figures["satisfaction.at_least_95"],
        awareness=figures["awareness.rate"],
        facts=tuple(_fact(rows, place, fact) for place, fact in enumerate(FACTS)),
        bands=counts,
        sentence=report_sentence(counts),
        areas=_areas(session, evaluation, draw, rows),
        modes=_modes(rows),
        proxies=sum(row.proxies for row in rows),
        never_served=sum(row.never_served for row in rows),
        strata=tuple(rows),
        general=_general([row for row in all_rows if row.part == GENERAL]),
    )


def _sizes(draw: Draw | None) -> tuple[int, int, int]:
    """How many were drawn, of how many, and how many valid responses the rule requires."""
    if draw is None:
        return 0, 0, 0
    return draw.size, draw.population, min(draw.population, MINIMUM_SAMPLE)


def _modes(rows: Sequence[StratumRow]) -> dict[str, int]:
    return {mode: sum(row.modes.get(mode, 0) for row in rows) for mode in MODES}


def _areas(
    session: Session, evaluation: Evaluation, draw: Draw | None, rows: Sequence[StratumRow]
) -> tuple[AreaResult, ...]:
    """The service areas by code: unions of strata where every stratum lies in one area, else domains across strata."""
    names = sorted((area.code, area.name) for area in evaluation.station.areas)
    people = {} if draw is None or all(row.area for row in rows) else _people_by_area(session, draw)
    if people:
        return tuple(_domain(code, name, rows, people.get(code, 0)) for code, name in names)
    return tuple(_area(code, name, [row for row in rows if row.area == code]) for code, name in names)


def _people_by_area(session: Session, draw: Draw) -> dict[str, int]:
    """How many people of the rule's population each service area has, on the sealed frame."""
    rows = session.execute(
        select(ServiceArea.code, func.count())
        .select_from(Recipient)
        .join(Village, Recipient.village_id == Village.id)
        .join(ServiceArea, Village.area_id == ServiceArea.id)
        .where(Recipient.frame_id == draw.frame_id, or_(Recipient.priority, literal(draw.reading == Reading.EVERYONE)))
        .group_by(ServiceArea.code)
    )
    return {code: number for code, number in rows}


def headline(rows: Sequence[StratumRow]) -> dict[str, Figure]:
    """The registered figures (surveys.scoring.STATISTICS), estimated from these strata."""
    return {
        "satisfaction.mean": satisfaction_of(rows),
        "satisfaction.share": _share(rows, lambda row: row.valid, lambda row: row.satisfied),
        "satisfaction.at_least_95": _share(rows, lambda row: row.valid, _best_band),
        "awareness.rate": _share(rows, lambda row: row.awareness_n, lambda row: row.aware),
    }


def satisfaction_of(rows: Sequence[StratumRow]) -> Figure:
    """The mean satisfaction index of these strata."""
    sums = [
        StratumSums(row.stratum, row.area, row.population, row.valid, row.index_total, row.index_squares)
        for row in rows
    ]
    return figure_of(lambda: mean(sums))


def _share(rows: Sequence[StratumRow], base: Callable[[StratumRow], int], yes: Callable[[StratumRow], int]) -> Figure:
    counts = [StratumCount(row.stratum, row.area, row.population, base(row), yes(row)) for row in rows]
    return figure_of(lambda: share(counts), percent=True)


def _best_band(row: StratumRow) -> int:
    return row.bands[0].count


def _fact(rows: Sequence[StratumRow], place: int, fact: str) -> FactResult:
    known, answered = sum(row.fact_known[place] for row in rows), sum(row.fact_n[place] for row in rows)
    return FactResult(
        fact, known, answered, _share(rows, lambda row: row.fact_n[place], lambda row: row.fact_known[place])
    )


def _area(code: str, name: str, rows: Sequence[StratumRow]) -> AreaResult:
    valid = sum(row.valid for row in rows)
    hidden = valid < SMALLEST_GROUP
    reason = Figure(None, TOO_FEW)
    return AreaResult(
        code=code,
        name=name,
        drawn=sum(row.drawn for row in rows),
        valid=valid,
        hidden=hidden,
        satisfaction=reason if hidden else satisfaction_of(rows),
        awareness=reason if hidden else _share(rows, lambda row: row.awareness_n, lambda row: row.aware),
    )


def _domain(code: str, name: str, rows: Sequence[StratumRow], people: int) -> AreaResult:
    """An area that cuts across strata: domain estimates that use the whole design."""
    empty = StratumRow(code, code, MAIN, 0, fact_n=(), fact_known=())
    pairs = [(row, row.inside.get(code, empty)) for row in rows]
    valid = sum(part.valid for _, part in pairs)
    if valid < SMALLEST_GROUP:
        return replace(_area(code, name, []), drawn=sum(part.drawn for _, part in pairs), valid=valid)
    sums = [
        StratumSums(row.stratum, row.area, row.population, row.valid, part.index_total, part.index_squares, part.valid)
        for row, part in pairs
    ]
    counts = [
        StratumCount(row.stratum, row.area, row.population, row.awareness_n, part.aware, part.awareness_n)
        for row, part in pairs
    ]
    return AreaResult(
        code=code,
        name=name,
        drawn=sum(part.drawn for _, part in pairs),
        valid=valid,
        hidden=False,
        satisfaction=figure_of(lambda: mean(sums, domain=people)),
        awareness=figure_of(
            lambda: share(counts, domain=people, mid_p=sum(count.base or 0 for count in counts) < SMALL_DOMAIN),
            percent=True,
        ),
    )


def _general(rows: Sequence[StratumRow]) -> GeneralResult | None:
    if not rows:
        return None
    result = _area("", "", rows)
    return GeneralResult(
        population=sum(row.population for row in rows),
        drawn=result.drawn,
        valid=result.valid,
        hidden=result.hidden,
        satisfaction=result.satisfaction,
        awareness=result.awareness,
    )
