"""Accounts, evaluations, documents and members."""

from __future__ import annotations

import uuid
from contextlib import closing

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.accounts.commands import create_user, set_active
from app.documents.commands import add_document
from app.documents.labels import DOCUMENT_KINDS
from app.documents.queries import documents_of_kind
from app.evaluations import rows
from app.evaluations.commands.evaluations import add_member, remove_member
from app.evaluations.forms.admin import DocumentForm, MemberForm, UserForm
from app.evaluations.queries.administration import all_evaluations, all_users, members_of
from app.extensions import db
from app.localisation import select_locale
from app.models import Role, User
from app.outcome_lists.views import choice_form
from app.retention.commands import set_keep_until
from app.retention.forms import KeepUntilForm
from app.retention.queries import anybody_contacted, retention_state_of
from app.shared.errors import Refused
from app.shared.json_files import read_json
from app.shared.queries import evaluation_by_slug
from app.shared.views import Page, committing, flash_result, form_page
from app.signing_in import db_user
from surveys.problems import InvalidDocument, Problem

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

MOST_BYTES = 1024 * 1024


@blueprint.get("")
@members(Role.ADMINISTRATOR)
def index() -> str:
    """Evaluations and accounts."""
    return render_template(
        "evaluations/admin/index.html",
        users=rows.user_rows(all_users(db.session), current_user),
        evaluations=rows.administered_rows(all_evaluations(db.session)),
        documents=rows.document_rows(
            document for kind in DOCUMENT_KINDS for document in documents_of_kind(db.session, kind)
        ),
    )


@blueprint.route("/users/new", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def create_user_page() -> Page:
    """Open an account."""
    form, refusal = UserForm(), ""
    if form.validate_on_submit():
        with committing() as refused:
            create_user(
                db.session,
                username=form.username.data,
                display_name=form.display_name.data,
                password=form.password.data,
                administrator=form.administrator.data,
                actor=current_user,
            )
        if not refused:
            flash(_("已开立账号「%(name)s」。", name=form.username.data), "success")
            return redirect(url_for(".index"), 303)
        refusal = refused.message
    page = render_template("evaluations/admin/user.html", form=form, refusal=refusal)
    return form_page(page, form)


@blueprint.post("/users/<uuid:user_uuid>/active")
@members(Role.ADMINISTRATOR)
def activate(user_uuid: uuid.UUID) -> BaseResponse:
    """Close an account, or open it again."""
    user = db.session.scalar(select(User).where(User.uuid == user_uuid)) or abort(404)
    with committing() as refused:
        set_active(db.session, user, active=request.form.get("active") == "1", actor=current_user)
    flash_result(refused, _("已保存。"))
    return redirect(url_for(".index"), 303)


@blueprint.route("/documents/new", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def publish() -> Page:
    """Publish a questionnaire, scheme or outcome list; all its problems are shown at once."""
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
    page = render_template("evaluations/admin/document.html", form=form, refusal=refusal, mistakes=mistakes)
    return form_page(page, form)


def _in_words(problem: Problem) -> str:
    language = select_locale()
    place, message = problem.where.in_language(language), problem.message.in_language(language)
    return str(_("%(place)s：%(message)s", place=place, message=message))


@blueprint.route("/evaluations/<slug>/members", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def members_page(slug: str) -> Page:
    """The members of an evaluation, and the form that adds one."""
    evaluation = evaluation_by_slug(db.session, slug) or abort(404)
    form, refusal = MemberForm(), ""
    if form.validate_on_submit():
        user = db_user(form.username.data)
        with committing() as refused:
            if user is None:
                raise Refused(_("没有账号「%(name)s」。", name=form.username.data))
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
        outcomes_form=choice_form(evaluation),
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
