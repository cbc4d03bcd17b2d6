"""Questionnaires, scoring schemes and lists of outcome codes: check a document, publish it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.documents.commands import PARSERS, add_document
from app.extensions import db
from app.shared.cli import refusals_as_errors
from surveys.problems import InvalidDocument
from surveys.scoring.scheme import InvalidScheme

KINDS = click.Choice(list(PARSERS))


@click.group()
def document() -> None:
    """Questionnaires, scoring schemes and lists of outcome codes."""


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path.name} 不是 UTF-8 文本。") from error
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"第 {error.lineno} 行" if isinstance(error, json.JSONDecodeError) else "嵌套太深"
        raise click.ClickException(f"{path.name} 不是 JSON({place})。") from error


def _problems(error: InvalidDocument | InvalidScheme) -> str:
    return "\n".join(f"  {problem.where.zh}: {problem.message.zh}" for problem in error.problems)


@document.command("check")
@click.argument("kind", type=KINDS)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(kind: str, path: Path) -> None:
    """Print every problem of a document."""
    try:
        parsed = PARSERS[kind](_read(path))
    except (InvalidDocument, InvalidScheme) as error:
        raise click.ClickException(f"{len(error.problems)} 处需要更正：\n{_problems(error)}") from error
    click.echo(f"「{parsed.id}」第 {parsed.version} 版没有问题。摘要 {parsed.digest}")


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
        raise click.ClickException(f"{len(error.problems)} 处需要更正：\n{_problems(error)}") from error
    click.echo(f"已发布「{added.document_id}」第 {added.version} 版。摘要 {added.digest}")


COMMANDS = (document,)
