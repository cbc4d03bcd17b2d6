"""What anyone may open: the first page, the language switch, checking a certificate."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from app.access import public
from app.extensions import db, limiter
from app.forms.styleguide import styleguide_form
from app.navigation import links
from sampling.certificate import Mismatch, check

blueprint = Blueprint("public", __name__)

MOST_BYTES = 8 * 1024 * 1024


class CertificateForm(FlaskForm):  # type: ignore[misc]
    """A certificate file."""

    certificate = FileField("证书文件（.json）")


@blueprint.get("/")
@public("the first page")
def home() -> str | BaseResponse:
    """Signed in: to one's work. Otherwise: what this is."""
    if current_user.is_authenticated:
        entries = links()
        if entries:
            return redirect(entries[0].url)
        return render_template("public/nothing.html")
    return render_template("public/home.html")


@blueprint.post("/language")
@public("the language of the pages is the visitor's choice")
def set_language() -> BaseResponse:
    """Remember the language, and go back to the page."""
    language = request.form.get("language", "")
    if language not in current_app.config["LANGUAGES"]:
        abort(400)
    session["language"] = language
    target = request.form.get("next", "/")
    # Only a path of ours: "//host" and "/\host" would leave the site.
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target
    return redirect(target if safe else url_for("public.home"), 303)


@blueprint.get("/healthz")
@public("monitoring")
def health() -> Response:
    """Whether the database answers."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")


@blueprint.route("/verify", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
@public("anyone may re-check a draw")
def verify() -> str | tuple[str, int]:
    """Check a certificate by itself; nothing is stored."""
    form = CertificateForm()
    if not form.is_submitted():
        return render_template("public/verify.html", form=form, refusal="", mismatch=None, checked=None)
    form.validate()
    file = request.files.get("certificate")
    data = file.read(MOST_BYTES + 1) if file else b""
    refusal, mismatch, checked = "", None, None
    if not data:
        refusal = _("请选择一个证书文件。")
    elif len(data) > MOST_BYTES:
        refusal = _("文件太大，不像抽样证书。")
    else:
        try:
            checked = json.loads(data)
            check(checked)
        except Mismatch as found:
            mismatch, checked = found, None
        except (UnicodeDecodeError, ValueError, RecursionError):
            refusal, checked = _("这不是 JSON 文件。请选择下载的抽样证书。"), None
    page = render_template("public/verify.html", form=form, refusal=refusal, mismatch=mismatch, checked=checked)
    return page, 422 if refusal or mismatch else 200


@blueprint.get("/styleguide")
@public("examples of the components, in development only")
def styleguide() -> str:
    """Every component with an example."""
    if not current_app.config["STYLEGUIDE"]:
        abort(404)
    return render_template("styleguide.html", form=styleguide_form())
