"""What the command line shares: finding an evaluation or user, reporting refusals, progress, JSON output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import select

from app.extensions import db
from app.models import Evaluation, User
from app.schema import is_current
from app.shared.errors import Refused
from sampling.rule import SizeRefused


def find_evaluation(slug: str) -> Evaluation:
    """The evaluation with this slug; raises ClickException with the existing slugs where there is none."""
    if not is_current(db.engine):
        raise click.ClickException("数据库还没有准备好。先运行 `flask setup`。")
    evaluation = db.session.scalar(select(Evaluation).where(Evaluation.slug == slug))
    if evaluation is None:
        slugs = "、".join(db.session.scalars(select(Evaluation.slug).order_by(Evaluation.slug))) or "（无）"
        raise click.ClickException(f"没有评估「{slug}」。现有：{slugs}")
    return evaluation


def find_user(username: str | None) -> User | None:
    """The account on whose behalf a command acts."""
    if username is None:
        return None
    user = db.session.scalar(select(User).where(User.username == username))
    if user is None:
        raise click.ClickException(f"没有账号「{username}」。")
    return user


@contextmanager
def refusals_as_errors(*others: type[Exception]) -> Iterator[None]:
    """Turn Refused, or an exception of the types `others`, into one sentence on standard error and exit code 1.

    Nothing is stored.
    """
    plain: tuple[type[Exception], ...] = (SizeRefused, *others)
    try:
        yield
    except Refused as refused:
        db.session.rollback()
        raise click.ClickException(refused.message) from refused
    except plain as error:
        db.session.rollback()
        raise click.ClickException(str(error)) from error


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
