"""Public pages: the first page, the language switch, checking a certificate, the style guide."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from app.access import public
from app.accounts.queries import has_administrator
from app.draw.forms.certificates import CertificateForm
from app.extensions import db, limiter
from app.navigation import links
from app.public.forms import styleguide_form
from app.public.rows import EXAMPLES
from app.shared.errors import Refused
from app.shared.json_files import read_json
from config import ROOT
from sampling.certificate import Mismatch, check, keys_drawn
from sampling.schema import is_coverage

blueprint = Blueprint("public", __name__)

MOST_BYTES = 8 * 1024 * 1024


@blueprint.get("/")
@public("the first page")
def home() -> str | BaseResponse:
    """Redirect a signed-in visitor to their pages; else a page that says what the application is."""
    if current_user.is_authenticated:
        if current_user.must_change_password:
            return redirect(url_for("security.change_password"))
        entries = links()
        if entries:
            return redirect(entries[0].url)
        return render_template("public/nothing.html")
    return render_template("public/home.html", fresh=not has_administrator(db.session))


@blueprint.post("/language")
@public("the language of the pages is the visitor's choice")
def set_language() -> BaseResponse:
    """Remember the language, and go back to the page."""
    language = request.form.get("language", "")
    if language not in current_app.config["LANGUAGES"]:
        abort(400)
    session["language"] = language
    target = request.form.get("next", "/")
    return redirect(target if _is_same_site(target) else url_for("public.home"), 303)


def _is_same_site(target: str) -> bool:
    """Whether a path stays on this site: "//host", "/\\host", and either with a tab between, would leave it."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()


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
    """Check an uploaded or pasted certificate; nothing is stored."""
    form = CertificateForm()
    checked: Any = None
    mismatch: Mismatch | None = None
    if form.validate_on_submit():
        try:
            content = read_json(_certificate_text(form))
            check(content)
            checked = content
        except Mismatch as found:
            mismatch = found
        except Refused as refused:
            form.certificate.errors = [refused.message]
        except ValueError:
            form.certificate.errors = [_("这不是 JSON。请选择下载的抽样证书，或从头到尾粘贴它的内容。")]
    page = render_template(
        "public/verify.html",
        form=form,
        mismatch=mismatch,
        checked=checked,
        everyone=is_coverage(checked),
        asked=0 if checked is None else len(keys_drawn(checked)),
    )
    return page, 422 if form.is_submitted() and checked is None else 200


@blueprint.get("/verify/verify_draw.py")
@public("the program that re-checks a draw is for everyone")
def program() -> BaseResponse:
    """Download the single-file verifier."""
    path = ROOT / "sampling" / "verify_draw.py"
    return send_file(path, mimetype="text/x-python", as_attachment=True, max_age=0)


@blueprint.get("/verify/definition.txt")
@public("what a certificate means is for everyone")
def definition() -> BaseResponse:
    """The definition of the certificate."""
    return send_file(ROOT / "docs" / "certificate.md", mimetype="text/plain", max_age=0)


def _certificate_text(form: CertificateForm) -> str | bytes:
    """The uploaded file, else the pasted text."""
    if form.certificate.data:
        with closing(form.certificate.data) as file:
            data: bytes = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Refused(_("文件太大，不像抽样证书。"))
        return data
    if text := (form.pasted.data or "").strip():
        return text
    raise Refused(_("请选择一个证书文件，或粘贴证书内容。"))


@blueprint.get("/styleguide")
@public("examples of the components, in development only")
def styleguide() -> str:
    """Every component with an example."""
    if not current_app.config["STYLEGUIDE"]:
        abort(404)
    return render_template("styleguide.html", form=styleguide_form(), table=EXAMPLES)
