"""The page of an evaluation's desk settings: calling hours, quiet times, limits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.cases.queries import settings_of
from app.clock import local, now
from app.extensions import db
from app.models import Role
from app.shared.getters import get_evaluation
from app.shared.labels import rescheduled_in_words
from app.shared.views import Page, process_settings_form
from app.supervision.commands.desk_settings import set_settings
from app.supervision.forms.desk_settings import CallingSettingsForm
from app.supervision.labels import coming_week
from app.supervision.rows.cases import calling_day_rows
from surveys.calling.reading import NUMBERS, read_calling_settings

blueprint = Blueprint("desk_settings", __name__, url_prefix="/evaluations/<slug>/desk/settings")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def edit(slug: str) -> Page:
    """Save the settings, or preview the calling hours of the coming week under them."""
    evaluation = get_evaluation(slug)
    in_force = settings_of(db.session, evaluation)
    form = CallingSettingsForm() if request.method == "POST" else CallingSettingsForm.of(in_force)

    def save(body: dict[str, Any]) -> str:
        changed = set_settings(db.session, evaluation, body, actor=current_user)
        return " ".join(filter(None, (_("已保存拨打设置。"), rescheduled_in_words(changed))))

    sent = process_settings_form(form, parse=read_calling_settings, save=save)
    if sent.saved:
        return redirect(url_for("supervision.show", slug=slug, _anchor="settings"), 303)
    page = render_template(
        "supervision/settings.html",
        evaluation=evaluation,
        form=form,
        refusal=sent.refusal,
        week=calling_day_rows(week := coming_week(sent.tried or in_force, local(now()).date())),
        provisional=any(day.provisional for day in week),
        tried=sent.tried is not None,
        bounds={name: (low, high) for name, (_words, low, high) in NUMBERS.items()},
    )
    return page, 422 if form.is_submitted() and sent.tried is None else 200
