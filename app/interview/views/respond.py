"""The beneficiary's questionnaire behind a personal link: one question per screen, without scripts, without account.

Answers travel in the page from screen to screen and are stored once, at the end, under a key made at the start: so a
double tap, a retry or a reloaded page never makes a second submission, and a form that was left half-way leaves nothing
behind on the server.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Gone, NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.access import public
from app.cases.queries import finished
from app.clock import now
from app.documents.queries import questionnaire_of
from app.extensions import db, limiter
from app.interview.commands.responses import AnswersRefused, submit_response
from app.interview.forms.questionnaire import QuestionnaireForm, form_class
from app.interview.forms.steps import MODE, Walk, declining_code
from app.interview.getters import ErasedLinkOpened, get_case_by_token
from app.interview.kinds import control_of
from app.localisation import select_locale, to_visitor
from app.models import Case
from app.shared.labels import listed
from app.shared.piping import opening
from app.shared.queries import is_settled, retention_is_over
from app.shared.views import Page, committing
from sampling.text import NOTHING_SAID
from surveys.questionnaire import Question
from surveys.questionnaire.kinds import Answer, kind_of

blueprint = Blueprint("respond", __name__, url_prefix="/q")

# A random number in the browser of whoever agreed, for the rule about many answers from one device:
# docs/decisions.md, record 28.
BROWSER, BROWSER_BYTES, BROWSER_KEPT = "browser", 16, timedelta(days=90)
INVITED = "the personal link is the permission"
# Signs a printed link does not use, as people read them.
MISREAD = str.maketrans({"i": "1", "l": "1", "o": "0", "-": "", " ": ""})


def _token_rate() -> str:
    rate: str = current_app.config["TOKEN_LIMIT"]
    return rate


# Only wrong links count against an address: a whole village may answer behind one, a guesser may not.
slow_guessing = limiter.shared_limit(
    _token_rate, scope="personal link", deduct_when=lambda response: response.status_code == 404
)


@blueprint.errorhandler(404)
def unknown_link(_error: NotFound) -> tuple[str, int]:
    """A link that opens nothing: wrong, replaced by a newer one, or of a draw that was voided."""
    return render_template("interview/respond/unknown.html"), 404


@blueprint.errorhandler(410)
def ended_link(_error: Gone) -> tuple[str, int]:
    """A link whose case was closed without an answer; of why, the page says nothing."""
    return render_template("interview/respond/ended.html"), 410


@blueprint.errorhandler(ErasedLinkOpened)
def erased_link(_error: ErasedLinkOpened) -> tuple[str, int]:
    """A link that leads to nobody's case any more."""
    return render_template(
        "interview/respond/closed.html", message=_("资料保存期已过，个人资料和您的原话已经删除。")
    ), 410


@blueprint.get("/<token>")
@public(INVITED)
@slow_guessing
def start(token: str) -> Page:
    """Who asks, how long it takes, who sees the answers; and the way in."""
    case = _case(token)
    if page := _over(case):
        return page
    questionnaire = questionnaire_of(case.draw.evaluation)
    consent = questionnaire.question(questionnaire.measures.consent[0])
    return render_template(
        "interview/respond/start.html",
        **_surroundings(case, token),
        form=form_class(questionnaire, MODE)(formdata=None),
        lines=opening(questionnaire.openings.get(MODE), case.draw.evaluation, select_locale()),
        consent=consent,
        agreeing=questionnaire.measures.consent[1],
    )


