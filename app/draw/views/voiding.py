"""Pages for voiding a plan and its draw: requested by one person, confirmed by another."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.draw.commands.voiding import ask_to_void, confirm_void, open_request_of, withdraw_void
from app.draw.forms.ceremonies import VoidForm
from app.draw.queries.ceremony_next import MAY_CONFIRM
from app.draw.queries.draws import voided_before
from app.draw.rows import voided_rows
from app.draw.views.ceremonies import get_ceremony
from app.extensions import db
from app.ledger.queries.frames import frame_of
from app.models import Evaluation, Role, VoidRequest
from app.shared.getters import get_evaluation, roles_at
from app.shared.queries import live_draw
from app.shared.views import Page, committing

blueprint = Blueprint("voiding", __name__, url_prefix="/evaluations/<slug>/void")


@blueprint.route("", methods=["GET", "POST"])
@members(*MAY_CONFIRM)
def show(slug: str) -> Page:
    """The open request, or a form to make one."""
    evaluation = get_evaluation(slug)
    form = VoidForm()
    if not form.is_submitted():
        return _page(evaluation, form)
    if Role.LEAD not in roles_at(evaluation):
        abort(403)
    if form.validate():
        with committing() as refused:
            ask_to_void(db.session, get_ceremony(evaluation), form.reason.data, actor=current_user)
        if not refused:
            flash(_("已申请作废，等第二个人确认。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        form.reason.errors = [refused.message]
    return _page(evaluation, form), 422


def _page(evaluation: Evaluation, form: VoidForm, refusal: str = "") -> str:
    ceremony = get_ceremony(evaluation)
    frame = frame_of(db.session, evaluation)
    return render_template(
        "draw/ceremonies/void.html",
        evaluation=evaluation,
        ceremony=ceremony,
        draw=live_draw(db.session, evaluation),
        request=open_request_of(db.session, ceremony),
        is_lead=Role.LEAD in roles_at(evaluation),
        voided=voided_rows(voided_before(db.session, frame)) if frame else [],
        form=form,
        refusal=refusal,
    )


@blueprint.post("/confirm")
@members(*MAY_CONFIRM)
def confirm(slug: str) -> Page:
    """Confirm the request, by a second person."""

    def act(request: VoidRequest) -> None:
        confirm_void(db.session, request, actor=current_user)

    return _decide(
        slug, act, _("已作废。名册仍然封存，可以另行公布方案、重新抽样。"), url_for("evaluate.show", slug=slug)
    )


@blueprint.post("/withdraw")
@members(Role.LEAD)
def withdraw(slug: str) -> Page:
    """Withdraw the request."""

    def act(request: VoidRequest) -> None:
        withdraw_void(db.session, request, actor=current_user)

    return _decide(slug, act, _("已撤回作废申请。"), url_for("ceremonies.show", slug=slug))


def _decide(slug: str, act: Callable[[VoidRequest], None], done: str, then: str) -> Page:
    evaluation = get_evaluation(slug)
    request = open_request_of(db.session, get_ceremony(evaluation))
    if request is None:
        flash(_("没有等待确认的作废申请。"), "error")
        return redirect(url_for("evaluate.show", slug=slug), 303)
    with committing() as refused:
        act(request)
    if refused:
        return _page(evaluation, VoidForm(formdata=None), refused.message), 422
    flash(done, "success")
    return redirect(then, 303)
