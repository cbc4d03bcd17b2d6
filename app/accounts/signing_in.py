"""Sign-in by user name, through Flask-Security: the form, its messages, and what is stored of each sign-in."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import (
    FSQLALiteUserDatastore,
    LoginForm,
    Security,
    password_changed,
    user_authenticated,
    user_failed_authn,
)
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.accounts.commands import change_own_password, count_failed_sign_in, count_sign_in
from app.accounts.queries import user_named
from app.extensions import db, limiter
from app.models import SiteRole, User
from app.shared.views import committing


class SignInForm(LoginForm):
    """User name instead of e-mail: interviewers are hired for weeks and have no address of ours."""

    email: Any = None
    username = StringField(
        _l("账号"), validators=[InputRequired(_l("填写账号。")), Length(max=80)], render_kw={"autocomplete": "username"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = self.username  # where Flask-Security looks for errors it must make generic

    def validate(self, **kwargs: Any) -> bool:
        """Look the account up by name; Flask-Security then checks the password at equal cost either way."""
        self.ifield = self.username
        self.user = user_named(db.session, self.username.data or "")
        return bool(super().validate(**kwargs))


datastore = FSQLALiteUserDatastore(db, User, SiteRole)


# Flask-Security has almost no Chinese translation; these are its messages that our pages can show.
MESSAGES = {
    "GENERIC_AUTHN_FAILED": (_l("账号或密码不对。"), "error"),
    "UNAUTHENTICATED": (_l("请先登录。"), "info"),
    "UNAUTHORIZED": (_l("您不能打开这个页面。"), "error"),
    "LOGIN": (_l("请先登录。"), "info"),
    "PASSWORD_CHANGE": (_l("密码已修改。"), "success"),
    "INVALID_PASSWORD": (_l("密码不对。"), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("填写密码。"), "error"),
    "PASSWORD_IS_THE_SAME": (_l("新密码要和旧的不同。"), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_l("两次输入的新密码不一样。"), "error"),
    "PASSWORD_INVALID_LENGTH": (_l("密码至少 %(length)s 个字符。"), "error"),
    "REAUTHENTICATION_REQUIRED": (_l("请再输入一次密码。"), "info"),
}


def on_sign_in(_app: Flask, *, user: User, authn_via: list[str], **_about: object) -> None:
    """Store when somebody signed in by password; the view of Flask-Security commits."""
    if "password" in authn_via:
        count_sign_in(db.session, user)


def on_failed_sign_in(_app: Flask, *, user: User, **_about: object) -> None:
    """Count a wrong password."""
    with committing():
        count_failed_sign_in(db.session, user)


def on_password_changed(_app: Flask, *, user: User, **_about: object) -> None:
    """Store that somebody chose their password; the view of Flask-Security commits."""
    change_own_password(db.session, user)


def init_signing_in(app: Flask) -> None:
    """Bind Flask-Security, and slow down guessing of passwords: by address here, by account in the commands."""
    app.config.from_mapping({f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()})
    # A new Security for each application: it stores the password hashing settings of the application it is bound to.
    Security(app, datastore, login_form=SignInForm)
    user_authenticated.connect(on_sign_in, app)
    user_failed_authn.connect(on_failed_sign_in, app)
    password_changed.connect(on_password_changed, app)
    view = app.view_functions["security.login"]
    limited: Any = limiter.limit(app.config["LOGIN_LIMIT"], methods=["POST"])(view)
    app.view_functions["security.login"] = limited
