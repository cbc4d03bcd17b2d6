"""The beneficiary's questionnaire: one question a screen, by personal link, without scripts or an account.

The answers so far travel in the form itself, so nothing times out and nothing half-finished is stored about anyone;
they are checked as a whole when the questionnaire is handed in.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access import public
from app.commands.refusal import Refused
from app.commands.responses import AnswersRefused, submit_response
from app.documents import questionnaire_of
from app.extensions import db, limiter
from app.forms.questionnaire import AnswersForm, form_class
from app.getters import get_case_by_token
from app.localisation import select_locale
from app.models import Case
from app.queries.respond import finished_at
from app.views.openings import opening
from surveys.questionnaire import Question, Questionnaire, applicable

blueprint = Blueprint("respond", __name__, url_prefix="/q")

MODE = "web"
BY_LINK = "the personal link is the key: 80 random bits, kept as a keyed hash"


def _limit() -> str:
    limit: str = current_app.config["TOKEN_LIMIT"]
    return limit


@dataclass(frozen=True)
class Place:
    """Where in the questionnaire a visitor is."""

    question: Question
    number: int
    of: int


@blueprint.get("/<token>")
@public(BY_LINK)
@limiter.limit(_limit)
def start(token: str) -> str | BaseResponse:
    """Who asks, how long, and that the station sees nothing."""
    case = get_case_by_token(token)
    if finished_at(db.session, case):
        return redirect(url_for(".thanks", token=token))
    evaluation = case.draw.evaluation
    return render_template("respond/start.html", token=token, evaluation=evaluation, opening=opening(case, MODE))


@blueprint.route("/<token>/form", methods=["GET", "POST"])
@public(BY_LINK)
@limiter.limit(_limit)
def form(token: str) -> str | BaseResponse | tuple[str, int]:
    """The question at hand; after the last one the questionnaire is handed in."""
    case = get_case_by_token(token)
    if finished_at(db.session, case):
        return redirect(url_for(".thanks", token=token))
    questionnaire = questionnaire_of(case.draw.evaluation)
    answers_form: AnswersForm = form_class(questionnaire, MODE, select_locale())()
    if not answers_form.is_submitted():
        answers_form.begin()
        return _page(case, token, answers_form, {}, _first(questionnaire))
    answers_form.validate()
    key = answers_form.key
    if key is None:
        abort(400)
    answers = answers_form.answers()
    place = _move(questionnaire, answers, request.form.get("at", ""), request.form.get("go", "next"))
    if place is not None:
        return _page(case, token, answers_form, answers, place)
    return _hand_in(case, token, answers_form, answers, key)


def _first(questionnaire: Questionnaire) -> Place:
    return _place(questionnaire, {}, applicable(questionnaire, {}, MODE)[0])


def _place(questionnaire: Questionnaire, answers: dict[str, Any], question: Question) -> Place:
    """How far one is, and about how many questions there will be for someone who takes part and was served."""
    rules = questionnaire.measures
    served = next(
        o.code for o in questionnaire.question(rules.never_served[0]).options if o.code != rules.never_served[1]
    )
    expected = {rules.consent[0]: rules.consent[1], rules.never_served[0]: served} | answers
    asked = applicable(questionnaire, answers, MODE)
    return Place(question, asked.index(question) + 1, len(applicable(questionnaire, expected, MODE)))


def _move(questionnaire: Questionnaire, answers: dict[str, Any], at: str, go: str) -> Place | None:
    """The question to show next; None when there is none left."""
    if go == "skip":
        answers.pop(at, None)
    asked = applicable(questionnaire, answers, MODE)
    order = [question.id for question in questionnaire.questions]
    if at not in order:
        return _first(questionnaire)
    here = order.index(at)
    if go == "back":
        before = [q for q in asked if order.index(q.id) < here]
        target = before[-1] if before else asked[0]
    else:
        after = [q for q in asked if order.index(q.id) > here]
        if not after:
            return None
        target = after[0]
    return _place(questionnaire, answers, target)


def _hand_in(
    case: Case, token: str, answers_form: AnswersForm, answers: dict[str, Any], key: uuid.UUID
) -> str | BaseResponse | tuple[str, int]:
    try:
        submit_response(
            db.session,
            case,
            mode=MODE,
            answers=answers,
            submission_key=key,
            started_at=answers_form.began,
        )
        db.session.commit()
    except AnswersRefused as refused:
        db.session.rollback()
        answers_form.show(refused.problems)
        questionnaire = answers_form.questionnaire
        wrong = {problem.question for problem in refused.problems}
        asked = applicable(questionnaire, answers, MODE)
        target = next((q for q in asked if q.id in wrong), asked[0])
        return _page(case, token, answers_form, answers, _place(questionnaire, answers, target)), 422
    except Refused as refused:
        db.session.rollback()
        return render_template("respond/closed.html", message=refused.message, evaluation=case.draw.evaluation), 409
    return redirect(url_for(".thanks", token=token), 303)


def _page(case: Case, token: str, answers_form: AnswersForm, answers: dict[str, Any], place: Place) -> str:
    kept = [
        (name, value)
        for name, given in answers.items()
        if name != place.question.id
        for value in (given if isinstance(given, list) else [given])
    ]
    return render_template(
        "respond/question.html",
        token=token,
        evaluation=case.draw.evaluation,
        form=answers_form,
        place=place,
        question=place.question,
        given=answers.get(place.question.id),
        kept=kept,
        problems=answers_form[place.question.id].errors,
    )


@blueprint.get("/<token>/thanks")
@public(BY_LINK)
@limiter.limit(_limit)
def thanks(token: str) -> str | BaseResponse:
    """It was handed in, and when."""
    case = get_case_by_token(token)
    when = finished_at(db.session, case)
    if when is None:
        return redirect(url_for(".start", token=token))
    return render_template("respond/thanks.html", evaluation=case.draw.evaluation, when=when)
