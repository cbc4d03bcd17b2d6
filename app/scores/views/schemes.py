"""Pages to edit a scoring scheme with a preview, publish it as a new version, and adopt it for an evaluation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.extensions import db
from app.models import Document, Evaluation, Role
from app.scores.commands.schemes import adopt_scheme, publish_scheme
from app.scores.forms.scheme import Mistakes, SchemeForm
from app.scores.forms.scores import AdoptForm
from app.scores.queries.schemes import SchemePreview, next_version, published_schemes, scheme_document, scheme_preview
from app.scores.rows import preview_tables
from app.shared.getters import get_evaluation
from app.shared.queries import settlement_of
from app.shared.views import Page, committing, form_page
from sampling.certificate import Mismatch
from surveys.scoring import InvalidScheme, Scheme, parse

blueprint = Blueprint("schemes", __name__, url_prefix="/evaluations/<slug>/score/scheme")

NOTHING = Mistakes((), ())


@blueprint.route("", methods=["GET", "POST"])
@members(Role.LEAD)
def edit(slug: str) -> Page:
    """Edit a scheme: all mistakes at once, a preview on the current data, then publication as a new version."""
    evaluation = get_evaluation(slug)
    if request.method == "GET":
        return _editor(evaluation, SchemeForm.of(_start(evaluation).body))
    form = SchemeForm()
    if not form.validate_on_submit():
        abort(400)
    if "add" in request.form:
        return _editor(evaluation, form) if form.add(request.form["add"]) else abort(400)
    written = form.written(next_version(db.session, form.id.data))
    problems = tuple(written.problems)
    try:
        scheme = parse(written.body)
    except InvalidScheme as invalid:
        problems += invalid.problems
    if problems:
        return _editor(evaluation, form, form.complain(written, problems)), 422
    if "publish" not in request.form:
        return _editor(evaluation, form, tried=scheme)
    with committing() as refused:
        document = publish_scheme(db.session, written.body, actor=current_user)
    if refused:
        return _editor(evaluation, form, Mistakes((), (refused.message,)), scheme), 422
    flash(_("已发布「%(id)s」第 %(v)s 版。", id=document.document_id, v=document.version), "success")
    return redirect(_address(evaluation, document), 303)


def _start(evaluation: Evaluation) -> Document:
    """The published scheme an edit begins with: the one named in the address, or the evaluation's own."""
    return _published(request.args["from"]) if "from" in request.args else evaluation.scheme


def _published(name: str) -> Document:
    """The scheme of that id and version, written with a hyphen between; 404 where there is none."""
    document_id, _hyphen, version = name.rpartition("-")
    known = version.isascii() and version.isdecimal() and len(version) < 6
    return (scheme_document(db.session, document_id, int(version)) if known else None) or abort(404)


def _address(evaluation: Evaluation, document: Document) -> str:
    return url_for(".show", slug=evaluation.slug, name=f"{document.document_id}-{document.version}")


def _editor(evaluation: Evaluation, form: SchemeForm, mistakes: Mistakes = NOTHING, tried: Scheme | None = None) -> str:
    return render_template(
        "scores/schemes/edit.html",
        evaluation=evaluation,
        form=form,
        mistakes=mistakes,
        schemes=published_schemes(db.session),
        **_tried(evaluation, tried),
    )


def _tried(evaluation: Evaluation, scheme: Scheme | None) -> dict[str, Any]:
    """The template variables of the preview; without a preview where there is nothing to score yet."""
    preview: SchemePreview | None = None
    mismatch = False
    if scheme is not None:
        try:
            preview = scheme_preview(db.session, evaluation, scheme)
        except Mismatch:
            mismatch = True
    return {
        "scheme": scheme,
        "preview": preview,
        "tables": preview_tables(preview, scheme) if preview and scheme else None,
        "mismatch": mismatch,
        "areas": {area.code: area.name for area in evaluation.station.areas},
    }


@blueprint.route("/<name>", methods=["GET", "POST"])
@members(Role.LEAD)
def show(slug: str, name: str) -> Page:
    """The preview of a published scheme on the current data, and adopting it for this evaluation."""
    evaluation = get_evaluation(slug)
    document = _published(name)
    form = AdoptForm()
    if form.validate_on_submit():
        with committing() as refused:
            adopt_scheme(db.session, evaluation, document, reason=form.reason.data or "", actor=current_user)
        if not refused:
            flash(_("本次评估改用第 %(v)s 版。", v=document.version), "success")
            return redirect(url_for("scores.show", slug=slug), 303)
        form.reason.errors = [refused.message]
    page = render_template(
        "scores/schemes/show.html",
        evaluation=evaluation,
        document=document,
        form=form,
        in_force=document.id == evaluation.scheme_id,
        settled=settlement_of(db.session, evaluation) is not None,
        **_tried(evaluation, parse(document.body)),
    )
    return form_page(page, form)
