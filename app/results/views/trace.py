"""Pages about the responses behind a figure, and about the figures that a response is part of."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from app.access import members
from app.extensions import db
from app.localisation import select_locale
from app.models import Role
from app.results.labels import band_name
from app.results.queries.figure_trace import figure_trace
from app.results.queries.response_trace import response_trace
from app.results.queries.responses import response_page
from app.results.rows import trace as rows
from app.shared.getters import get_evaluation
from surveys.scoring import STATISTICS

blueprint = Blueprint("trace", __name__, url_prefix="/evaluations/<slug>/results")

MOST_PAGES = 1_000_000


@blueprint.get("/figures/<name>")
@members(Role.LEAD)
def figure(slug: str, name: str) -> str:
    """How a figure is made: stratum by stratum, the responses in it and those left out, the certificate."""
    evaluation = get_evaluation(slug)
    if name not in STATISTICS:
        abort(404)
    trace = figure_trace(db.session, evaluation, name)
    return render_template(
        "results/trace/figure.html",
        evaluation=evaluation,
        name=name,
        trace=trace,
        strata=rows.stratum_share_rows(trace) if trace else [],
    )


@blueprint.get("/figures/<name>/responses")
@members(Role.LEAD)
def responses(slug: str, name: str) -> str:
    """The responses in a figure, or with `left_out` those left out of it and why."""
    evaluation = get_evaluation(slug)
    if name not in STATISTICS:
        abort(404)
    left_out = "left_out" in request.args
    number = request.args.get("page", 1, type=int)
    page = response_page(db.session, evaluation, name, inside=not left_out, number=max(1, min(number or 1, MOST_PAGES)))
    if page is None:
        abort(404)
    return render_template(
        "results/trace/responses.html",
        evaluation=evaluation,
        name=name,
        left_out=left_out,
        page=page,
        responses=rows.response_rows(page.lines, slug),
    )


@blueprint.get("/responses/<uuid:response_uuid>")
@members(Role.LEAD)
def response(slug: str, response_uuid: uuid.UUID) -> str:
    """One response without anything that identifies the person, and its contributions to the figures."""
    evaluation = get_evaluation(slug)
    trace = response_trace(db.session, evaluation, response_uuid, select_locale())
    if trace is None:
        abort(404)
    return render_template(
        "results/trace/response.html",
        evaluation=evaluation,
        trace=trace,
        touched=rows.contribution_rows(trace.contributions, slug),
        facts=rows.known_rows(trace),
        answers=rows.answer_rows(trace.answers),
        band=band_name(trace.band) if trace.band else _("不计入"),
    )
