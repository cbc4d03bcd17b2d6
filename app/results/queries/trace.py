"""From a figure to the answers behind it, and from a response to every figure it touched; nobody is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.clock import local
from app.documents.queries import questionnaire_of, scheme_of
from app.draw.queries.stratum_names import stratum_names
from app.models import Case, Draw, DrawStratum, Evaluation, Exclusion, Recipient, Response, ServiceArea, Village
from app.models.responses import FACTS
from app.results.queries.results import Figure, Results, headline, results_of
from app.results.queries.strata import StratumRow
from app.shared.labels import listed
from app.shared.queries import live_draw
from sampling.strata import MAIN
from surveys.estimates import INDEX_SCALE
from surveys.indicators import WITHDRAWN, Band, bands
from surveys.questionnaire import Questionnaire
from surveys.questionnaire.kinds import kind_of
from surveys.rounding import half_up
from surveys.scoring import STATISTICS

PAGE_SIZE = 50
HUNDRED = 100


@dataclass(frozen=True)
class StratumShare:
    """What one stratum gives to a figure: people, base, sum (points or heads), their mean, people for each answer."""

    name: str
    population: int
    base: int
    total: Decimal
    mean: Decimal | None
    weight: Decimal | None


@dataclass(frozen=True)
class FigureTrace:
    """A figure, its strata, how many responses are in it and how many are left out, and who scores with it."""

    name: str
    figure: Figure
    strata: tuple[StratumShare, ...]
    inside: int
    outside: int
    items: tuple[tuple[str, str, str], ...]
    certificate: str


def figure_trace(session: Session, evaluation: Evaluation, name: str) -> FigureTrace | None:
    """The making of one figure (surveys.scoring.STATISTICS); None before the draw.

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
    everything = session.scalar(_of(draw, func.count(Response.id))) or 0
    scheme = scheme_of(evaluation)
    items = (*(item for party in scheme.parties for item in party.items), *scheme.comparison)
    return FigureTrace(
        name=name,
        figure=results.figures[name],
        strata=strata,
        inside=inside,
        outside=everything - inside,
        items=tuple((item.code, item.name, item.name_en) for item in items if item.statistic == name),
        certificate=draw.certificate_digest,
    )


