"""Pages of accounts: the administrator's list and page of each, and those behind a one-time link."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user, logout_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.access import members, public
from app.accounts.commands import (
    create_first_administrator,
    create_user,
    make_link,
    revoke_links,
    set_active,
    set_password_by_link,
    unlock,
)
from app.accounts.forms import FindAccountsForm, FirstAdministratorForm, PasswordForm, UserForm
from app.accounts.getters import get_account
from app.accounts.queries import accounts_page, last_actions, link_of, memberships_of, open_link
from app.accounts.rows import last_action_cell, role_rows, state_badge, user_rows
from app.extensions import db, limiter
from app.models import AccountLink, Role, User
from app.privacy.tokens import as_read
from app.shared.views import Page, committing, flash_result, form_page

blueprint = Blueprint("accounts", __name__, url_prefix="/admin/users")
links = Blueprint("account_links", __name__, url_prefix="/account/link")

BY_LINK = "the one-time link is the permission"
# Where the browser's session keeps the token, so that no address but the link itself holds it.
TOKEN = "account_link"  # noqa: S105 - a key of the session, not a secret


def _token_rate() -> str:
    rate: str = current_app.config["TOKEN_LIMIT"]
    return rate


# Only links that do not work count against a network address, so that nobody may guess them.
slow_guessing = limiter.shared_limit(
    _token_rate, scope="account link", deduct_when=lambda response: response.status_code == 404
)


@blueprint.get("")
@members(Role.ADMINISTRATOR)
def index() -> str:
    """The accounts, filtered and paged."""
    form = FindAccountsForm(request.args)
    number = request.args.get("page", "")
    page = accounts_page(
        db.session,
        words=form.words.data or "",
        state=form.state.data or "",
        number=int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1,
    )
    filters = {"words": form.words.data or None, "state": form.state.data or None}
    return render_template("accounts/index.html", form=form, page=page, users=user_rows(page), filters=filters)


@blueprint.route("/new", methods=["GET", "POST"])
@members(Role.ADMINISTRATOR)
def create() -> Page:
    """Open an account: with an initial password, which must be changed, or else with a link to set one."""
    form, refusal = UserForm(), ""
    if form.validate_on_submit():
        token = ""
        with committing() as refused:
            user = create_user(
                db.session,
                username=form.username.data,
                display_name=form.display_name.data,
                password=form.password.data or None,
                administrator=form.administrator.data,
                must_change_password=bool(form.password.data),
                actor=current_user,
            )
            if not form.password.data:
                token = make_link(db.session, user, actor=current_user)
        if not refused:
            if token:
                return _link_page(user, token)
            flash(_("已开立账号「%(name)s」。", name=form.username.data), "success")
            return redirect(url_for(".index"), 303)
        refusal = refused.message
    return form_page(render_template("accounts/new.html", form=form, refusal=refusal), form)


@blueprint.get("/<uuid:user_uuid>")
@members(Role.ADMINISTRATOR)
def show(user_uuid: uuid.UUID) -> str:
    """One account: its state, what it did last, its roles, and what an administrator may do."""
    user = get_account(user_uuid)
    return render_template(
        "accounts/show.html",
        user=user,
        own=user.id == current_user.id,
        state=state_badge(user),
        last_action=last_action_cell(last_actions(db.session, [user]).get(user.id)),
        link=link_of(db.session, user),
        roles=role_rows(memberships_of(db.session, user)),
    )


@blueprint.post("/<uuid:user_uuid>/active")
@members(Role.ADMINISTRATOR)
def activate(user_uuid: uuid.UUID) -> BaseResponse:
    """Close an account, or open it again."""
    user = get_account(user_uuid)
    with committing() as refused:
        set_active(db.session, user, active=request.form.get("active") == "1", actor=current_user)
    flash_result(refused, _("已保存。"))
    return redirect(url_for(".show", user_uuid=user_uuid), 303)


@blueprint.post("/<uuid:user_uuid>/link")
@members(Role.ADMINISTRATOR)
def link(user_uuid: uuid.UUID) -> Page:
    """Make the one-time link of an account; it is shown on this page and never again."""
    user = get_account(user_uuid)
    with committing() as refused:
        token = make_link(db.session, user, actor=current_user)
    if refused:
        flash(refused.message, "error")
        return redirect(url_for(".show", user_uuid=user_uuid), 303)
    return _link_page(user, token)


@blueprint.post("/<uuid:user_uuid>/link/revoke")
@members(Role.ADMINISTRATOR)
def revoke(user_uuid: uuid.UUID) -> BaseResponse:
    """Revoke the one-time link of an account."""
    user = get_account(user_uuid)
    with committing() as refused:
        revoke_links(db.session, user, actor=current_user)
    flash_result(refused, _("链接已撤回，不能再用。"))
    return redirect(url_for(".show", user_uuid=user_uuid), 303)


@blueprint.post("/<uuid:user_uuid>/unlock")
@members(Role.ADMINISTRATOR)
def end_lock(user_uuid: uuid.UUID) -> BaseResponse:
    """End the lock that wrong passwords put on an account."""
    user = get_account(user_uuid)
    with committing() as refused:
        unlock(db.session, user, actor=current_user)
    flash_result(refused, _("已解除锁定。"))
    return redirect(url_for(".show", user_uuid=user_uuid), 303)


def _link_page(user: User, token: str) -> str:
    address = url_for("account_links.follow", token=token, _external=True)
    return render_template("accounts/link.html", user=user, address=address, link=link_of(db.session, user))


@links.errorhandler(404)
def unknown(_error: NotFound) -> tuple[str, int]:
    """The page for a one-time link that does not work; it does not say why."""
    return render_template("accounts/unknown_link.html"), 404


@links.get("/<token>")
@public(BY_LINK)
@slow_guessing
def follow(token: str) -> BaseResponse:
    """Take the token out of the address; opening a link does not use it up, for messengers open links by themselves."""
    token = as_read(token)
    if open_link(db.session, token) is None:
        abort(404)
    session[TOKEN] = token
    return redirect(url_for(".use"), 303)


@links.route("", methods=["GET", "POST"])
@public(BY_LINK)
@slow_guessing
def use() -> Page:
    """Set a password, or open the first administrator's account, by the link opened in this browser."""
    token = session.get(TOKEN, "")
    found = open_link(db.session, token) or abort(404)
    form = PasswordForm() if found.user else FirstAdministratorForm()
    refusal = ""
    if form.validate_on_submit():
        with committing() as refused:
            user = _used(token, form)
        if not refused:
            del session[TOKEN]
            logout_user()
            flash(_("密码已设好，请用账号「%(name)s」登录。", name=user.username), "success")
            return redirect(url_for("security.login"), 303)
        if refused.code == "unusable-link":
            abort(404)
        refusal = refused.message
    return form_page(_use_page(found, form, refusal), form)


def _used(token: str, form: PasswordForm | FirstAdministratorForm) -> User:
    if isinstance(form, PasswordForm):
        return set_password_by_link(db.session, token, form.password.data)
    return create_first_administrator(
        db.session,
        token,
        username=form.username.data,
        display_name=form.display_name.data,
        password=form.password.data,
    )


def _use_page(found: AccountLink, form: PasswordForm | FirstAdministratorForm, refusal: str) -> str:
    template = "accounts/set_password.html" if found.user else "accounts/first_administrator.html"
    return render_template(template, form=form, refusal=refusal, user=found.user)
