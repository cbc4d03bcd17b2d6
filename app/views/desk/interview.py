"""An interview by telephone or on a visit: the whole questionnaire on one page that flows."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.clock import local, now
from app.commands.calls import reveal_contact
from app.commands.refusal import Refused
from app.commands.responses import AnswersRefused, submit_response
from app.documents import questionnaire_of
from app.extensions import db
from app.forms.questionnaire import QuestionnaireForm, form_class
from app.forms.sheet import sheet
from app.getters import get_my_case
from app.localisation import select_locale
from app.models import Case, Role
from app.privacy.masking import mask_name
from app.queries.desk import is_settled
from app.views.desk.room import Page, blueprint, identity, slow_reveals
from app.views.piping import opening, pipe
from surveys.questionnaire import Question, applicable, check_answers


@blueprint.route("/cases/<uuid:case_uuid>/interview/<any(phone, visit):mode>", methods=["GET", "POST"])
@members(Role.INTERVIEWER)
@slow_reveals
def interview(case_uuid: uuid.UUID, mode: str) -> Page:
    """The whole questionnaire on one page that flows; one submission is stored once, however often it is sent."""
    found = get_my_case(case_uuid)
    form = form_class(questionnaire_of(found.draw.evaluation), mode)()
    if request.method == "GET":
        return _closed_to_interviews(found) or _interview_page(found, form)
    if request.form.get("go") == "reveal":
        return _reveal_in_interview(found, form)
    if not form.validate():
        return _interview_page(found, form), 422
    if request.form.get("go") != "finish" and (unanswered := _look_through(form)):
        return _interview_page(found, form, unanswered=unanswered), 422
    try:
        stored = submit_response(
            db.session,
            found,
            mode=mode,
            answers=form.answers(),
            submission_key=form.key,
            started_at=form.started(now()),
            interviewer=current_user,
        )
        db.session.commit()
    except AnswersRefused as refused:
        db.session.rollback()
        form.put(refused.problems)
        return _interview_page(get_my_case(case_uuid), form), 422
    except Refused as refused:
        db.session.rollback()
        return _interview_page(get_my_case(case_uuid), form, messages=[refused.message]), 422
    flash(_stored_words(stored.response.submitted_at, counted=stored.response.counted), "success")
    return redirect(url_for(".case", case_uuid=case_uuid), 303)


def _stored_words(at: datetime, *, counted: bool) -> str:
    clock = local(at).strftime("%H:%M")
    if counted:
        return str(_("答卷已保存，%(clock)s。", clock=clock))
    return str(_("答卷已保存，%(clock)s。这一份不计入统计。", clock=clock))


def _closed_to_interviews(found: Case) -> BaseResponse | None:
    """Back to the case when there is nobody to ask any more: after a final outcome, or when the score is settled."""
    if is_settled(db.session, found.draw.evaluation):
        flash(_("评分已经定案，不能再录答卷。"), "info")
    elif found.outcome_final:
        flash(_("这个个案已有最终结果，不再访问。"), "info")
    else:
        return None
    return redirect(url_for(".case", case_uuid=found.uuid), 303)


def _reveal_in_interview(found: Case, form: QuestionnaireForm) -> Page:
    """The greeting with the full name; what was filled in so far stays on the page."""
    try:
        contact = reveal_contact(db.session, found, actor=current_user)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _interview_page(get_my_case(found.uuid), form, messages=[refused.message]), 422
    return _interview_page(found, form, name=contact.name)


def _interview_page(
    found: Case,
    form: QuestionnaireForm,
    *,
    name: str = "",
    unanswered: list[Question] | None = None,
    messages: list[str] | None = None,
) -> str:
    evaluation, questionnaire, language = found.draw.evaluation, form.questionnaire, select_locale()
    contact = found.recipient.contact
    # Opening this page is a GET and leaves no trace, so it must not show a name: the greeting is masked until the
    # interviewer asks for the name by a button, which is an audited event like every other reveal.
    people = {
        "interviewer": current_user.display_name,
        "recipient": name or (mask_name(contact.name) if contact else ""),
    }
    text = questionnaire.openings.get(form.mode) or questionnaire.openings.get("phone")
    return render_template(
        "desk/interview.html",
        **identity(found),
        form=form,
        sections=sheet(questionnaire, form.mode, language),
        mode=form.mode,
        language=language,
        opening=opening(text, evaluation, language, **people),
        opening_yue=pipe(text.yue, evaluation, **people) if text else [],
        revealed=bool(name),
        can_reveal=contact is not None and not name,
        unanswered=unanswered or [],
        messages=messages or [],
        wording=request.form.get("wording", "zh"),
    )


def _look_through(form: QuestionnaireForm) -> list[Question]:
    """Once before storing: the questions left open, and every problem put at its question.

    Several choices and open text may be empty: for them, nothing is an answer.
    """
    checked = check_answers(form.questionnaire, form.answers(), form.mode)
    wrong = {problem.question for problem in checked.problems}
    left_open = [
        question
        for question in applicable(form.questionnaire, checked.answers, form.mode)
        if question.kind in ("single", "integer") and question.id not in checked.answers and question.id not in wrong
    ]
    if left_open:
        form.put(checked.problems)
    return left_open
