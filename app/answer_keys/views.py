"""The answer key of awareness: the station states it, the lead may correct it, interviewers read it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.answer_keys.commands import enter_answer_key
from app.answer_keys.forms import AnswerKeyForm
from app.answer_keys.queries import answer_key_entered_at, answer_key_of, interviews_begun
from app.extensions import db
from app.models import Evaluation, Role
from app.models.responses import FACTS
from app.shared.errors import Refused
from app.shared.getters import get_evaluation, roles_at
from app.shared.queries import is_settled

blueprint = Blueprint("answer_key", __name__, url_prefix="/evaluations/<slug>")


@blueprint.route("/answer-key", methods=["GET", "POST"])
@members(Role.STATION, Role.LEAD)
def enter(slug: str) -> str | tuple[str, int] | BaseResponse:
    """Read the key and state it; closed to the station once interviews began, and to everybody after settling."""
    evaluation = get_evaluation(slug)
    form = AnswerKeyForm(data=answer_key_of(db.session, evaluation))
    if not form.is_submitted():
        return _page(evaluation, form)
    if not form.validate():
        return _page(evaluation, form), 422
    try:
        changed = enter_answer_key(
            db.session,
            evaluation,
            form.texts(),
            actor=current_user,
            leads=Role.LEAD in roles_at(evaluation),
            note=form.note.data or "",
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.code == "note":
            form.note.errors = [refused.message]
            return _page(get_evaluation(slug), form), 422
        return _page(get_evaluation(slug), form, messages=[refused.message]), 422
    flash(_("答案要点已保存。") if changed else _("没有改动。"), "success" if changed else "info")
    return redirect(url_for(".enter", slug=slug), 303)


def _page(evaluation: Evaluation, form: AnswerKeyForm, messages: list[str] | None = None) -> str:
    begun, leads = interviews_begun(db.session, evaluation), Role.LEAD in roles_at(evaluation)
    settled = is_settled(db.session, evaluation)
    return render_template(
        "answer_keys/show.html",
        evaluation=evaluation,
        form=form,
        facts=FACTS,
        key=[(form[fact].label.text, form[fact].data or _("没有填写")) for fact in FACTS],
        entered_at=answer_key_entered_at(db.session, evaluation),
        begun=begun,
        settled=settled,
        may_change=not settled and (leads or not begun),
        messages=messages or [],
    )
