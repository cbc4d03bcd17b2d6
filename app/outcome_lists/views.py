"""The administrator's pages of outcome lists: publishing the next version, choosing one for an evaluation."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.documents.forms import document_choice
from app.documents.queries import documents_of_kind
from app.extensions import db
from app.localisation import to_visitor
from app.models import Document, Evaluation, Role
from app.outcome_lists.commands import choose_outcomes, publish_next_version
from app.outcome_lists.forms import AFTER, WHEN, ChooseOutcomesForm, OutcomeListForm
from app.outcome_lists.labels import OUTCOME_GROUPS
from app.outcome_lists.queries import latest_body
from app.shared.forms import choices
from app.shared.labels import rescheduled_in_words
from app.shared.queries import evaluation_by_slug
from app.shared.views import Page, committing, form_page
from surveys.outcomes import DEFAULT, GROUPS, consequence, parse
from surveys.problems import InvalidDocument

blueprint = Blueprint("outcome_lists", __name__, url_prefix="/admin")

DELIVERED = "delivered"


@blueprint.route("/outcomes/<document_id>/edit", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def edit(document_id: str) -> Page:
    """Edit the newest version of a list and publish it as the next; all problems are shown at once."""
    body = latest_body(db.session, document_id) or abort(404)
    form, messages = OutcomeListForm(body, request.form if request.method == "POST" else None), list[str]()
    if form.validate_on_submit():
        base_version = _version(form.base_version.data)
        try:
            with committing() as refused:
                document = publish_next_version(
                    db.session, form.document(), base_version=base_version, actor=current_user
                )
        except InvalidDocument as invalid:
            messages = form.show_problems(invalid.problems)
        else:
            if not refused:
                flash(_("已发布「%(id)s」第 %(v)s 版。", id=document.document_id, v=document.version), "success")
                return redirect(url_for("admin.index"), 303)
            messages = [refused.message]
    page = render_template(
        "outcome_lists/edit.html",
        form=form,
        body=body,
        messages=messages,
        links=form.mistakes(),
        groups=[(OUTCOME_GROUPS[group], form.rows_of(group)) for group in GROUPS],
        known={
            outcome.code: (to_visitor(outcome.label), to_visitor(consequence(outcome)), outcome.hand)
            for outcome in parse(body)
        },
        after=AFTER,
        when=WHEN,
    )
    return form_page(page, form)


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@blueprint.post("/evaluations/<slug>/outcomes")
@members(Role.ADMINISTRATOR)
def choose(slug: str) -> BaseResponse:
    """Choose another list for an evaluation."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form = choice_form(evaluation)
    if not form.validate():
        flash(_("请从所列的结果代码表中选一个。"), "error")
        return redirect(url_for("admin.members_page", slug=slug), 303)
    with committing() as refused:
        changed = choose_outcomes(db.session, evaluation, _lists().get(form.outcomes.data), actor=current_user)
    if refused:
        flash(refused.message, "error")
    else:
        flash(" ".join(filter(None, (_("已保存。"), rescheduled_in_words(changed)))), "success")
    return redirect(url_for("admin.members_page", slug=slug), 303)


def _lists() -> dict[str, Document]:
    """The published lists that can be chosen, besides the delivered one, which is in use without being chosen."""
    published = documents_of_kind(db.session, "outcomes")
    return {_key(document): document for document in published if document.digest != DEFAULT.digest}


def _key(document: Document) -> str:
    return f"{document.document_id}-{document.version}"


def choice_form(evaluation: Evaluation) -> ChooseOutcomesForm:
    """The choice among the delivered list and the published ones, the one in force chosen."""
    form = ChooseOutcomesForm(data={"outcomes": _key(evaluation.outcomes) if evaluation.outcomes else DELIVERED})
    delivered = _("随系统提供：%(title)s 第 %(v)s 版", title=to_visitor(DEFAULT.title), v=DEFAULT.version)
    published = ((key, document_choice(document)) for key, document in _lists().items())
    form.outcomes.choices = choices([(DELIVERED, delivered), *published])
    return form
