"""Pages of documents: the list, each with its preview and file, and publishing one."""

from __future__ import annotations

import json
from contextlib import closing

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_security import current_user

from app.access import members
from app.documents.commands import add_document
from app.documents.forms import DocumentForm, languages_in_words, title_of
from app.documents.getters import get_document
from app.documents.labels import DOCUMENT_KINDS
from app.documents.queries import documents_of_kind, parsed_document
from app.documents.rows import (
    document_rows,
    grade_rows,
    outcome_rows,
    rule_rows,
    scheme_rows,
)
from app.extensions import db
from app.localisation import to_visitor
from app.models import Role
from app.shared.errors import Refused
from app.shared.json_files import read_json
from app.shared.views import Page, committing, form_page
from surveys.integrity import IntegrityRules
from surveys.outcomes import OutcomeList
from surveys.problems import InvalidDocument, Problem
from surveys.questionnaire import Questionnaire
from surveys.scoring.scheme import Scheme

blueprint = Blueprint("documents", __name__, url_prefix="/admin/documents")

MOST_BYTES = 1024 * 1024
READERS = (Role.ADMINISTRATOR, Role.LEAD)


@blueprint.get("")
@members(Role.ADMINISTRATOR)
def index() -> str:
    """Every published document."""
    documents = (document for kind in DOCUMENT_KINDS for document in documents_of_kind(db.session, kind))
    return render_template("documents/index.html", documents=document_rows(documents))


@blueprint.route("/new", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def publish() -> Page:
    """Publish a document; all its problems are shown at once."""
    form, refusal, problems = DocumentForm(), "", tuple[Problem, ...]()
    if form.validate_on_submit():
        with closing(form.file.data) as file:
            data = file.read(MOST_BYTES + 1)
        try:
            with committing() as refused:
                if len(data) > MOST_BYTES:
                    raise Refused(_("文件太大，不像问卷、评分方案或结果代码表。"))
                document = add_document(db.session, form.kind.data, read_json(data), actor=current_user)
        except InvalidDocument as invalid:
            problems = invalid.problems
        except ValueError:
            refusal = _("这不是 JSON 文件。")
        else:
            if not refused:
                flash(_("已发布「%(id)s」第 %(v)s 版。", id=document.document_id, v=document.version), "success")
                return redirect(url_for(".index"), 303)
            refusal = refused.message
    mistakes = [_in_words(problem) for problem in problems]
    return form_page(render_template("documents/publish.html", form=form, refusal=refusal, mistakes=mistakes), form)


def _in_words(problem: Problem) -> str:
    return str(_("%(place)s：%(message)s", place=to_visitor(problem.where), message=to_visitor(problem.message)))


@blueprint.get("/<any(questionnaire, scheme, outcomes, integrity):kind>/<document_id>/<int:version>")
@members(*READERS)
def show(kind: str, document_id: str, version: int) -> str:
    """The preview of a document: tables, and for a questionnaire links to the two ways it is seen."""
    document = get_document(kind, document_id, version)
    parsed = parsed_document(document)
    return render_template(
        "documents/show.html",
        document=document,
        title=title_of(document),
        languages=languages_in_words(document),
        questionnaire=parsed if isinstance(parsed, Questionnaire) else None,
        scheme=parsed if isinstance(parsed, Scheme) else None,
        items=scheme_rows(parsed) if isinstance(parsed, Scheme) else (),
        grades=grade_rows(parsed) if isinstance(parsed, Scheme) else (),
        outcomes=outcome_rows(parsed) if isinstance(parsed, OutcomeList) else (),
        rules=rule_rows(parsed) if isinstance(parsed, IntegrityRules) else (),
    )


@blueprint.get("/<any(questionnaire, scheme, outcomes, integrity):kind>/<document_id>/<int:version>.json")
@members(*READERS)
def download(kind: str, document_id: str, version: int) -> Response:
    """The file, as `flask document check` and `publish` take it."""
    document = get_document(kind, document_id, version)
    return Response(
        json.dumps(document.body, ensure_ascii=False, indent=1) + "\n",
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={document.document_id}-{document.version}.json"},
    )
