"""One response without anything that identifies the person, and what it contributes to each figure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of, scheme_of
from app.draw.queries.stratum_names import stratum_names
from app.models import Case, DrawStratum, Evaluation, Recipient, Response, ServiceArea, Village
from app.models.responses import FACTS
from app.results.queries.figure_trace import HUNDRED, SUMS
from app.results.queries.responses import ResponseLine, response_line, why_left_out
from app.results.queries.results import Results, results_of
from app.results.queries.strata import StratumRow
from app.shared.labels import listed
from app.shared.queries import live_draw
from sampling.text import Text
from surveys.estimates import INDEX_SCALE
from surveys.indicators import WITHDRAWN, Band, bands
from surveys.questionnaire import Questionnaire
from surveys.questionnaire.kinds import kind_of
from surveys.rounding import half_up
from surveys.scoring import STATISTICS


@dataclass(frozen=True)
class ResponseContribution:
    """What a response contributes to a figure: its value (points, or 100 and 0 for yes and no), its weight, and its
    share of the sum of the weights."""

    name: str
    value: Decimal
    weight: Decimal
    share: Fraction


@dataclass(frozen=True)
class AnswerLine:
    """One answer to a closed question: the question, what was chosen, and its score."""

    question: str
    text: str
    answer: str
    score: int | None


@dataclass(frozen=True)
class ResponseTrace:
    """One response, de-identified, with its contributions to figures and why it is left out of the others."""

    line: ResponseLine
    part: str
    area: str
    interviewer: str
    answers: tuple[AnswerLine, ...]
    open_texts: int
    contributions: tuple[ResponseContribution, ...]
    left_out: tuple[tuple[str, str], ...]
    band: Band | None
    facts: tuple[tuple[str, bool | None], ...]
    items: tuple[Text, ...]
    excluded: bool
    gone: bool


def response_trace(
    session: Session, evaluation: Evaluation, response_uuid: uuid.UUID, language: str
) -> ResponseTrace | None:
    """One response of the live draw with its contributions; None where the draw has no response of that UUID."""
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
    own_stratum = next((each for each in results.strata if each.stratum == stratum), None)
    contributions = (
        tuple(_contributions(response, own_stratum, results, questionnaire)) if own_stratum is not None else ()
    )
    scheme = scheme_of(evaluation)
    names = {contribution.name for contribution in contributions}
    items = (*(item for party in scheme.parties for item in party.items), *scheme.comparison)
    answers, open_texts = _answers(questionnaire, response, language)
    return ResponseTrace(
        line=response_line(response, stratum_names(draw).get(stratum, stratum), "satisfaction.mean"),
        part=part,
        area=area,
        interviewer=response.interviewer.display_name if response.interviewer else "",
        answers=answers,
        open_texts=open_texts,
        contributions=contributions,
        left_out=tuple((name, why_left_out(response, name)) for name in STATISTICS if name not in names),
        band=_band_of(response),
        facts=tuple((fact, getattr(response, f"knows_{fact}")) for fact in FACTS),
        items=tuple(item.name for item in items if item.statistic in names),
        excluded=response.excluded,
        gone=response.invalid_reason == WITHDRAWN,
    )


def _contributions(
    response: Response, row: StratumRow, results: Results, questionnaire: Questionnaire
) -> Sequence[ResponseContribution]:
    index = response.satisfaction_index or 0
    satisfied = response.overall in questionnaire.measures.satisfied
    values = {
        "satisfaction.mean": Fraction(index, INDEX_SCALE),
        "satisfaction.share": Fraction(HUNDRED * satisfied),
        "satisfaction.at_least_95": Fraction(HUNDRED * (index >= bands()[0].low * INDEX_SCALE)),
        "awareness.rate": Fraction(HUNDRED * bool(response.aware)),
    }
    contributions = []
    for name, value in values.items():
        if why_left_out(response, name):
            continue
        base_of, _ = SUMS[name]
        weight = Fraction(row.population, base_of(row))
        whole = sum(each.population for each in results.strata if base_of(each))
        contributions.append(ResponseContribution(name, half_up(value, 4), half_up(weight, 4), weight / whole))
    return contributions


def _band_of(response: Response) -> Band | None:
    if not (response.counted and response.satisfaction_valid) or response.satisfaction_index is None:
        return None
    return next(band for band in bands() if response.satisfaction_index >= band.low * INDEX_SCALE)


def _answers(questionnaire: Questionnaire, response: Response, language: str) -> tuple[tuple[AnswerLine, ...], int]:
    lines, open_texts = [], 0
    for question in questionnaire.questions:
        answer = response.answers.get(question.id)
        if answer in (None, "", []):
            continue
        kind = kind_of(question)
        if kind.free_words:
            open_texts += 1
            continue
        words = listed(kind.in_words(question, answer, language))
        score = next((option.score for option in question.options if answer in (option.code, [option.code])), None)
        lines.append(AnswerLine(question.id, question.wording(response.mode).in_language(language), words, score))
    return tuple(lines), open_texts
