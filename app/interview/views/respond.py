"""The beneficiary's questionnaire behind a personal link: one question per screen, without scripts or an account.

Answers are carried in hidden fields from screen to screen and stored once, at the end, under a key made at the start:
a double tap, a retry or a reloaded page never makes a second submission, and nothing is stored of a form that is left
half-way.
"""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import Gone, NotFound

from app.access import public
from app.cases.queries import completion_of
from app.clock import now
from app.documents.queries import questionnaire_of
from app.extensions import db, limiter
from app.interview.commands.responses import AnswersRefused, submit_response
from app.interview.forms.questionnaire import QuestionnaireForm, form_class
from app.interview.forms.steps import MODE, QuestionnaireProgress, declining_code
from app.interview.getters import ErasedLinkOpened, get_case_by_token
from app.interview.views.browser_number import browser_number, with_browser_number
from app.interview.views.respond_screens import screen, shared_context
from app.localisation import select_locale, to_visitor
from app.models import Case
from app.privacy.tokens import as_read
from app.shared.piping import opening
from app.shared.queries import is_settled, retention_is_over
from app.shared.views import Page, committing
from sampling.text import NOTHING_SAID
from surveys.questionnaire import Question

blueprint = Blueprint("respond", __name__, url_prefix="/q")

INVITED = "the personal link is the permission"


def _token_rate() -> str:
    rate: str = current_app.config["TOKEN_LIMIT"]
    return rate


# Only wrong links count against a network address: a whole village may share one, but nobody may guess links.
slow_guessing = limiter.shared_limit(
    _token_rate, scope="personal link", deduct_when=lambda response: response.status_code == 404
)


@blueprint.errorhandler(404)
def unknown_link(_error: NotFound) -> tuple[str, int]:
    """The page for a link that does not work: wrong, replaced by a newer one, or of a voided draw."""
    return render_template("interview/respond/unknown.html"), 404


@blueprint.errorhandler(410)
def ended_link(_error: Gone) -> tuple[str, int]:
    """The page for a link whose case was closed without an answer; it does not say why."""
    return render_template("interview/respond/ended.html"), 410


@blueprint.errorhandler(ErasedLinkOpened)
def erased_link(_error: ErasedLinkOpened) -> tuple[str, int]:
    """The page for a link whose case was erased at the end of the retention period."""
    return render_template(
        "interview/respond/closed.html", message=_("资料保存期已过，个人资料和您的原话已经删除。")
    ), 410


@blueprint.get("/<token>")
@public(INVITED)
@slow_guessing
def start(token: str) -> Page:
    """The first page: who asks, how long it takes, who sees the answers, and the consent question."""
    case = _case(token)
    if page := _page_when_over(case):
        return page
    questionnaire = questionnaire_of(case.draw.evaluation)
    consent = questionnaire.question(questionnaire.measures.consent[0])
    return render_template(
        "interview/respond/start.html",
        **shared_context(case, token),
        form=form_class(questionnaire, MODE)(formdata=None),
        lines=opening(questionnaire.openings.get(MODE), case.draw.evaluation, select_locale()),
        consent=consent,
        agreeing=questionnaire.measures.consent[1],
    )


@blueprint.route("/<token>/form", methods=["GET", "POST"])
@public(INVITED)
@slow_guessing
def form(token: str) -> Page:
    """The screens of the questionnaire; the last one submits the answers."""
    case = _case(token)
    done = completion_of(db.session, case)
    if request.method == "POST" and done and done.by_link:
        return redirect(url_for(".thanks", token=token), 303)  # pressed twice, or a page left open
    # Somebody who began before an interviewer called may still submit: it is stored, and not counted.
    if page := (_closed(case) if request.method == "POST" else _page_when_over(case)):
        return page
    questionnaire = questionnaire_of(case.draw.evaluation)
    answered = form_class(questionnaire, MODE)()
    progress = QuestionnaireProgress.of(questionnaire, answered.answers(), _skipped())
    if request.method == "GET":
        return screen(case, token, answered, progress, progress.next())
    answered.validate()
    if answered.submission_key.errors:
        return render_template("interview/respond/broken.html", **shared_context(case, token)), 422
    if request.form.get("go") == "finish":
        return _hand_in(case, token, answered, progress)
    page = _move(case, token, answered, progress)
    return with_browser_number(page, blueprint.url_prefix or "/") if progress.agreed else page