Of = Callable[[StratumRow], int]
SUMS: dict[str, tuple[Of, Of]] = {
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


@dataclass(frozen=True)
class ResponseLine:
    """One response as a list shows it; `reason` says why it is left out of a figure, empty where it is in."""

    uuid: uuid.UUID
    stratum: str
    mode: str
    on: date
    proxy: bool
    index: Decimal | None
    overall: str | None
    aware: bool | None
    reason: str


@dataclass(frozen=True)
class ResponsePage:
    """A page of responses, numbered from 1."""

    lines: tuple[ResponseLine, ...]
    number: int
    pages: int
    total: int


def _of(draw: Draw, *columns: Any) -> Select[Any]:
    """Responses of the part of the sample that the rule speaks of."""
    return (
        select(*columns)
        .select_from(Response)
        .join(Case, Response.case_id == Case.id)
        .join(DrawStratum, and_(DrawStratum.draw_id == Case.draw_id, DrawStratum.stratum == Case.stratum))
        .where(Case.draw_id == draw.id, DrawStratum.part == MAIN)
    )


def _in_base(statistic: str) -> ColumnElement[bool]:
    valid = Response.awareness_valid if statistic == "awareness.rate" else Response.satisfaction_valid
    return and_(Response.counted, valid)


def response_page(
    session: Session, evaluation: Evaluation, statistic: str, *, inside: bool, number: int
) -> ResponsePage | None:
    """A page of the responses inside or outside a figure, by ticket order; None before the draw."""
    draw = live_draw(session, evaluation)
    if draw is None:
        return None
    wanted = _in_base(statistic) if inside else or_(_in_base(statistic).is_(False), _in_base(statistic).is_(None))
    total = session.scalar(_of(draw, func.count(Response.id)).where(wanted)) or 0
    pages = max(-(-total // PAGE_SIZE), 1)
    number = min(max(number, 1), pages)
    names = stratum_names(draw)
    rows = session.execute(
        _of(draw, Response, Case.stratum)
        .where(wanted)
        .order_by(Case.ticket, Response.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return ResponsePage(
        tuple(_line(response, names.get(stratum, stratum), statistic) for response, stratum in rows),
        number,
        pages,
        total,
    )


def _line(response: Response, stratum: str, statistic: str) -> ResponseLine:
    return ResponseLine(
        uuid=response.uuid,
        stratum=stratum,
        mode=response.mode,
        on=local(response.submitted_at).date(),
        proxy=response.proxy,
        index=_points(response.satisfaction_index),
        overall=response.overall,
        aware=response.aware,
        reason=why_left_out(response, statistic),
    )


def _points(scaled: int | None) -> Decimal | None:
    return None if scaled is None else half_up(Fraction(scaled, INDEX_SCALE), 4)


def why_left_out(response: Response, statistic: str) -> str:
    """The code of the reason why a response is not in a figure (app.results.labels.LEFT_OUT); empty where it is in."""
    if not response.valid:
        return response.invalid_reason or "invalid"
    if response.excluded:
        return "excluded"
    if not response.counted:
        return "not-first"
    if statistic == "awareness.rate":
        return "" if response.awareness_valid else "too-few-facts"
    if response.satisfaction_valid:
        return ""
    return "never-served" if response.never_served else "too-few-items"


@dataclass(frozen=True)
class Touched:
    """A figure a response is part of: what it gives (points, or 100 and 0 for yes and no), with what weight, and the
    share of the figure's weight that is its own."""

    name: str
    value: Decimal
    weight: Decimal
    share: Fraction


@dataclass(frozen=True)
class Answered:
    """One answer without open words: question, what was chosen, and the points it carries."""

    question: str
    text: str
    answer: str
    score: int | None


@dataclass(frozen=True)
class ResponseTrace:
    """One response, de-identified, with every figure it touched and why it is left out of the others."""

    line: ResponseLine
    part: str
    area: str
    interviewer: str
    answers: tuple[Answered, ...]
    open_texts: int
    touched: tuple[Touched, ...]
    left_out: tuple[tuple[str, str], ...]
    band: Band | None
    facts: tuple[tuple[str, bool | None], ...]
    items: tuple[tuple[str, str, str], ...]
    excluded: bool
    gone: bool


def response_trace(
    session: Session, evaluation: Evaluation, response_uuid: uuid.UUID, language: str
) -> ResponseTrace | None:
    """One response of the live draw with all it touched; None where there is none of that name."""
    draw = live_draw(session, evaluation)
    row = (
        draw
        and session.execute(
            select(Response, Case.stratum, DrawStratum.part, ServiceArea.name)
            .join(Case, Response.case_id == Case.id)
            .join(DrawStratum, and_(DrawStratum.draw_id == Case.draw_id, DrawStratum.stratum == Case.stratum))
            .join(Recipient, Case.recipient_id == Recipient.id)
            .join(Village, Recipient.village_id == Village.id)
            .join(ServiceArea, Village.area_id == ServiceArea.id)
            .where(Case.draw_id == draw.id, Response.uuid == response_uuid)
        ).one_or_none()
    )
    if draw is None or not row:
        return None
    response, stratum, part, area = row
    results = results_of(session, evaluation)
    questionnaire = questionnaire_of(evaluation)
    own = next((r for r in results.strata if r.stratum == stratum), None)
    touched = tuple(_touches(response, own, results, questionnaire)) if own is not None else ()
    scheme = scheme_of(evaluation)
    names = {one.name for one in touched}
    items = (*(item for party in scheme.parties for item in party.items), *scheme.comparison)
    answers, open_texts = _answers(questionnaire, response, language)
    return ResponseTrace(
        line=_line(response, stratum_names(draw).get(stratum, stratum), "satisfaction.mean"),
        part=part,
        area=area,
        interviewer=response.interviewer.display_name if response.interviewer else "",
        answers=answers,
        open_texts=open_texts,
        touched=touched,
        left_out=tuple((name, why_left_out(response, name)) for name in STATISTICS if name not in names),
        band=_band_of(response),
        facts=tuple((fact, getattr(response, f"knows_{fact}")) for fact in FACTS),
        items=tuple((item.code, item.name, item.name_en) for item in items if item.statistic in names),
        excluded=response.excluded,
        gone=response.invalid_reason == WITHDRAWN,
    )


@dataclass(frozen=True)
class Effect:
    """A headline figure with a response in it, and without."""

    name: str
    inside: Figure
    outside: Figure


def effects_of(session: Session, evaluation: Evaluation, response: Response) -> tuple[Effect, ...]:
    """What taking a counted response out would do to each figure it is in; none for one that does not count."""
    if not response.counted:
        return ()
    rows = results_of(session, evaluation).strata
    satisfied = response.overall in questionnaire_of(evaluation).measures.satisfied
    left = [_without(row, response, satisfied) if row.stratum == response.case.stratum else row for row in rows]
    inside, outside = headline(rows), headline(left)
    return tuple(Effect(name, inside[name], outside[name]) for name in STATISTICS if not why_left_out(response, name))


def _without(row: StratumRow, response: Response, satisfied: bool) -> StratumRow:
    valid, index = response.satisfaction_valid, response.satisfaction_index or 0
    indices = dict(row.indices)
    if valid:
        indices[index] -= 1
    return replace(
        row,
        valid=row.valid - valid,
        index_total=row.index_total - index * valid,
        index_squares=row.index_squares - index * index * valid,
        satisfied=row.satisfied - (valid and satisfied),
        awareness_n=row.awareness_n - response.awareness_valid,
        aware=row.aware - bool(response.awareness_valid and response.aware),
        indices={value: number for value, number in indices.items() if number},
    )


def exclusions_of(session: Session, response: Response) -> list[Exclusion]:
    """When a response was taken out or put back, by whom and why; the newest first."""
    return list(
        session.scalars(select(Exclusion).where(Exclusion.response_id == response.id).order_by(Exclusion.id.desc()))
    )


def _touches(response: Response, row: StratumRow, results: Results, questionnaire: Questionnaire) -> Sequence[Touched]:
    index = response.satisfaction_index or 0
    satisfied = response.overall in questionnaire.measures.satisfied
    values = {
        "satisfaction.mean": Fraction(index, INDEX_SCALE),
        "satisfaction.share": Fraction(HUNDRED * satisfied),
        "satisfaction.at_least_95": Fraction(HUNDRED * (index >= bands()[0].low * INDEX_SCALE)),
        "awareness.rate": Fraction(HUNDRED * bool(response.aware)),
    }
    found = []
    for name, value in values.items():
        if why_left_out(response, name):
            continue
        base_of, _ = SUMS[name]
        weight = Fraction(row.population, base_of(row))
        whole = sum(r.population for r in results.strata if base_of(r))
        found.append(Touched(name, half_up(value, 4), half_up(weight, 4), weight / whole))
    return found


def _band_of(response: Response) -> Band | None:
    if not (response.counted and response.satisfaction_valid) or response.satisfaction_index is None:
        return None
    return next(band for band in bands() if response.satisfaction_index >= band.low * INDEX_SCALE)


def _answers(questionnaire: Questionnaire, response: Response, language: str) -> tuple[tuple[Answered, ...], int]:
    found, open_texts = [], 0
    for question in questionnaire.questions:
        given = response.answers.get(question.id)
        if given in (None, "", []):
            continue
        kind = kind_of(question)
        if kind.free_words:
            open_texts += 1
            continue
        words = listed(kind.in_words(question, given, language))
        score = next((option.score for option in question.options if given in (option.code, [option.code])), None)
        found.append(Answered(question.id, question.wording(response.mode).in_language(language), words, score))
    return tuple(found), open_texts
