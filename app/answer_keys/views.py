"""The page of the answer key: the station enters it, the lead may correct it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.answer_keys.commands import enter_answer_key
from app.answer_keys.forms import AnswerKeyForm
from app.answer_keys.queries import answer_key_entered_at, answer_key_of, interviews_begun
from app.extensions import db
from app.models import Evaluation, Role
from app.models.responses import FACTS
from app.shared.getters import get_evaluation, roles_at
from app.shared.queries import is_settled
from app.shared.views import Page, committing

blueprint = Blueprint("answer_key", __name__, url_prefix="/evaluations/<slug>")


@blueprint.route("/answer-key", methods=["GET", "POST"])
@members(Role.STATION, Role.LEAD)
def enter(slug: str) -> Page:
    """Show and change the key; read-only to the station once interviews began, and to everybody after settling."""
    evaluation = get_evaluation(slug)
    form = AnswerKeyForm(data=answer_key_of(db.session, evaluation))
    if not form.is_submitted():
        return _page(evaluation, form)
    if not form.validate():
        return _page(evaluation, form), 422
    with committing() as refused:
        changed = enter_answer_key(
            db.session,
            evaluation,
            form.texts(),
            actor=current_user,
            leads=Role.LEAD in roles_at(evaluation),
            note=form.note.data or "",
        )
    if refused:
        refusal = refused.put_at(note=form.note)
        return _page(get_evaluation(slug), form, refusal), 422
    flash(_("答案要点已保存。") if changed else _("没有改动。"), "success" if changed else "info")
    return redirect(url_for(".enter", slug=slug), 303)


def _page(evaluation: Evaluation, form: AnswerKeyForm, refusal: str = "") -> str:
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
        messages=[refusal] if refusal else [],
    )
