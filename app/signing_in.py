"""Sign-in by user name, through Flask-Security."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import FSQLALiteUserDatastore, LoginForm, Security
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.extensions import db, limiter
from app.models import SiteRole, User


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
        self.user = db_user(self.username.data or "")
        return bool(super().validate(**kwargs))


def db_user(username: str) -> User | None:
    """The account of that name, whatever its case."""
    return cast("User | None", datastore.find_user(case_insensitive=True, username=username.strip()))


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


def init_signing_in(app: Flask) -> None:
    """Bind Flask-Security, and slow down guessing of passwords."""
    app.config.from_mapping({f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()})
    # A new Security for each application: it stores the password hashing settings of the application it is bound to.
    Security(app, datastore, login_form=SignInForm)
    view = app.view_functions["security.login"]
    limited: Any = limiter.limit(app.config["LOGIN_LIMIT"], methods=["POST"])(view)
    app.view_functions["security.login"] = limited
