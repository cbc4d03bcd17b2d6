"""The page of retention: until when personal data are kept, and their erasure after that day."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.extensions import db
from app.models import Evaluation, Role
from app.retention.commands import erase_personal_data
from app.retention.forms import EraseForm
from app.retention.queries import counts_to_erase, counts_to_keep, retention_state_of
from app.retention.rows import holding_rows, remaining_rows
from app.shared.getters import get_evaluation
from app.shared.views import Page, committing

blueprint = Blueprint("retention", __name__, url_prefix="/evaluations/<slug>/retention")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def show(slug: str) -> Page:
    """Counts of what will be erased and kept, and the form that erases after the evaluation's title is typed."""
    evaluation = get_evaluation(slug)
    form = EraseForm(evaluation.title)
    if not form.is_submitted():
        return _page(evaluation, form)
    if not form.validate():
        return _page(evaluation, form), 422
    with committing() as refused:
        erased = erase_personal_data(db.session, evaluation, actor=current_user)
    if refused:
        return _page(get_evaluation(slug), form, refused.message), 422
    flash(_("个人资料以前已经删除。") if erased.repeated else _("个人资料已经删除。"), "success")
    return redirect(url_for(".show", slug=slug), 303)


def _page(evaluation: Evaluation, form: EraseForm, refusal: str = "") -> str:
    keeping = retention_state_of(db.session, evaluation)
    return render_template(
        "retention/show.html",
        evaluation=evaluation,
        keeping=keeping,
        holdings=holding_rows(keeping.erasure.counts if keeping.erasure else counts_to_erase(db.session, evaluation)),
        remains=remaining_rows(counts_to_keep(db.session, evaluation)),
        form=form,
        refusal=refusal,
    )
