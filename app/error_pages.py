"""Every error as a page in plain words with a way back; nothing of the request is repeated on it."""

from __future__ import annotations

from flask import Flask, current_app, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from app.extensions import db

KNOWN = (400, 401, 403, 404, 405, 409, 413, 429, 500, 503)


def _page(status: int) -> tuple[str, int]:
    return render_template("errors/error.html", status=status if status in KNOWN else 400), status


def on_http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
    """A page for each refusal; redirects pass through."""
    status = error.code or 500
    return error if status < 400 else _page(status)


def on_csrf_error(_error: CSRFError) -> tuple[str, int]:
    """The form was made for another session: say so, and keep the visitor's place."""
    return render_template("errors/error.html", status="csrf"), 400


def on_database_trouble(error: OperationalError) -> tuple[str, int]:
    """The database is away, full or locked: nothing was stored, try again."""
    db.session.rollback()
    # The statement carries parameters: only the kind of error is logged.
    current_app.logger.error("database trouble: %s", type(error.orig).__name__)
    return _page(503)


def on_conflict(error: IntegrityError) -> tuple[str, int]:
    """A rule of the database refused: somebody else was a moment faster. Nothing was stored."""
    db.session.rollback()
    current_app.logger.error("refused by the database: %s", type(error.orig).__name__)
    return _page(409)


def on_crash(error: Exception) -> tuple[str, int]:
    """A fault of ours: logged with its traceback but without values, answered in plain words."""
    current_app.logger.error("unhandled %s", type(error).__name__, exc_info=_without_values(error))
    return _page(500)


def _without_values(error: Exception) -> Exception:
    """The same traceback, with a message that cannot hold anybody's data."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_database_trouble)
    app.register_error_handler(IntegrityError, on_conflict)
    if not app.config["TESTING"] and not app.debug:
        app.register_error_handler(Exception, on_crash)
