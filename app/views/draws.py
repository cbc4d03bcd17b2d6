"""The draw and its certificate."""

from __future__ import annotations

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.commands.draws import assign_cases, draw_sample
from app.commands.refusal import Refused
from app.extensions import db
from app.forms.draws import DrawForm
from app.getters import get_evaluation, get_live_draw
from app.models import Draw, Evaluation, Frame, Role
from app.queries.evidence import frame_of, live_draw, verify_draw
from app.queries.overview import readings_of
from app.queries.plans import Plan, plan_of
from sampling.certificate import Mismatch
from sampling.rule import NobodyToAsk, SizeRefused
from sampling.shape import shape_differences

blueprint = Blueprint("draws", __name__, url_prefix="/evaluations/<slug>/draw")


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def show(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Before the draw: what it would do. After it: the certificate."""
    evaluation = get_evaluation(slug)
    form, refusal = DrawForm(), ""
    if form.validate_on_submit():
        try:
            draw_sample(
                db.session,
                evaluation,
                size=form.size.data,
                seed=form.seed.data or None,
                seed_source=form.seed_source.data or "",
                actor=current_user,
            )
            _assign_if_possible(evaluation)
            db.session.commit()
            flash(_("已抽样。"), "success")
            return redirect(url_for(".show", slug=slug), 303)
        except Refused as refused:
            db.session.rollback()
            refusal = refused.message
    draw = live_draw(db.session, evaluation)
    if draw is not None:
        page = _certificate_page(evaluation, draw, refusal=refusal)
    else:
        page = _plan_page(evaluation, form, refusal)
    return page, 422 if form.is_submitted() else 200


def _assign_if_possible(evaluation: Evaluation) -> None:
    try:
        assign_cases(db.session, evaluation, actor=current_user)
    except Refused:
        flash(_("还没有访问员，个案尚未分派。"), "warning")


def _plan_page(evaluation: Evaluation, form: DrawForm, refusal: str) -> str:
    frame = frame_of(db.session, evaluation)
    plan = None
    if frame is not None and frame.sealed_at is not None:
        plan, refusal = _plan(evaluation, frame, form, refusal)
    return render_template(
        "draws/plan.html",
        evaluation=evaluation,
        frame=frame,
        form=form,
        refusal=refusal,
        plan=plan,
        readings=readings_of(frame) if frame else (),
    )


def _plan(evaluation: Evaluation, frame: Frame, form: DrawForm, refusal: str) -> tuple[Plan | None, str]:
    """What a draw of the size in hand would do; of the required size when that one is refused, with the refusal."""
    size = form.size.data if form.is_submitted() else request.args.get("size", type=int)
    try:
        plan = plan_of(db.session, evaluation, frame, size)
    except NobodyToAsk as nobody:
        return None, str(nobody)
    except SizeRefused as refused:
        plan, refusal = plan_of(db.session, evaluation, frame), refusal or str(refused)
    if not form.is_submitted():
        form.size.data = plan.size  # what was tried out is what will be drawn
    return plan, refusal


def _certificate_page(
    evaluation: Evaluation, draw: Draw, mismatch: Mismatch | None = None, *, refusal: str = "", verified: bool = False
) -> str:
    # Somebody may have altered the stored certificate: then the differences are all there is to show.
    broken = shape_differences(draw.certificate)
    return render_template(
        "draws/certificate.html",
        evaluation=evaluation,
        draw=draw,
        certificate=None if broken else draw.certificate,
        villages={village.code: village for village in evaluation.station.villages},
        differences=(mismatch or Mismatch(broken)).differences,
        refusal=refusal,
        verified=verified,
    )


@blueprint.get("/certificate.json")
@members(Role.LEAD)
def certificate(slug: str) -> Response:
    """The certificate as a file; it names nobody."""
    evaluation = get_evaluation(slug)
    draw = get_live_draw(evaluation)
    return Response(
        json.dumps(draw.certificate, ensure_ascii=False, indent=2),
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={evaluation.slug}-certificate.json"},
    )


@blueprint.post("/verify")
@members(Role.LEAD)
def verify(slug: str) -> str | tuple[str, int]:
    """Re-draw from the sealed frame, and compare with certificate and cases."""
    evaluation = get_evaluation(slug)
    draw = get_live_draw(evaluation)
    try:
        verify_draw(db.session, evaluation)
    except Mismatch as mismatch:
        return _certificate_page(evaluation, draw, mismatch), 409
    return _certificate_page(evaluation, draw, verified=True)
