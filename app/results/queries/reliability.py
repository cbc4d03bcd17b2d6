"""Cronbach's alpha and item statistics of the satisfaction scale, from sums made in the database."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.documents.queries import questionnaire_of
from app.models import Case, DrawStratum, Evaluation, Response
from app.shared.queries import live_draw
from sampling.strata import MAIN
from surveys.estimates import NoFigure
from surveys.questionnaire import Question
from surveys.reliability import ItemSums, Reliability, reliability


def reliability_of(session: Session, evaluation: Evaluation) -> Reliability | None:
    """Cronbach's alpha and the items, over the valid responses of the rule's sample; None while there is none.

    Cost: one pass over the answers.
    """
    draw = live_draw(session, evaluation)
    if draw is None:
        return None
    questionnaire = questionnaire_of(evaluation)
    questions = [questionnaire.question(name) for name in questionnaire.measures.items]
    scores = [_score(question) for question in questions]
    complete = and_(*(score.is_not(None) for score in scores))
    total = reduce(lambda left, right: left + right, scores)

    def of_complete(value: Any) -> Any:
        return func.coalesce(func.sum(case((complete, value), else_=0)), 0)

    columns: list[Any] = [func.count(Response.id), of_complete(1), of_complete(total), of_complete(total * total)]
    for question, score in zip(questions, scores, strict=True):
        top = max(option.score for option in question.options if option.score is not None)
        columns += [func.count(score), func.coalesce(func.sum(case((score == top, 1), else_=0)), 0)]
        columns += [of_complete(score), of_complete(score * score), of_complete(score * total)]
    row = session.execute(
        select(*columns)
        .select_from(Response)
        .join(Case, Response.case_id == Case.id)
        .join(DrawStratum, and_(DrawStratum.draw_id == Case.draw_id, DrawStratum.stratum == Case.stratum))
        .where(Case.draw_id == draw.id, DrawStratum.part == MAIN, Response.counted, Response.satisfaction_valid)
    ).one()
    everyone, n, whole, squares, *item_sums = (int(value) for value in row)
    if not everyone:
        return None
    items = [
        ItemSums(question.id, answered, at_top, everyone - answered, first, second, product)
        for question, (answered, at_top, first, second, product) in zip(
            questions, zip(*[iter(item_sums)] * 5, strict=True), strict=True
        )
    ]
    try:
        return reliability(n, whole, squares, items)
    except NoFigure:
        return None


def _score(question: Question) -> Any:
    """The score of an answer as SQL; NULL for an answer without a score and for no answer."""
    answer = Response.answers[question.id].as_string()
    return case(*((answer == option.code, option.score) for option in question.options if option.score is not None))
