"""Pages of the draw and its certificate, for the lead."""

from __future__ import annotations

import json

from flask import Blueprint, Response, redirect, render_template, stream_with_context, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.draw.queries.draws import live_ceremony, published_certificate, stored_differences, verify_draw
from app.draw.views.certificates import certificate_parts
from app.extensions import db
from app.ledger.queries.frames import people_of
from app.models import Draw, Evaluation, Role
from app.shared.getters import get_evaluation, get_live_draw
from app.shared.queries import live_draw
from sampling.certificate import Mismatch
from sampling.frame import canonical_lines

blueprint = Blueprint("draws", __name__, url_prefix="/evaluations/<slug>/draw")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str | BaseResponse:
    """The certificate; before the draw, redirect to the next step."""
    evaluation = get_evaluation(slug)
    draw = live_draw(db.session, evaluation)
    if draw is not None:
        return _page(evaluation, draw)
    announced = live_ceremony(db.session, evaluation) is not None
    return redirect(url_for("ceremonies.show" if announced else "plans.show", slug=slug), 303)


def _page(evaluation: Evaluation, draw: Draw, mismatch: Mismatch | None = None, *, verified: bool = False) -> str:
    # If the stored certificate was altered, only the differences are shown.
    broken = stored_differences(db.session, draw)
    return render_template(
        "draw/draws/certificate.html",
        evaluation=evaluation,
        draw=draw,
        parts=None if broken else certificate_parts(db.session, draw),
        differences=(mismatch or Mismatch(broken)).differences,
        verified=verified,
    )


@blueprint.get("/certificate.json")
@members(Role.LEAD)
def certificate(slug: str) -> Response:
    """The certificate with the replacements to date, as a file without personal data."""
    evaluation = get_evaluation(slug)
    content = published_certificate(db.session, get_live_draw(evaluation))
    return Response(
        json.dumps(content, ensure_ascii=False, indent=2),
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={evaluation.slug}-certificate.json"},
    )


@blueprint.get("/frame.txt")
@members(Role.LEAD)
def frame(slug: str) -> Response:
    """The sealed frame in canonical form, for an independent check: keys and codes without names."""
    evaluation = get_evaluation(slug)
    draw = get_live_draw(evaluation)
    return Response(
        stream_with_context(canonical_lines(people_of(db.session, draw.frame))),
        mimetype="text/plain",
        headers={"Content-Disposition": f"attachment; filename={evaluation.slug}-frame.txt"},
    )


@blueprint.post("/verify")
@members(Role.LEAD)
def verify(slug: str) -> str | tuple[str, int]:
    """Repeat the draw from the sealed frame and compare it with certificate and cases."""
    evaluation = get_evaluation(slug)
    draw = get_live_draw(evaluation)
    try:
        verify_draw(db.session, evaluation)
    except Mismatch as mismatch:
        return _page(evaluation, draw, mismatch), 409
    return _page(evaluation, draw, verified=True)
