"""An interview by telephone or on a visit: the whole questionnaire on one page, saved answer by answer."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.clock import local, now
from app.desk.commands.calls import reveal_contact
from app.desk.commands.minors import is_open
from app.desk.getters import get_my_case
from app.desk.views.blueprint import blueprint, slow_reveals
from app.documents.queries import questionnaire_of
from app.extensions import db
from app.interview.commands.interviews import IncompleteInterview, SavedInterview, finish_interview, save_answers
from app.interview.commands.responses import AnswersRefused, Submission
from app.interview.forms.interview import InterviewForm
from app.interview.forms.questionnaire import form_class_on
from app.interview.queries import interview_draft
from app.interview.views.interview_page import interview_page, review_of
from app.localisation import to_visitor
from app.models import Case, Role
from app.shared.queries import is_settled, retention_is_over
from app.shared.views import Page, Refusal, committing


@blueprint.route("/cases/<uuid:case_uuid>/interview/<any(phone, visit):mode>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
@slow_reveals
def interview(case_uuid: uuid.UUID, mode: str) -> Page:
    """The whole questionnaire on one page; a submission is stored once, however often it is sent."""
    case = get_my_case(case_uuid)
    if request.method == "GET":
        return _closed_to_interviews(case) or _opened_page(case, mode)
    form, go = _form(case, mode)(), request.form.get("go")
    if go == "reveal":
        return _reveal_in_interview(case, form)
    if go == "save":
        return _saved_by_hand(case, form)
    if not form.validate():
        return interview_page(case, form), 422
    review = review_of(case, form, form.paradata(request.form), final=go == "finish")
    if review.holds_up:
        _save_before_review(case, form)
        return interview_page(get_my_case(case_uuid), form, review=review), 422
    return _finish(case, form)


@blueprint.post("/cases/<uuid:case_uuid>/interview/<any(phone, visit):mode>/save")
@members(Role.INTERVIEWER)
def save_interview(case_uuid: uuid.UUID, mode: str) -> BaseResponse | tuple[BaseResponse, int]:
    """Save the answers named in `saved`; the page sends each as it is given, and again until it is confirmed."""
    case = get_my_case(case_uuid)
    form = _form(case, mode)()
    form.validate()
    if form.submission_key.errors:
        return jsonify(problem=str(form.submission_key.errors[0])), 409
    sent, wrong = set(request.form.getlist("saved")), form.wrong()
    given = form.answers()
    answers = {
        question.id: given.get(question.id)
        for question in form.questionnaire.questions
        if question.id in sent and question.id not in wrong
    }
    with committing() as refused:
        saved = _save(case, form, answers)
        # Read before the commit: after it another request may submit the interview, which deletes the draft.
        clock, key = _clock(saved.draft.saved_at), str(saved.draft.submission_key)
    if refused:
        return jsonify(problem=refused.message), 409
    problems = {p.question: to_visitor(p.message) for p in saved.problems} | {
        q: m for q, m in wrong.items() if q in sent
    }
    return jsonify(saved=clock, key=key, problems=problems)


def _form(case: Case, mode: str) -> type[InterviewForm]:
    return form_class_on(InterviewForm, questionnaire_of(case.draw.evaluation), mode)


def _save(case: Case, form: InterviewForm, answers: dict[str, object]) -> SavedInterview:
    return save_answers(
        db.session,
        case,
        mode=form.mode,
        answers=answers,
        paradata=form.paradata(request.form),
        submission_key=form.key,
        started_at=form.started(now()),
        actor=current_user,
    )


def _opened_page(case: Case, mode: str) -> str:
    """The page when it is opened: empty, or with the answers of the draft."""
    form = _form(case, mode)(formdata=None)
    draft = interview_draft(db.session, case)
    if draft is not None:
        form.resume(draft)
    return interview_page(case, form, draft=draft)


def _saved_by_hand(case: Case, form: InterviewForm) -> Page:
    """Save all answers by a button, for browsers without scripts."""
    if not form.validate():
        return interview_page(case, form), 422
    with committing() as refused:
        saved = _save(case, form, _all_answers(form))
        clock = _clock(saved.draft.saved_at)
    if refused:
        return _refused_page(case, form, refused)
    if saved.problems:
        form.put(saved.problems)
        return interview_page(case, form), 422
    flash(_("已保存 %(clock)s", clock=clock), "success")
    return redirect(url_for(".interview", case_uuid=case.uuid, mode=form.mode), 303)


def _save_before_review(case: Case, form: InterviewForm) -> None:
    """Save all answers before the review is shown; a refusal is reported when the interview is submitted."""
    with committing():
        _save(case, form, _all_answers(form))


def _all_answers(form: InterviewForm) -> dict[str, object]:
    given = form.answers()
    return {question.id: given.get(question.id) for question in form.questionnaire.questions}


def _finish(case: Case, form: InterviewForm) -> Page:
    with committing() as refused:
        stored = finish_interview(
            db.session,
            case,
            mode=form.mode,
            answers=form.answers(),
            paradata=form.paradata(request.form),
            submission_key=form.key,
            started_at=form.started(now()),
            interviewer=current_user,
        )
    if isinstance(refused.cause, AnswersRefused):
        form.put(refused.cause.problems)
        form.mark(refused.cause.marks if isinstance(refused.cause, IncompleteInterview) else {})
        return interview_page(get_my_case(case.uuid), form), 422
    if refused:
        return _refused_page(case, form, refused)
    flash(_stored_words(stored), "success")
    return redirect(url_for(".case", case_uuid=case.uuid), 303)


def _refused_page(case: Case, form: InterviewForm, refused: Refusal) -> Page:
    return interview_page(get_my_case(case.uuid), form, messages=[refused.message]), 422


def _clock(at: datetime) -> str:
    return local(at).strftime("%H:%M")


def _stored_words(stored: Submission) -> str:
    clock = _clock(stored.response.submitted_at)
    if stored.response.counted:
        return str(_("答卷已保存，%(clock)s。", clock=clock))
    return str(_("答卷已保存，%(clock)s。这一份不计入统计。", clock=clock))


def _closed_to_interviews(case: Case) -> BaseResponse | None:
    """A redirect to the case where no interview is allowed: settled, retention ended, final outcome, unopened minor."""
    if is_settled(db.session, case.draw.evaluation):
        flash(_("评分已经定案，不能再录答卷。"), "info")
    elif retention_is_over(case.draw.evaluation):
        flash(_("资料保存期已过，不能再录答卷。"), "info")
    elif case.outcome_final:
        flash(_("这个个案已有最终结果，不再访问。"), "info")
    elif not is_open(db.session, case, current_user):
        flash(_("这是未成年人的资料。先写明理由打开，再联系。"), "info")
    else:
        return None
    return redirect(url_for(".case", case_uuid=case.uuid), 303)


def _reveal_in_interview(case: Case, form: InterviewForm) -> Page:
    """Show the greeting with the full name; the answers given so far stay on the page."""
    with committing() as refused:
        contact = reveal_contact(db.session, case, actor=current_user)
    if refused:
        return _refused_page(case, form, refused)
    return interview_page(case, form, name=contact.name)
