"""Sign-in by user name, through Flask-Security."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_security import FSQLALiteUserDatastore, LoginForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.extensions import db, limiter, security
from app.models import SiteRole, User


class SignInForm(LoginForm):
    """User name instead of e-mail: interviewers are hired for weeks and have no address of ours."""

    email = None
    username = StringField(
        _l("账号"), validators=[InputRequired(_l("填写账号。")), Length(max=80)], render_kw={"autocomplete": "username"}
    )

    def validate(self, **kwargs: Any) -> bool:
        """Look the account up by name; Flask-Security then checks the password at equal cost either way."""
        self.ifield = self.username
        self.user = db_user(self.username.data or "")
        return bool(super().validate(**kwargs))


def db_user(username: str) -> User | None:
    """The account of that name, whatever its case."""
    return cast("User | None", datastore.find_user(case_insensitive=True, username=username.strip()))


datastore = FSQLALiteUserDatastore(db, User, SiteRole)


def init_signing_in(app: Flask) -> None:
    """Bind Flask-Security, and slow down guessing of passwords."""
    security.init_app(app, datastore, login_form=SignInForm)
    view = app.view_functions["security.login"]
    limited: Any = limiter.limit(app.config["LOGIN_LIMIT"], methods=["POST"])(view)
    app.view_functions["security.login"] = limited
