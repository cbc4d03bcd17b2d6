"""The page of an evaluation's integrity rules, with how many interviews each would flag."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.extensions import db
from app.models import Role
from app.quality_control.commands.integrity_settings import set_rules
from app.quality_control.forms.integrity_rules import RulesForm
from app.quality_control.queries.integrity import flag_counts_by_rule, integrity_settings_of
from app.shared.getters import get_evaluation
from app.shared.queries import live_draw
from app.shared.views import Page, process_settings_form
from surveys.integrity.settings import read_integrity_settings

blueprint = Blueprint("integrity_rules", __name__, url_prefix="/evaluations/<slug>/quality/rules")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def edit(slug: str) -> Page:
    """Save the rules, or preview how many interviews they would flag."""
    evaluation = get_evaluation(slug)
    in_force = integrity_settings_of(db.session, evaluation)
    form = RulesForm.of(in_force)

    def save(body: dict[str, Any]) -> str:
        set_rules(db.session, evaluation, body, actor=current_user)
        return _("已保存访问质量的规则。")

    sent = process_settings_form(form, parse=read_integrity_settings, save=save)
    if sent.saved:
        return redirect(url_for("quality_control.show", slug=slug), 303)
    draw = live_draw(db.session, evaluation)
    page = render_template(
        "quality_control/rules.html",
        evaluation=evaluation,
        form=form,
        refusal=sent.refusal,
        tried=sent.tried is not None,
        wrong=bool(form.errors) or bool(sent.refusal),
        pointed=flag_counts_by_rule(db.session, draw, sent.tried or in_force) if draw else {},
    )
    return page, 422 if form.is_submitted() and sent.tried is None else 200
