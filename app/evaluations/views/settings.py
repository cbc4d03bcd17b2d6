"""The settings of an evaluation: what can still be changed and until when, its villages, its withdrawal."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.documents.queries import documents_of_kind
from app.evaluations import rows
from app.evaluations.commands.evaluations import withdraw_evaluation
from app.evaluations.commands.settings import change_settings, change_villages
from app.evaluations.forms.settings import SettingsForm, VillagesForm, WithdrawForm
from app.evaluations.labels import SETTINGS
from app.evaluations.queries.drafts import areas_of
from app.evaluations.queries.settings import fixings_of
from app.extensions import db
from app.ledger.reader.errors import Limits
from app.models import Evaluation, Role
from app.shared.labels import listed
from app.shared.queries import evaluation_by_slug
from app.shared.views import Page, committing, form_page
from surveys.setup.areas import as_lines

blueprint = Blueprint("evaluation_settings", __name__, url_prefix="/admin/evaluations/<slug>")


@blueprint.route("/settings", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def show(slug: str) -> Page:
    """Every setting; those that are still open can be changed."""
    evaluation, refusal = _evaluation(slug), ""
    fixings = fixings_of(db.session, evaluation)
    form = SettingsForm(evaluation, fixings, documents_of_kind(db.session, "questionnaire"))
    if form.validate_on_submit():
        with committing() as refused:
            changed = change_settings(db.session, evaluation, form.values(), actor=current_user)
        if not refused:
            names = listed(str(SETTINGS[name]) for name in changed)
            flash(_("已修改：%(names)s。", names=names) if changed else _("没有改动。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        refusal = refused.put_at(**{f.name: f for f in form.inputs()})
    page = render_template(
        "evaluations/admin/settings.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        until=rows.until_of(fixings),
        fixed=rows.fixed_setting_rows(rows.settings_in_words(evaluation, len(evaluation.station.villages)), fixings),
        villages=rows.villages_in_words(areas_of(db.session, evaluation.station)),
    )
    return form_page(page, form)


@blueprint.route("/villages", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def villages(slug: str) -> Page:
    """Change the areas and villages, until the frame is sealed."""
    evaluation, refusal = _evaluation(slug), ""
    form = VillagesForm(data={"areas": as_lines(areas_of(db.session, evaluation.station))})
    pasted = form.pasted() if form.validate_on_submit() else None
    if pasted is not None:
        with committing() as refused:
            change_villages(db.session, evaluation, pasted.areas, limits=_limits(), actor=current_user)
        if not refused:
            flash(_("已保存。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        refusal = refused.message
    page = render_template("evaluations/admin/villages.html", evaluation=evaluation, form=form, refusal=refusal)
    return form_page(page, form)


@blueprint.route("/withdraw", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def withdraw(slug: str) -> Page:
    """Withdraw the evaluation for good."""
    evaluation, form, refusal = _evaluation(slug), WithdrawForm(), ""
    if form.validate_on_submit():
        with committing() as refused:
            withdraw_evaluation(
                db.session,
                evaluation,
                typed_title=form.typed_title.data,
                reason=form.reason.data,
                actor=current_user,
            )
        if not refused:
            flash(_("已撤销。同一站、同一服务期、同一阶段可以重新建立一次，会写明代替这一次。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        refusal = refused.put_at(typed_title=form.typed_title, reason=form.reason)
    page = render_template("evaluations/admin/withdraw.html", evaluation=evaluation, form=form, refusal=refusal)
    return form_page(page, form)


def _evaluation(slug: str) -> Evaluation:
    return evaluation_by_slug(db.session, slug) or abort(404)


def _limits() -> Limits:
    return Limits(max_rows=current_app.config["LEDGER_MAX_ROWS"], max_bytes=current_app.config["MAX_CONTENT_LENGTH"])
