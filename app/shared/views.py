"""What views share: running and committing commands, showing a refusal, settings forms, and a form's status code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from flask import abort, flash, request
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Field, Form

from app.extensions import db
from app.shared.errors import Refused
from app.shared.forms import ActionForm
from surveys.problems import InvalidDocument, Problem

Page = str | tuple[str, int] | BaseResponse
Settings = TypeVar("Settings")


class Refusal:
    """The refusal of the commands run in `committing`; false where none refused."""

    cause: Refused | None = None

    def __bool__(self) -> bool:
        return self.cause is not None

    @property
    def message(self) -> str:
        """The message of the refusal; empty where there is none."""
        return self.cause.message if self.cause else ""

    @property
    def code(self) -> str:
        """The code of the refusal; empty where there is none."""
        return self.cause.code if self.cause else ""

    def put_at(self, **fields: Field) -> str:
        """Show the message at the field named after the refusal's code, and return ""; else return the message."""
        field = fields.get(self.code)
        if field is None:
            return self.message
        field.errors = [self.message]
        return ""


@contextmanager
def committing() -> Iterator[Refusal]:
    """Run commands and commit once; where one refuses, roll back, and what is yielded says why.

    Any other exception rolls back too, and is raised again.

        with committing() as refused:
            release_back_check(db.session, check, actor=current_user)
        if refused:
            return _page(check, messages=[refused.message]), 422
    """
    refusal = Refusal()
    try:
        yield refusal
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        refusal.cause = refused
    except Exception:
        db.session.rollback()
        raise


def flash_result(refused: Refusal, done: str) -> None:
    """Flash the sentence `done`, or the message of the refusal, for the next page."""
    flash(refused.message if refused else done, "error" if refused else "success")


def require_token() -> None:
    """End the request with 400 unless the button that was pressed carries its CSRF token."""
    if not ActionForm().validate():
        abort(400)


def form_page(page: str, form: Form) -> tuple[str, int]:
    """The page of a form with its status: 422 where the form was submitted and is shown again for errors."""
    return page, 422 if form.is_submitted() else 200


class SettingsForm(Protocol):
    """The protocol of a form of settings: it makes their document, and shows the document's problems."""

    def validate_on_submit(self) -> bool:
        """Whether the form was submitted with a valid CSRF token."""

    def body(self) -> dict[str, Any]:
        """What was typed, as the document of the settings."""

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show each problem at its field."""


@dataclass(frozen=True)
class SettingsResult(Generic[Settings]):
    """The result of a submitted settings form: saved, only previewed (the settings in `tried`), or refused."""

    saved: bool = False
    tried: Settings | None = None
    refusal: str = ""


def process_settings_form(
    form: SettingsForm, *, parse: Callable[[dict[str, Any]], Settings], save: Callable[[dict[str, Any]], str]
) -> SettingsResult[Settings]:
    """Save submitted settings, or only parse them for a preview; problems are shown in the form.

    `save` runs the command and returns the sentence to flash.
    """
    if not form.validate_on_submit():
        return SettingsResult()
    try:
        if request.form.get("go") == "try":
            tried = parse(form.body())
            db.session.rollback()  # release locks before the preview is computed
            return SettingsResult(tried=tried)
        with committing() as refused:
            done = save(form.body())
    except InvalidDocument as invalid:
        form.show_problems(invalid.problems)
        return SettingsResult()
    if not refused:
        flash(done, "success")
    return SettingsResult(saved=not refused, refusal=refused.message)
