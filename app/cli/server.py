"""Preparing the database and serving."""

from __future__ import annotations

import os
import sys

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from app.extensions import db
from app.schema import migrate


@click.command()
@with_appcontext
def setup() -> None:
    """Bring the database to the present schema. Safe to repeat."""
    migrate(db.engine)


@click.command()
@with_appcontext
def serve() -> None:
    """Serve on HOST and PORT with gunicorn, 2 processes of 8 threads (WORKERS, THREADS)."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    click.echo("\n  " + _("打开 %(url)s  （Ctrl+C 停止）", url=f"http://{host}:{port}/") + "\n")
    db.engine.dispose()
    arguments = [
        sys.executable, "-m", "gunicorn", "wsgi:app",
        "--bind", f"{host}:{port}",
        "--worker-class", "gthread",
        "--workers", os.environ.get("WORKERS", "2"),
        "--threads", os.environ.get("THREADS", "8"),
        "--timeout", "120",
        "--log-level", "warning",
    ]  # fmt: skip
    os.execv(sys.executable, arguments)  # noqa: S606 - our own fixed command


COMMANDS = (setup, serve)
