"""Pages for exporting data."""

from __future__ import annotations

import tempfile

from flask import Blueprint, abort, flash, redirect, render_template, send_file, url_for
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.documents.queries import questionnaire_of
from app.exports.commands import record_export
from app.exports.files import FORMATS, write_export
from app.exports.queries import ResponsesChanged
from app.exports.rows import format_rows, variable_rows
from app.exports.variables import variables_of
from app.extensions import db
from app.models import Role
from app.results.queries.results import results_of
from app.shared.getters import get_evaluation, get_live_draw
from app.shared.queries import live_draw

blueprint = Blueprint("exports", __name__, url_prefix="/evaluations/<slug>/exports")


@blueprint.get("")
@members(Role.LEAD)
def index(slug: str) -> str:
    """The export formats, and the variables they contain."""
    evaluation = get_evaluation(slug)
    drawn = live_draw(db.session, evaluation) is not None
    return render_template(
        "exports/index.html",
        evaluation=evaluation,
        drawn=drawn,
        valid=results_of(db.session, evaluation).valid,
        formats=format_rows(slug),
        variables=variable_rows(variables_of(questionnaire_of(evaluation), evaluation)),
    )


@blueprint.post("/<form>")
@members(Role.LEAD)
def download(slug: str, form: str) -> BaseResponse:
    """Make and send a file; the audit log records who made it, with its digest."""
    evaluation = get_evaluation(slug)
    draw = get_live_draw(evaluation)
    if form not in FORMATS:
        abort(404)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    try:
        sha256 = write_export(db.session, evaluation, draw, form, file)
    except ResponsesChanged as arriving:
        file.close()
        flash(str(arriving), "error")
        return redirect(url_for(".index", slug=slug), 303)
    record_export(db.session, evaluation, form=form, sha256=sha256, actor=current_user)
    db.session.commit()
    file.seek(0)
    response = send_file(
        file,
        mimetype=FORMATS[form].mimetype,
        as_attachment=True,
        download_name=f"{slug}-{FORMATS[form].name}",
        max_age=0,
    )
    response.call_on_close(file.close)
    return response
