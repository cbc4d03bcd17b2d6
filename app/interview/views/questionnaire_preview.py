"""A published questionnaire as it is asked: by an interviewer, and one screen after another by a personal link.

Nothing can be answered and nothing is stored.
"""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from app.access import members
from app.documents.forms import title_of
from app.documents.getters import get_document
from app.documents.queries import questionnaire_in
from app.interview.forms.interview_script import interview_script
from app.interview.forms.questionnaire import form_class
from app.interview.forms.steps import MODE, declining_code
from app.interview.kinds import control_of
from app.localisation import select_locale
from app.models import Role
from surveys.questionnaire import Question, Questionnaire

blueprint = Blueprint(
    "questionnaire_preview", __name__, url_prefix="/admin/documents/questionnaire/<document_id>/<int:version>"
)

READERS = (Role.ADMINISTRATOR, Role.LEAD)


@blueprint.get("/interviewer")
@members(*READERS)
def interviewer(document_id: str, version: int) -> str:
    """The script of an interview by telephone."""
    document = get_document("questionnaire", document_id, version)
    questionnaire, language = questionnaire_in(document), select_locale()
    opening, closing = questionnaire.openings.get("phone"), questionnaire.closings.get("phone")
    return render_template(
        "interview/preview_interviewer.html",
        document=document,
        title=title_of(document),
        form=form_class(questionnaire, "phone")(formdata=None),
        sections=interview_script(questionnaire, "phone", language),
        opening=opening.in_language(language).split("\n") if opening else [],
        closing=closing.in_language(language).split("\n") if closing else [],
    )


@blueprint.get("/beneficiary")
@members(*READERS)
def beneficiary(document_id: str, version: int) -> str:
    """One screen of the questionnaire behind a personal link; `n` in the address is the number of the question."""
    document = get_document("questionnaire", document_id, version)
    questionnaire = questionnaire_in(document)
    asked = [question for question in questionnaire.questions if MODE in question.modes]
    number = request.args.get("n", "1")
    if not (number.isascii() and number.isdecimal() and len(number) < 6 and 0 < int(number) <= len(asked)):
        abort(404)
    question = asked[int(number) - 1]
    return render_template(
        "interview/preview_beneficiary.html",
        document=document,
        question=question,
        field=form_class(questionnaire, MODE)(formdata=None).of(question.id),
        declining=declining_code(question),
        one_tap=control_of(question).one_tap,
        can_skip=MODE not in question.required,
        number=int(number),
        total=len(asked),
        language=select_locale(),
        opening=_opening(questionnaire, question),
        asked_by=_("预览：不能作答，什么也不会保存"),
    )


def _opening(questionnaire: Questionnaire, question: Question) -> list[str]:
    """What is said on the first page, above the question of consent; empty at every other question."""
    text = questionnaire.openings.get(MODE)
    if text is None or question.id != questionnaire.measures.consent[0]:
        return []
    return text.in_language(select_locale()).split("\n")
