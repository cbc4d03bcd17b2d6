"""Evaluations and their members."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.accounts.commands import account_meant
from app.accounts.queries import accounts_offered, accounts_page
from app.documents.queries import documents_of_kind
from app.documents.rows import preview_links
from app.evaluations import rows
from app.evaluations.commands.evaluations import add_member, remove_member
from app.evaluations.forms.admin import MemberForm
from app.evaluations.queries.administration import all_evaluations, members_of
from app.evaluations.rows import Step
from app.extensions import db
from app.models import Role
from app.outcome_lists.views import choice_form
from app.retention.commands import set_keep_until
from app.retention.forms import KeepUntilForm
from app.retention.queries import anybody_contacted, retention_state_of
from app.shared.queries import evaluation_by_slug
from app.shared.views import Page, committing, form_page

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
@members(Role.ADMINISTRATOR)
def index() -> str:
    """The evaluations; before there is one, what to do first."""
    evaluations = all_evaluations(db.session)
    return render_template(
        "evaluations/admin/index.html",
        evaluations=rows.administered_rows(evaluations),
        first_steps=[] if evaluations else _first_steps(),
    )


def _first_steps() -> list[Step]:
    """What an administrator does on a server without evaluations, in order."""
    published = bool(documents_of_kind(db.session, "questionnaire") and documents_of_kind(db.session, "scheme"))
    staffed = accounts_page(db.session).total > 1
    return [
        Step(_("看看文档"), _("问卷和评分方案"), "done" if published else "now", url_for("documents.index")),
        Step(
            _("开立账号"), _("评估负责人、访问员、专家"), "done" if staffed else "now" if published else "todo",
            url_for("accounts.index" if staffed else "accounts.create"),
        ),
        Step(
            _("新建评估"), _("社工站、时间、文档"), "now" if published and staffed else "todo",
            url_for("opening.begin"),
        ),
        Step(_("加入成员"), _("先加入一位评估负责人"), "todo", ""),
    ]  # fmt: skip


@blueprint.route("/evaluations/<slug>/members", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def members_page(slug: str) -> Page:
    """The members of an evaluation, and the form that adds one."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form, refusal = MemberForm(), ""
    if form.validate_on_submit():
        with committing() as refused:
            user = account_meant(db.session, form.username.data)
            add_member(db.session, evaluation, user, Role(form.role.data), actor=current_user)
        if not refused:
            flash(_("已加入。"), "success")
            return redirect(url_for(".members_page", slug=slug), 303)
        refusal = refused.message
    page = render_template(
        "evaluations/admin/members.html",
        evaluation=evaluation,
        form=form,
        refusal=refusal,
        memberships=rows.member_rows(members_of(db.session, evaluation), slug),
        offered=accounts_offered(db.session),
        outcomes_form=choice_form(evaluation),
        outcome_lists=preview_links(documents_of_kind(db.session, "outcomes")),
    )
    return form_page(page, form)


@blueprint.route("/evaluations/<slug>/keep-until", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def keep_until_page(slug: str) -> Page:
    """Change the day until which personal data are kept; once anybody was told it, only to an earlier one."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form, refusal = KeepUntilForm(evaluation.keep_until), ""
    if form.validate_on_submit():
        with committing() as refused:
            set_keep_until(
                db.session, evaluation, form.keep_until.data, reason=form.reason.data or "", actor=current_user
            )
        if not refused:
            flash(_("已保存。"), "success")
            return redirect(url_for(".keep_until_page", slug=slug), 303)
        refusal = refused.put_at(reason=form.reason)
    page = render_template(
        "retention/keep_until.html",
        evaluation=evaluation,
        keeping=retention_state_of(db.session, evaluation),
        asked=anybody_contacted(db.session, evaluation),
        form=form,
        refusal=refusal,
    )
    return form_page(page, form)


@blueprint.post("/evaluations/<slug>/members/remove")
@members(Role.ADMINISTRATOR)
def remove(slug: str) -> BaseResponse:
    """Remove a member's role."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    chosen = (request.form.get("user", ""), request.form.get("role", ""))
    for membership in members_of(db.session, evaluation):
        if (str(membership.user.uuid), membership.role) == chosen:
            remove_member(db.session, membership, actor=current_user)
            db.session.commit()
            flash(_("已移除。"), "success")
            return redirect(url_for(".members_page", slug=slug), 303)
    abort(404)
