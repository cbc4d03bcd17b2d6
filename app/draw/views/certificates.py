"""Public pages of a certificate, for anyone who holds its digest: a page to print, and the file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, Response, abort, render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.access import public
from app.documents.queries import outcomes_of
from app.draw import rows
from app.draw.queries.draws import draw_with_digest, published_certificate, stored_differences
from app.draw.queries.stratum_names import plan_of_draw, stratum_names
from app.extensions import db, limiter
from app.models import Draw
from sampling.certificate import keys_drawn
from sampling.plan import Plan
from sampling.schema import HEX_64, is_coverage

blueprint = Blueprint("certificates", __name__, url_prefix="/certificate")


@dataclass(frozen=True)
class CertificateParts:
    """The template variables of a certificate: content, plan, tables, its address, and that as a QR code."""

    certificate: dict[str, Any]
    asked: int
    plan: Plan
    names: dict[str, str]
    contributions: list[rows.ContributionRow]
    strata: list[rows.CertificateStratumRow]
    replacements: list[rows.ReplacementRow]
    voided: list[rows.VoidedRow]
    address: str
    qr: Markup


def certificate_parts(session: Session, draw: Draw) -> CertificateParts:
    """The parts of a well-formed certificate."""
    content = published_certificate(session, draw)
    everyone = is_coverage(content)
    address = url_for("certificates.show", digest=draw.certificate_digest, _external=True)
    svg = segno.make(address, error="m").svg_inline(scale=3, svgclass="qr", lineclass=None, omitsize=False)
    return CertificateParts(
        certificate=content,
        asked=len(keys_drawn(content)),
        plan=plan_of_draw(draw),
        names=(names := stratum_names(draw)),
        contributions=[] if everyone else rows.contribution_rows(content),
        strata=[] if everyone else rows.certificate_stratum_rows(content, names),
        replacements=[] if everyone else rows.replacement_rows(content, names, outcomes_of(draw.evaluation)),
        voided=rows.voided_rows(content["voided"]),
        address=address,
        qr=Markup(svg),  # noqa: S704 - segno draws it from our own address
    )


def _get(digest: str) -> Draw:
    if not HEX_64.fullmatch(digest):
        abort(404)
    return draw_with_digest(db.session, digest) or abort(404)


@blueprint.get("/<digest>")
@limiter.limit("60 per minute")
@public("a certificate names nobody, and whoever holds its digest may read it")
def show(digest: str) -> str | tuple[str, int]:
    """The page to print."""
    draw = _get(digest)
    if stored_differences(db.session, draw):
        return render_template("draw/certificates/broken.html", digest=digest), 409
    return render_template("draw/certificates/show.html", draw=draw, parts=certificate_parts(db.session, draw))


@blueprint.get("/<digest>.json")
@limiter.limit("60 per minute")
@public("a certificate names nobody, and whoever holds its digest may read it")
def download(digest: str) -> Response:
    """The file."""
    content = published_certificate(db.session, _get(digest))
    return Response(
        json.dumps(content, ensure_ascii=False, indent=2),
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename=certificate-{digest[:12]}.json"},
    )
