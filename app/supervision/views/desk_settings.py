"""What an evaluation sets for its desk: hours, quiet times, limits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.cases.queries import settings_of
from app.clock import local, now
from app.extensions import db
from app.models import Role
from app.shared.errors import Refused
from app.shared.getters import get_evaluation
from app.shared.labels import rescheduled_in_words
from app.supervision.commands.desk_settings import set_settings
from app.supervision.forms.desk_settings import SettingsForm
from app.supervision.labels import coming_week
from app.supervision.rows.cases import calling_day_rows
from surveys.calling.reading import NUMBERS, read_calling_settings
from surveys.problems import InvalidDocument

blueprint = Blueprint("desk_settings", __name__, url_prefix="/evaluations/<slug>/desk/settings")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def edit(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Change the settings, or try what the coming week would be like with them."""
    evaluation = get_evaluation(slug)
    shown, refusal, tried = settings_of(db.session, evaluation), "", False
    form = SettingsForm() if request.method == "POST" else SettingsForm.of(shown)
    if form.validate_on_submit():
        try:
            if request.form.get("go") == "try":
                shown, tried = read_calling_settings(form.body()), True
            else:
                changed = set_settings(db.session, evaluation, form.body(), actor=current_user)
                db.session.commit()
                flash(" ".join(filter(None, (_("已保存拨打设置。"), rescheduled_in_words(changed)))), "success")
                return redirect(url_for("supervision.show", slug=slug, _anchor="settings"), 303)
        except InvalidDocument as invalid:
            form.complain(invalid.problems)
        except Refused as refused:
            refusal = refused.message
        db.session.rollback()
    page = render_template(
        "supervision/settings.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        week=calling_day_rows(week := coming_week(shown, local(now()).date())),
        provisional=any(day.provisional for day in week),
        tried=tried,
        bounds={name: (low, high) for name, (_words, low, high) in NUMBERS.items()},
    )
    return page, 422 if form.is_submitted() and not tried else 200
