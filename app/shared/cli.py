"""What the command line shares: options, finding an evaluation or user, reporting refusals, progress, JSON output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy import select

from app.extensions import db
from app.localisation import to_visitor
from app.models import Evaluation, User
from app.schema import is_current
from app.shared.errors import Refused
from app.shared.labels import listed
from sampling.certificate import CertificateDifference, Mismatch
from sampling.rule import SizeRefused
from sampling.text import TextError


class TranslatedOption(click.Option):
    """An option whose help, a lazy text, is put into the language of the command line when it is shown."""

    def __init__(self, *declarations: Any, help: object = None, **settings: Any) -> None:
        super().__init__(*declarations, **settings)
        self._lazy_help = help

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The names and the help, as click lists them."""
        if self._lazy_help is not None:
            self.help = str(self._lazy_help)
        return super().get_help_record(ctx)


option = partial(click.option, cls=TranslatedOption)


def refuse_before_setup() -> None:
    """Refuse a database that has not been brought to the present schema."""
    if not is_current(db.engine):
        raise click.ClickException(_("数据库还没有准备好。先运行 `flask setup`。"))


def find_evaluation(slug: str) -> Evaluation:
    """The evaluation with this slug; raises ClickException with the existing slugs where there is none."""
    refuse_before_setup()
    evaluation = db.session.scalar(select(Evaluation).where(Evaluation.slug == slug))
    if evaluation is None:
        slugs = listed(db.session.scalars(select(Evaluation.slug).order_by(Evaluation.slug))) or _("（无）")
        raise click.ClickException(_("没有评估「%(slug)s」。现有：%(known)s", slug=slug, known=slugs))
    return evaluation


def find_user(username: str | None) -> User | None:
    """The account on whose behalf a command acts."""
    if username is None:
        return None
    user = db.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise click.ClickException(_("没有账号「%(username)s」。", username=username))
    return user


@contextmanager
def refusals_as_errors(*others: type[TextError]) -> Iterator[None]:
    """Turn Refused, or an exception of the types `others`, into one sentence on standard error and exit code 1.

    Nothing is stored.
    """
    plain: tuple[type[TextError], ...] = (SizeRefused, *others)
    try:
        yield
    except Refused as refused:
        db.session.rollback()
        raise click.ClickException(refused.message) from refused
    except plain as error:
        db.session.rollback()
        raise click.ClickException(to_visitor(error.message)) from error


def differences_in_lines(heading: str, mismatch: Mismatch) -> str:
    """A heading, and below it the differences that a re-check of a draw found, one a line."""
    return "\n".join([heading, *(f"  {_difference(difference)}" for difference in mismatch.differences)])


def _difference(difference: CertificateDifference) -> str:
    where, reason = to_visitor(difference.where), to_visitor(difference.reason)
    return str(_("%(check)s：%(where)s %(reason)s", check=difference.check, where=where, reason=reason))


def progress_line() -> Callable[[str, int, int], None]:
    """A progress display on standard error: one line, rewritten, on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        return lambda _stage, _done, _total: None

    def show(stage: str, done: int, total: int) -> None:
        click.echo(f"\r{stage} {done:,} / {total:,}   ", nl=done >= total, err=True)

    return show


def print_json(value: Any) -> None:
    """Print a value as indented JSON, with Chinese unescaped."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
