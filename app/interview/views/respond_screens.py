"""The screens of the beneficiary's questionnaire: one question each, and the last one, where answers are submitted."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from app.interview.forms.questionnaire import QuestionnaireForm
from app.interview.forms.steps import MODE, QuestionnaireProgress, declining_code
from app.interview.kinds import control_of
from app.localisation import select_locale
from app.models import Case
from app.shared.labels import listed
from surveys.questionnaire import Question
from surveys.questionnaire.kinds import Answer, kind_of


def shared_context(case: Case, token: str) -> dict[str, object]:
    """The template variables of every page behind a personal link; `token` is empty where nothing leads on."""
    evaluation = case.draw.evaluation
    return {
        "evaluation": evaluation,
        "station": evaluation.station,
        "asked_by": evaluation.evaluator,
        "hotline": evaluation.hotline,
        "token": token,
        "language": select_locale(),
    }


def screen(
    case: Case,
    token: str,
    answered: QuestionnaireForm,
    progress: QuestionnaireProgress,
    question: Question | None,
    message: str = "",
) -> str:
    """The screen of one question, or with None the last one, where the answers are submitted."""
    shared = {
        **shared_context(case, token),
        "answered": answered,
        "carried": _carried(answered, question),
        "skipped": sorted(progress.skipped),
        "message": message,
    }
    if question is None:
        return render_template(
            "interview/respond/finish.html", **shared, progress=progress, replies=_replies(answered, progress)
        )
    first = question.id == answered.questionnaire.measures.consent[0]
    return render_template(
        "interview/respond/question.html",
        **shared,
        question=question,
        one_tap=control_of(question).one_tap,
        place=None if first else progress.place(question),
        field=answered.of(question.id),
        declining=declining_code(question),
        previous=progress.before(question),
        can_skip=MODE not in question.required,
        proxy=_offers_proxy(answered, progress),
    )


def _carried(answered: QuestionnaireForm, shown: Question | None) -> list[tuple[str, str]]:
    """Names and values of the hidden fields: every answer that no visible field of this screen carries."""
    hidden_fields: list[tuple[str, str]] = []
    for name, data in answered.answers().items():
        # A choice is made by a button, which sends nothing unless pressed, so its earlier answer is a hidden field too.
        if shown is not None and name == shown.id and not control_of(shown).one_tap:
            continue
        for value in data if isinstance(data, list) else [data]:
            hidden_fields.append((answered.of(name).name, str(value)))
    return hidden_fields


def _offers_proxy(answered: QuestionnaireForm, progress: QuestionnaireProgress) -> bool:
    """Whether to offer 「请家人帮我」 (a proxy answers): once the proxy question applies, until it is answered so."""
    question, codes = answered.questionnaire.measures.proxy
    on_path = any(q.id == question for q in progress.path)
    return on_path and progress.answers.get(question) not in codes


def _replies(answered: QuestionnaireForm, progress: QuestionnaireProgress) -> list[tuple[Question, str]]:
    """Each question with its answer in words, to review before submitting."""
    language = select_locale()
    return [(question, _in_words(question, progress.answers.get(question.id), language)) for question in progress.path]


def _in_words(question: Question, given: Answer | None, language: str) -> str:
    return _("没有回答") if given is None else listed(kind_of(question).in_words(question, given, language))
