"""Rendering the page of an interview, and the review of its answers before it is stored."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from flask_security import current_user

from app.answer_keys.queries import answer_key_of
from app.cases.queries import open_call
from app.clock import local, now
from app.desk.views.blueprint import identity
from app.extensions import db
from app.interview.commands.interviews import InterviewParadata
from app.interview.commands.responses import wrong_respondent
from app.interview.forms.interview import InterviewForm
from app.interview.forms.interview_script import in_words, interview_script
from app.interview.forms.questionnaire import PREFIX
from app.interview.kinds import control_of
from app.interview.queries import InterviewDraft, interview_draft
from app.localisation import select_locale
from app.models import Case
from app.privacy.masking import mask_name
from app.shared.piping import opening, pipe
from surveys.calling.minors import protection
from surveys.checks import TICKS, Check, soft_checks
from surveys.indicators import measure
from surveys.questionnaire import Question, applicable, check_answers
from surveys.questionnaire.conditions import In
from surveys.questionnaire.kinds import kind_of


@dataclass(frozen=True)
class Review:
    """What to confirm before the interview is stored: open questions, unusual answers; `holds_up`: there is any."""

    unanswered: tuple[Question, ...] = ()
    checks: tuple[Check, ...] = ()
    holds_up: bool = False


def review_of(case: Case, form: InterviewForm, paradata: InterviewParadata, *, final: bool) -> Review:
    """Review an interview: questions left open, answers that look unusual, and every problem put at its field.

    `final`: the interviewer has confirmed that the open questions stay open. Multiple choices and open text may be
    empty and are never listed as open.
    """
    checked = check_answers(form.questionnaire, form.answers(), form.mode)
    measured = measure(form.questionnaire, checked.answers)
    problems = checked.problems + (wrong_respondent(case, measured, now()) if measured.consented else ())
    wrong = {problem.question for problem in problems}
    left_open = tuple(
        question
        for question in applicable(form.questionnaire, checked.answers, form.mode)
        if not kind_of(question).may_be_empty and question.id not in checked.answers and question.id not in wrong
    )
    checks = soft_checks(form.questionnaire, checked.answers, paradata.ticks, paradata.milliseconds)
    unconfirmed = [check for check in checks if check.code not in paradata.kept]
    if not (unconfirmed or (left_open and not final)):
        return Review()
    form.put(problems)
    if measured.consented:
        form.mark({tick: _("请选「是」或「否」。") for tick in TICKS if tick not in paradata.ticks})
    return Review(left_open, checks, holds_up=True)


def interview_page(
    case: Case,
    form: InterviewForm,
    *,
    name: str = "",
    draft: InterviewDraft | None = None,
    review: Review | None = None,
    messages: list[str] | None = None,
) -> str:
    """Render the page of an interview. `name`: revealed in this response only; `draft` defaults to the case's own."""
    evaluation, questionnaire, language = case.draw.evaluation, form.questionnaire, select_locale()
    rules, contact = questionnaire.measures, case.recipient.contact
    # Opening this page is a GET and makes no audit event, so it must not show a name: the greeting is masked unless a
    # call under way has revealed it, or the interviewer presses the button that does, which is an audit event.
    call = open_call(db.session, case) if form.mode == "phone" else None
    if contact is not None and call is not None and call.interviewer_id == current_user.id:
        name = contact.name
    protected = protection(case.recipient.birth_year, local(now()).date())
    recipient = name or (mask_name(contact.name) if contact else "")
    people = {"interviewer": current_user.display_name, "recipient": recipient}
    to_guardian = protected.guardian_consents
    text = questionnaire.openings.get(form.mode) or questionnaire.openings.get("phone")
    closing = questionnaire.closings.get(form.mode) or questionnaire.closings.get("phone")
    consented, by_proxy = In(rules.consent[0], frozenset({rules.consent[1]})), In(*rules.proxy)
    draft = draft or interview_draft(db.session, case)
    answer_key = _answer_key(case, form)
    return render_template(
        "interview/interview.html",
        **identity(case),
        form=form,
        sections=interview_script(questionnaire, form.mode, language),
        mode=form.mode,
        language=language,
        opening=opening(text, evaluation, language, **people, guardian=to_guardian),
        opening_yue=pipe(text.yue, evaluation, **people, guardian=to_guardian) if text else [],
        closing=closing,
        can_reveal=contact is not None and not name,
        protected=protected,
        answer_key=answer_key,
        keyless=[question for question, points in answer_key.items() if not points],
        asked_when=(_condition(consented), in_words(consented, questionnaire, language)),
        proxy_when=(_condition(by_proxy), in_words(by_proxy, questionnaire, language)),
        kept=draft,
        place=_place(form, draft),
        review=review or Review(),
        said=lambda words: (words.in_language(language), words.yue),
        target=lambda name: (
            f"{PREFIX}{name}-0" if control_of(questionnaire.question(name)).grouped else f"{PREFIX}{name}"
        ),
        messages=messages or [],
        # The browser measures the time spent on each question and adds to the totals stored so far.
        spent=json.dumps({"ms": dict(draft.milliseconds), "changes": dict(draft.changes)}) if draft else "",
    )


def _condition(condition: In) -> str:
    return json.dumps(condition.to_json(), separators=(",", ":"))


def _answer_key(case: Case, form: InterviewForm) -> dict[str, str]:
    """By question id, the text of the answer key; empty where the station stated none."""
    key = answer_key_of(db.session, case.draw.evaluation)
    return {question: key.get(fact, "") for fact, question in form.questionnaire.measures.facts.items()}


def _place(form: InterviewForm, draft: InterviewDraft | None) -> tuple[str, int] | None:
    """The id of the question to resume at and its number among those that apply; None where there is none."""
    if draft is None:
        return None
    path = [question.id for question in applicable(form.questionnaire, form.answers(), form.mode)]
    return (draft.position, path.index(draft.position) + 1) if draft.position in path else None
