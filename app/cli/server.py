"""Preparing the database and serving."""

from __future__ import annotations

import os
import sys

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.cli import print_first_administrator_link
from app.documents.commands import publish_delivered
from app.extensions import db
from app.schema import migrate
from app.shared.cli import option
from app.shared.labels import listed


@click.command()
@option("--no-link", is_flag=True, help=_l("不打印建立第一个管理员的链接"))
@with_appcontext
def setup(no_link: bool) -> None:
    """Bring the database to the present schema and publish the delivered documents. Safe to repeat.

    While there is no administrator, prints a one-time link by which the first one is made in a browser.
    """
    migrate(db.engine)
    delivery = publish_delivered(db.session)
    db.session.commit()
    if delivery.published:
        click.echo(_("已发布随系统提供的文档 %(n)s 份。", n=delivery.published))
    if delivery.refused:
        names = listed(delivery.refused)
        click.echo(_("没有发布 %(names)s：这个版本号已经用于别的内容。", names=names), err=True)
    if not no_link:
        print_first_administrator_link()


@click.command()
@with_appcontext
def serve() -> None:
    """Serve on HOST and PORT with gunicorn, 2 processes of 8 threads (WORKERS, THREADS)."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    print_first_administrator_link()
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
