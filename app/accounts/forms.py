"""Forms of accounts: opening one, finding one, setting a password by a one-time link."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, Length, Optional

from app.accounts.commands import MINIMUM_PASSWORD
from app.accounts.labels import ACCOUNT_STATES
from app.shared.forms import at_most, choices, required, stripped, text_line

LONGEST_PASSWORD = 200


def _new_password(label: Any) -> PasswordField:
    short = Length(min=MINIMUM_PASSWORD, message=_l("密码至少 %(n)s 个字符。", n=MINIMUM_PASSWORD))
    return PasswordField(
        label, validators=[required(), short, at_most(LONGEST_PASSWORD)], render_kw={"autocomplete": "new-password"}
    )


def _again() -> PasswordField:
    same = EqualTo("password", message=_l("两次输入的新密码不一样。"))
    return PasswordField(
        _l("再输一次新密码"), validators=[required(), same], render_kw={"autocomplete": "new-password"}
    )


class UserForm(FlaskForm):  # type: ignore[misc]
    """A new account; without an initial password its owner sets one by a link."""

    username = text_line(_l("账号"), 80)
    display_name = text_line(_l("姓名"), 80)
    administrator = BooleanField(_l("管理员（管理账号和评估，看不到答卷）"))
    password = PasswordField(
        _l("初始密码"),
        validators=[Optional(), at_most(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The password that somebody sets by a one-time link."""

    password = _new_password(_l("新密码"))
    password_again = _again()


class FirstAdministratorForm(FlaskForm):  # type: ignore[misc]
    """The account of the first administrator."""

    username = text_line(_l("账号"), 80, render_kw={"autocomplete": "username"})
    display_name = text_line(_l("姓名"), 80, render_kw={"autocomplete": "name"})
    password = _new_password(_l("新密码"))
    password_again = _again()


class FindAccountsForm(Form):  # type: ignore[misc]
    """The filter of the accounts, sent in the address."""

    words = StringField(_l("账号或姓名"), filters=[stripped])
    state = SelectField(_l("状态"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state.choices = choices([("", str(_l("全部"))), *((k, str(v)) for k, v in ACCOUNT_STATES.items())])
