"""Pages of the quality of the ledgers, and the list of corrections for the station."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from app.access import members
from app.extensions import db
from app.ledger import rows
from app.ledger.queries.corrections import correction_list
from app.ledger.queries.frames import frame_of
from app.ledger.queries.quality import faults_of, frame_quality
from app.models import Role
from app.shared.getters import get_evaluation
from app.shared.queries import live_draw
from app.spreadsheets import MIMETYPE, workbook

blueprint = Blueprint("quality", __name__, url_prefix="/evaluations/<slug>/ledgers")


@blueprint.get("/quality")
@members(Role.LEAD)
def show(slug: str) -> str:
    """Quality counts by village and category; after the draw also the faults found in fieldwork."""
    evaluation = get_evaluation(slug)
    frame, draw = frame_of(db.session, evaluation), live_draw(db.session, evaluation)
    if frame is None or not frame.people_count:
        return render_template("ledger/quality.html", evaluation=evaluation, quality=None)
    quality = frame_quality(db.session, evaluation, frame)
    faults = faults_of(db.session, draw) if draw else []
    return render_template(
        "ledger/quality.html",
        evaluation=evaluation,
        frame=frame,
        quality=quality,
        lacks=rows.lacks_columns(quality.total),
        villages=rows.village_quality_rows(quality.villages),
        categories=rows.category_quality_rows(quality.categories),
        faults=faults,
        fault_columns=(columns := rows.fault_columns(faults)),
        absent=rows.faults_not_met(columns),
    )


@blueprint.get("/quality.xlsx")
@members(Role.LEAD, Role.STATION)
def mend(slug: str) -> Response:
    """The list of corrections as a workbook; before settlement without anything from fieldwork, for every role."""
    content = workbook(correction_list(db.session, get_evaluation(slug)))
    return Response(
        content, mimetype=MIMETYPE, headers={"Content-Disposition": "attachment; filename=ledger-quality.xlsx"}
    )
