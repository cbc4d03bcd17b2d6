"""Table rows of the pages about the responses behind a figure and about one response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask import url_for
from flask_babel import gettext as _

from app.localisation import moment, percent
from app.models import Exclusion
from app.results.labels import FACTS, LEFT_OUT, STATISTICS
from app.results.queries.exclusions import Effect
from app.results.queries.figure_trace import FigureTrace
from app.results.queries.response_trace import AnswerLine, ResponseContribution, ResponseTrace
from app.results.queries.responses import ResponseLine
from app.results.rows.figures import value_of
from app.shared.cells import Cell, Link
from app.shared.labels import MODES, text_or_erased


@dataclass(frozen=True)
class StratumShareRow:
    """One stratum in a figure."""

    name: Cell
    population: Cell
    base: Cell
    total: Cell
    mean: Cell
    weight: Cell


def stratum_share_rows(trace: FigureTrace) -> list[StratumShareRow]:
    """The strata of a figure."""
    unit = "%" if trace.figure.percent else ""
    return [
        StratumShareRow(row.name, row.population, row.base, row.total, _with_unit(row.mean, unit), row.weight)
        for row in trace.strata
    ]


def _with_unit(value: Decimal | None, unit: str) -> str | None:
    return None if value is None else f"{value}{unit}"


@dataclass(frozen=True)
class ResponseRow:
    """One response inside or outside a figure."""

    uuid: Cell
    stratum: Cell
    mode: Cell
    on: Cell
    proxy: Cell
    index: Cell
    aware: Cell
    reason: Cell


def response_rows(lines: Iterable[ResponseLine], slug: str) -> list[ResponseRow]:
    """The responses of one page."""
    return [
        ResponseRow(
            uuid=Link(str(line.uuid)[:8], url_for("trace.response", slug=slug, response_uuid=line.uuid), look="code"),
            stratum=line.stratum,
            mode=MODES[line.mode],
            on=line.on.isoformat(),
            proxy=line.proxy,
            index=line.index,
            aware=line.aware,
            reason=LEFT_OUT.get(line.reason),
        )
        for line in lines
    ]


@dataclass(frozen=True)
class ResponseContributionRow:
    """A figure that a response is part of."""

    name: Cell
    value: Cell
    weight: Cell
    share: Cell


def contribution_rows(contributions: Iterable[ResponseContribution], slug: str) -> list[ResponseContributionRow]:
    """The figures that a response is part of."""
    return [
        ResponseContributionRow(
            Link(str(STATISTICS[row.name]), url_for("trace.figure", slug=slug, name=row.name)),
            row.value,
            row.weight,
            percent(row.share, 2),
        )
        for row in contributions
    ]


@dataclass(frozen=True)
class KnownRow:
    """Whether the respondent knows one of the five facts."""

    fact: Cell
    known: Cell


def known_rows(trace: ResponseTrace) -> list[KnownRow]:
    """What the respondent knows of the five facts."""
    return [KnownRow(FACTS[fact], known) for fact, known in trace.facts]


@dataclass(frozen=True)
class AnswerRow:
    """An answer to a closed question."""

    text: Cell
    answer: Cell
    score: Cell


def answer_rows(answers: Iterable[AnswerLine]) -> list[AnswerRow]:
    """The answers of one response to closed questions."""
    return [AnswerRow(f"{row.question} {row.text}", row.answer, row.score) for row in answers]


@dataclass(frozen=True)
class EffectRow:
    """A headline figure with a response in it and without."""

    name: Cell
    inside: Cell
    outside: Cell


def effect_rows(effects: Iterable[Effect]) -> list[EffectRow]:
    """What excluding a response would change."""
    return [EffectRow(STATISTICS[effect.name], value_of(effect.inside), value_of(effect.outside)) for effect in effects]


def exclusion_events(history: Iterable[Exclusion]) -> list[tuple[str, str, str, str]]:
    """Earlier exclusions and restorations, for components/timeline.html."""
    return [
        (
            moment(row.entered_at),
            _("排除") if row.excluded else _("恢复"),
            row.entered_by.display_name if row.entered_by else "",
            text_or_erased(row.reason),
        )
        for row in history
    ]
