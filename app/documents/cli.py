"""Questionnaires, schemes, lists of outcome codes and rules about interviews: check a document, publish it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from app.documents.commands import add_document
from app.documents.queries import PARSERS
from app.extensions import db
from app.localisation import to_visitor
from app.shared.cli import refusals_as_errors
from surveys.problems import InvalidDocument
from surveys.scoring.scheme import InvalidScheme

KINDS = click.Choice(list(PARSERS))


@click.group()
def document() -> None:
    """Questionnaires, scoring schemes, lists of outcome codes, rules about interviews."""


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.ClickException(_("%(name)s 不是 UTF-8 文本。", name=path.name)) from error
    except json.JSONDecodeError as error:
        message = _("%(name)s 不是 JSON(第 %(line)s 行)。", name=path.name, line=error.lineno)
        raise click.ClickException(message) from error
    except RecursionError as error:
        raise click.ClickException(_("%(name)s 不是 JSON(嵌套太深)。", name=path.name)) from error


def _with_problems(error: InvalidDocument | InvalidScheme) -> click.ClickException:
    lines = [f"  {to_visitor(problem.where)}: {to_visitor(problem.message)}" for problem in error.problems]
    return click.ClickException("\n".join([_("%(n)s 处需要更正：", n=len(lines)), *lines]))


@document.command("check")
@click.argument("kind", type=KINDS)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def check(kind: str, path: Path) -> None:
    """Print every problem of a document."""
    try:
        parsed = PARSERS[kind](_read(path))
    except (InvalidDocument, InvalidScheme) as error:
        raise _with_problems(error) from error
    click.echo(
        _(
            "「%(id)s」第 %(version)s 版没有问题。摘要 %(digest)s",
            id=parsed.id,
            version=parsed.version,
            digest=parsed.digest,
        )
    )


@document.command("publish")
@click.argument("kind", type=KINDS)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def publish(kind: str, path: Path) -> None:
    """Publish a document under its id and version; it can never change afterwards."""
    try:
        with refusals_as_errors():
            added = add_document(db.session, kind, _read(path))
            db.session.commit()
    except (InvalidDocument, InvalidScheme) as error:
        raise _with_problems(error) from error
    click.echo(
        _(
            "已发布「%(id)s」第 %(version)s 版。摘要 %(digest)s",
            id=added.document_id,
            version=added.version,
            digest=added.digest,
        )
    )


COMMANDS = (document,)
