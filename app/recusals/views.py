"""Pages of recusals: anybody declares their own interest in a station; leads and administrators declare for others."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members, signed_in
from app.extensions import db
from app.models import Evaluation, Role, Station, User
from app.recusals.commands import declare, lift
from app.recusals.forms import RecusalForm
from app.recusals.queries import people_at, recusals_at, recusals_of, stations_of
from app.recusals.rows import declaration_rows, recused_rows
from app.shared.labels import with_username
from app.shared.queries import evaluation_by_slug
from app.shared.views import Page, committing, flash_result, form_page

blueprint = Blueprint("recusals", __name__)


@blueprint.route("/account/recusals", methods=["GET", "POST"])
@signed_in
def mine() -> Page:
    """The visitor's own recusals, and the form for a new one."""
    stations = {str(station.uuid): station for station in stations_of(db.session, current_user.id)}
    form = RecusalForm(_("哪个社工站"), ((key, station.name) for key, station in stations.items()))
    if form.validate_on_submit() and _declared(form, stations[form.who.data], current_user):
        return redirect(url_for(".mine"), 303)
    page = render_template(
        "recusals/mine.html",
        form=form,
        stations=stations,
        recusals=declaration_rows(recusals_of(db.session, current_user.id)),
    )
    return form_page(page, form)


def form_for_people(evaluation: Evaluation) -> RecusalForm:
    """The form in which an interest is declared for somebody else at the station of an evaluation."""
    people = people_at(db.session, evaluation.station_id)
    return RecusalForm(_("谁"), ((str(user.uuid), with_username(user)) for user in people))


def declare_from_form(evaluation: Evaluation, form: RecusalForm) -> bool:
    """Declare the interest that a valid form names, commit, and return True; else the form has the errors."""
    if not form.validate_on_submit():
        return False
    people = {str(user.uuid): user for user in people_at(db.session, evaluation.station_id)}
    return _declared(form, evaluation.station, people[form.who.data])


def _declared(form: RecusalForm, station: Station, user: User) -> bool:
    with committing() as refused:
        declare(db.session, station, user, form.reason.data, actor=current_user)
    if refused:
        form.reason.errors = [refused.message]
        return False
    flash(_("已声明回避。与这个社工站有关的个案、评分和抽样，从现在起不再经手。"), "success")
    return True


@blueprint.route("/admin/evaluations/<slug>/recusals", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def of_evaluation(slug: str) -> Page:
    """The recusals at the station of an evaluation, where the administrator declares and lifts them."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form = form_for_people(evaluation)
    if declare_from_form(evaluation, form):
        return redirect(url_for(".of_evaluation", slug=slug), 303)
    page = render_template(
        "recusals/of_evaluation.html",
        evaluation=evaluation,
        form=form,
        recusals=recused_rows(recusals_at(db.session, evaluation.station_id), lifted_at=slug),
    )
    return form_page(page, form)


@blueprint.post("/admin/evaluations/<slug>/recusals/<uuid:user_uuid>/lift")
@members(Role.ADMINISTRATOR)
def end(slug: str, user_uuid: uuid.UUID) -> BaseResponse:
    """Lift a recusal."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    for recusal in recusals_at(db.session, evaluation.station_id):
        if recusal.user.uuid == user_uuid:
            with committing() as refused:
                lift(db.session, recusal, actor=current_user)
            flash_result(refused, _("已解除回避。"))
            return redirect(url_for(".of_evaluation", slug=slug), 303)
    abort(404)