@blueprint.get("/<token>/thanks")
@public(INVITED)
@slow_guessing
def thanks(token: str) -> Page:
    """After submitting: thanks, when it was submitted, and what happens to the answers."""
    case = _case(token)
    done = completion_of(db.session, case)
    if done is None:
        return redirect(url_for(".start", token=token), 303)
    return render_template("interview/respond/thanks.html", **shared_context(case, token), done=done)


def _case(token: str) -> Case:
    return get_case_by_token(as_read(token))


def _page_when_over(case: Case) -> Page | None:
    """The page of a link where there is nothing to answer any more; None where the questionnaire is open."""
    if done := completion_of(db.session, case):
        return render_template("interview/respond/already.html", **shared_context(case, ""), done=done)
    return _closed(case)


def _closed(case: Case) -> Page | None:
    evaluation = case.draw.evaluation
    if is_settled(db.session, evaluation):
        message = _("评估已经定案，不能再填。谢谢您愿意参加。")
    elif retention_is_over(evaluation):
        message = _("资料只保存到 %(day)s，已经到期，不能再填。", day=evaluation.keep_until.isoformat())
    else:
        return None
    return render_template("interview/respond/closed.html", **shared_context(case, ""), message=message), 410


def _skipped() -> list[str]:
    return request.form.getlist("skipped")


def _move(case: Case, token: str, answered: QuestionnaireForm, progress: QuestionnaireProgress) -> Page:
    """The next screen, by the button pressed: on, back, to a question, declining, or letting a proxy answer."""
    questionnaire, go = answered.questionnaire, request.form.get("go", "next")
    here = _question_named(answered, request.form.get("at", ""))
    if go.startswith("to:"):
        return screen(
            case, token, answered, progress, _question_named(answered, go.removeprefix("to:")) or progress.next()
        )
    if go == "back":
        previous = progress.before(here)
        return (
            screen(case, token, answered, progress, previous)
            if previous
            else redirect(url_for(".start", token=token), 303)
        )
    if go == "proxy":
        question, codes = questionnaire.measures.proxy
        answered.of(question).data = min(codes)
        progress = QuestionnaireProgress.of(questionnaire, answered.answers(), _skipped())
        return screen(case, token, answered, progress, progress.next())
    if here is None:
        return screen(case, token, answered, progress, progress.next())
    if go == "refuse" and MODE not in here.required:
        answered.of(here.id).data = declining_code(here)
    elif message := _wrong(answered, progress, here.id):
        return screen(case, token, answered, progress, here, message), 422
    progress = QuestionnaireProgress.of(questionnaire, answered.answers(), [*_skipped(), here.id])
    return screen(case, token, answered, progress, progress.next())


def _wrong(answered: QuestionnaireForm, progress: QuestionnaireProgress, name: str) -> str:
    """The message about the answer to a question; empty where the answer fits."""
    return answered.wrong().get(name) or to_visitor(progress.problems.get(name, NOTHING_SAID))


def _question_named(answered: QuestionnaireForm, name: str) -> Question | None:
    """The question of that id; None where the questionnaire does not ask it on the web."""
    questionnaire = answered.questionnaire
    if name not in questionnaire or MODE not in questionnaire.question(name).modes:
        return None
    return questionnaire.question(name)


def _hand_in(case: Case, token: str, answered: QuestionnaireForm, progress: QuestionnaireProgress) -> Page:
    with committing() as refused:
        submit_response(
            db.session,
            case,
            mode=MODE,
            answers=answered.answers(),
            submission_key=answered.key,
            started_at=answered.started(now()),
            browser=browser_number(),
        )
    if isinstance(refused.cause, AnswersRefused):
        answered.put(refused.cause.problems)
        wrong = refused.cause.problems[0]
        return screen(
            _case(token),
            token,
            answered,
            progress,
            _question_named(answered, wrong.question),
            to_visitor(wrong.message),
        ), 422
    if refused:
        page = render_template(
            "interview/respond/closed.html", **shared_context(_case(token), ""), message=refused.message
        )
        return page, 409
    return redirect(url_for(".thanks", token=token), 303)