@blueprint.route("/<token>/form", methods=["GET", "POST"])
@public(INVITED)
@slow_guessing
def form(token: str) -> Page:
    """One screen after another; the last one hands everything in."""
    case = _case(token)
    done = finished(db.session, case)
    if request.method == "POST" and done and done.by_link:
        return redirect(url_for(".thanks", token=token), 303)  # the second tap of a double tap, or a page left open
    # Somebody who began before an interviewer called may still hand in: it is kept, and not counted.
    if page := (_closed(case) if request.method == "POST" else _over(case)):
        return page
    questionnaire = questionnaire_of(case.draw.evaluation)
    answered = form_class(questionnaire, MODE)()
    walk = Walk.of(questionnaire, answered.answers(), _skipped())
    if request.method == "GET":
        return _screen(case, token, answered, walk, walk.next())
    answered.validate()
    if answered.submission_key.errors:
        return render_template("interview/respond/broken.html", **_surroundings(case, token)), 422
    if request.form.get("go") == "finish":
        return _hand_in(case, token, answered, walk)
    page = _move(case, token, answered, walk)
    return _in_this_browser(page) if walk.agreed else page


def _in_this_browser(page: Page) -> BaseResponse:
    """The page, and for whoever agreed a random number in their browser, by which answers given in one are told."""
    response = make_response(page)
    if not _browser():
        response.set_cookie(
            BROWSER,
            secrets.token_hex(BROWSER_BYTES),
            max_age=BROWSER_KEPT,
            path=blueprint.url_prefix,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _browser() -> str:
    """The number of this browser; empty where it has none, or one that is not ours."""
    given = request.cookies.get(BROWSER, "")
    return given if re.fullmatch(rf"[0-9a-f]{{{2 * BROWSER_BYTES}}}", given) else ""


@blueprint.get("/<token>/thanks")
@public(INVITED)
@slow_guessing
def thanks(token: str) -> Page:
    """After handing in: thanks, when, and what happens to the answers."""
    case = _case(token)
    done = finished(db.session, case)
    if done is None:
        return redirect(url_for(".start", token=token), 303)
    return render_template("interview/respond/thanks.html", **_surroundings(case, token), done=done)


def _case(token: str) -> Case:
    return get_case_by_token(token.lower().translate(MISREAD))


def _surroundings(case: Case, token: str) -> dict[str, object]:
    evaluation = case.draw.evaluation
    return {
        "evaluation": evaluation,
        "station": evaluation.station,
        "asked_by": evaluation.evaluator,
        "hotline": evaluation.hotline,
        "token": token,
        "language": select_locale(),
    }


def _over(case: Case) -> Page | None:
    """What an opened link shows when there is nothing left to answer."""
    if done := finished(db.session, case):
        return render_template("interview/respond/already.html", **_surroundings(case, ""), done=done)
    return _closed(case)


def _closed(case: Case) -> Page | None:
    evaluation = case.draw.evaluation
    if is_settled(db.session, evaluation):
        message = _("评估已经定案，不能再填。谢谢您愿意参加。")
    elif retention_is_over(evaluation):
        message = _("资料只保存到 %(day)s，已经到期，不能再填。", day=evaluation.keep_until.isoformat())
    else:
        return None
    return render_template("interview/respond/closed.html", **_surroundings(case, ""), message=message), 410


def _skipped() -> list[str]:
    return request.form.getlist("skipped")


def _move(case: Case, token: str, answered: QuestionnaireForm, walk: Walk) -> Page:
    """Where a button of a screen leads."""
    questionnaire, go = answered.questionnaire, request.form.get("go", "next")
    here = _named(answered, request.form.get("at", ""))
    if go.startswith("to:"):
        return _screen(case, token, answered, walk, _named(answered, go.removeprefix("to:")) or walk.next())
    if go == "back":
        previous = walk.before(here)
        return (
            _screen(case, token, answered, walk, previous)
            if previous
            else redirect(url_for(".start", token=token), 303)
        )
    if go == "proxy":
        question, codes = questionnaire.measures.proxy
        answered.of(question).data = min(codes)
        walk = Walk.of(questionnaire, answered.answers(), _skipped())
        return _screen(case, token, answered, walk, walk.next())
    if here is None:
        return _screen(case, token, answered, walk, walk.next())
    if go == "refuse" and MODE not in here.required:
        answered.of(here.id).data = declining_code(here)
    elif message := _wrong(answered, walk, here.id):
        return _screen(case, token, answered, walk, here, message), 422
    walk = Walk.of(questionnaire, answered.answers(), [*_skipped(), here.id])
    return _screen(case, token, answered, walk, walk.next())


def _wrong(answered: QuestionnaireForm, walk: Walk, name: str) -> str:
    """What is wrong with the answer to a question; nothing where it fits."""
    return answered.wrong().get(name) or to_visitor(walk.problems.get(name, NOTHING_SAID))


def _named(answered: QuestionnaireForm, name: str) -> Question | None:
    """The question of that id, if this form asks it."""
    questionnaire = answered.questionnaire
    if name not in questionnaire or MODE not in questionnaire.question(name).modes:
        return None
    return questionnaire.question(name)


def _hand_in(case: Case, token: str, answered: QuestionnaireForm, walk: Walk) -> Page:
    with committing() as refused:
        submit_response(
            db.session,
            case,
            mode=MODE,
            answers=answered.answers(),
            submission_key=answered.key,
            started_at=answered.started(now()),
            browser=_browser(),
        )
    if isinstance(refused.cause, AnswersRefused):
        answered.put(refused.cause.problems)
        wrong = refused.cause.problems[0]
        return _screen(
            _case(token), token, answered, walk, _named(answered, wrong.question), to_visitor(wrong.message)
        ), 422
    if refused:
        page = render_template(
            "interview/respond/closed.html", **_surroundings(_case(token), ""), message=refused.message
        )
        return page, 409
    return redirect(url_for(".thanks", token=token), 303)


def _screen(
    case: Case, token: str, answered: QuestionnaireForm, walk: Walk, question: Question | None, message: str = ""
) -> str:
    """The screen of one question, or the last one where everything is handed in."""
    shared = {
        **_surroundings(case, token),
        "answered": answered,
        "carried": _carried(answered, question),
        "skipped": sorted(walk.skipped),
        "message": message,
    }
    if question is None:
        return render_template("interview/respond/finish.html", **shared, walk=walk, replies=_replies(answered, walk))
    first = question.id == answered.questionnaire.measures.consent[0]
    return render_template(
        "interview/respond/question.html",
        **shared,
        question=question,
        one_tap=control_of(question).one_tap,
        place=None if first else walk.place(question),
        field=answered.of(question.id),
        declining=declining_code(question),
        previous=walk.before(question),
        can_skip=MODE not in question.required,
        proxy=_offers_proxy(answered, walk),
    )


def _carried(answered: QuestionnaireForm, shown: Question | None) -> list[tuple[str, str]]:
    """Every answer that no visible field of this screen carries, as names and values of hidden fields."""
    found: list[tuple[str, str]] = []
    for name, data in answered.answers().items():
        # A choice is made by a button, which says nothing unless it is pressed: its earlier answer is carried along.
        if shown is not None and name == shown.id and not control_of(shown).one_tap:
            continue
        for value in data if isinstance(data, list) else [data]:
            found.append((answered.of(name).name, str(value)))
    return found


def _offers_proxy(answered: QuestionnaireForm, walk: Walk) -> bool:
    """「请家人帮我」 from the moment of consent, until it has been used."""
    question, codes = answered.questionnaire.measures.proxy
    asked = any(q.id == question for q in walk.path)
    return asked and walk.answers.get(question) not in codes


def _replies(answered: QuestionnaireForm, walk: Walk) -> list[tuple[Question, str]]:
    """Each question with the answer in words, to look through before handing in."""
    language = select_locale()
    return [(question, _in_words(question, walk.answers.get(question.id), language)) for question in walk.path]


def _in_words(question: Question, given: Answer | None, language: str) -> str:
    return _("没有回答") if given is None else listed(kind_of(question).in_words(question, given, language))
