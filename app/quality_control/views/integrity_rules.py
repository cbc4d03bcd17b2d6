"""Which rules look at the interviews of an evaluation, and what they would point at."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.extensions import db
from app.models import Role
from app.quality_control.commands.integrity_settings import set_rules
from app.quality_control.forms.integrity_rules import RulesForm
from app.quality_control.queries.integrity import integrity_settings_of, pointed_at
from app.shared.errors import Refused
from app.shared.getters import get_evaluation
from app.shared.queries import live_draw
from surveys.integrity.settings import read_integrity_settings
from surveys.problems import InvalidDocument

blueprint = Blueprint("integrity_rules", __name__, url_prefix="/evaluations/<slug>/quality/rules")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def edit(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Change the rules, or try what they would point at without saving."""
    evaluation = get_evaluation(slug)
    shown, refusal, tried = integrity_settings_of(db.session, evaluation), "", False
    form = RulesForm.of(shown)
    if form.validate_on_submit():
        try:
            if request.form.get("go") == "try":
                shown, tried = read_integrity_settings(form.body()), True
            else:
                set_rules(db.session, evaluation, form.body(), actor=current_user)
                db.session.commit()
                flash(_("已保存访问质量的规则。"), "success")
                return redirect(url_for("quality_control.show", slug=slug), 303)
        except InvalidDocument as invalid:
            form.complain(invalid.problems)
        except Refused as refused:
            refusal = refused.message
        db.session.rollback()
    draw = live_draw(db.session, evaluation)
    page = render_template(
        "quality_control/rules.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        tried=tried,
        wrong=bool(form.errors) or bool(refusal),
        pointed=pointed_at(db.session, draw, shown) if draw else {},
    )
    return page, 422 if form.is_submitted() and not tried else 200
