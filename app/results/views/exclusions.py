"""Pages to exclude a response from every figure, restore it, and erase it when consent is withdrawn."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.extensions import db
from app.models import Role
from app.results.commands import exclude_response, restore_response, withdraw_consent
from app.results.forms import ReasonForm
from app.results.queries.exclusions import effects_of, exclusions_of
from app.results.rows.trace import effect_rows, exclusion_events
from app.shared.getters import get_evaluation, get_response
from app.shared.queries import settlement_of
from app.shared.views import Page, committing, form_page
from surveys.indicators import WITHDRAWN

blueprint = Blueprint("exclusions", __name__, url_prefix="/evaluations/<slug>/results/responses/<uuid:response_uuid>")


@blueprint.route("/exclusion", methods=["GET", "POST"])
@members(Role.LEAD)
def exclusion(slug: str, response_uuid: uuid.UUID) -> Page:
    """Exclude a response with a reason, after showing the effect on the figures; or restore it."""
    evaluation = get_evaluation(slug)
    response = get_response(evaluation, response_uuid)
    form, refusal = ReasonForm(), ""
    if form.validate_on_submit():
        excluded = response.excluded
        command = restore_response if "restore" in request.form else exclude_response
        with committing() as refused:
            command(db.session, response, reason=form.reason.data or "", actor=current_user)
        if not refused:
            flash(_("已恢复。") if excluded else _("已排除，不再计入任何数字。"), "success")
            return redirect(url_for("trace.response", slug=slug, response_uuid=response_uuid), 303)
        refusal = refused.put_at(reason=form.reason)
    page = render_template(
        "results/trace/exclusion.html",
        evaluation=evaluation,
        response=response,
        form=form,
        messages=[refusal] if refusal else [],
        effects=effect_rows(effects_of(db.session, evaluation, response)),
        history=exclusion_events(exclusions_of(db.session, response)),
        gone=response.invalid_reason == WITHDRAWN,
        settled=settlement_of(db.session, evaluation) is not None,
    )
    return form_page(page, form)


@blueprint.route("/withdrawal", methods=["GET", "POST"])
@members(Role.LEAD)
def withdrawal(slug: str, response_uuid: uuid.UUID) -> Page:
    """Erase a response at the wish of the person who gave it, after one confirmation; it cannot be undone."""
    evaluation = get_evaluation(slug)
    response = get_response(evaluation, response_uuid)
    form, refusal = ReasonForm(), ""
    if form.validate_on_submit():
        with committing() as refused:
            withdraw_consent(db.session, response, reason=form.reason.data or "", actor=current_user)
        if not refused:
            flash(_("答案已删除，不再计入任何数字，也不会再联系这个人。"), "success")
            return redirect(url_for("trace.response", slug=slug, response_uuid=response_uuid), 303)
        refusal = refused.put_at(reason=form.reason)
    page = render_template(
        "results/trace/withdrawal.html",
        evaluation=evaluation,
        response=response,
        form=form,
        messages=[refusal] if refusal else [],
        gone=response.invalid_reason == WITHDRAWN,
        settled=settlement_of(db.session, evaluation) is not None,
    )
    return form_page(page, form)
