"""The Flask application: pages, commands, database, files and clock; create_app() makes it."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

import config as settings
from app import access, blueprints, cli, database, dialling, error_pages, labels, localisation, navigation, notices
from app.accounts import signing_in
from app.extensions import csrf, db, limiter
from app.handbook.views import init_handbook
from app.headers import add_headers
from app.interview import kinds
from app.privacy.keyring import Keyring

# The pages that take files; everything else is a form of a few kilobytes.
UPLOADS = ("ledgers.index", "public.verify", "documents.publish")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def refuse_null_characters() -> None:
    """Answer 400 to a request with a NUL character: no valid text has one, and PostgreSQL cannot store it."""
    texts = [request.path, *request.args.values(), *request.form.values()]
    if any("\x00" in text for text in texts):
        abort(400)


def create_app(configuration: settings.Config | None = None) -> Flask:
    """Make the application; raises MissingSetting, UndeclaredAccess (an open route) or IncompleteKind (of question)."""
    app = Flask(__name__, instance_path=str(settings.INSTANCE))
    app.config.from_mapping((configuration or settings.from_environment()).as_mapping())
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if proxies := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    app.extensions["keyring"] = Keyring.from_settings(app.config["FIELD_KEYS"], app.config["INDEX_KEY"])

    db.init_app(app)
    with app.app_context():
        database.configure_engine(db.engine)
    csrf.init_app(app)
    limiter.init_app(app)
    localisation.init_localisation(app)
    signing_in.init_signing_in(app)
    error_pages.init_errors(app)
    labels.init_labels(app)
    navigation.init_navigation(app)
    notices.init_notices(app)
    init_handbook(app)
    dialling.init_dialling(app)

    @app.url_value_preprocessor
    def say_whether_reading(_endpoint: str | None, _values: object) -> None:
        # Ahead of every before_request: loading the visitor already begins the transaction.
        database.set_read_only(request.method in SAFE_METHODS)

    @app.url_value_preprocessor
    def take_large_bodies_only_for_uploads(endpoint: str | None, _values: object) -> None:
        # Ahead of whatever reads the form first, the CSRF check included.
        if endpoint not in UPLOADS:
            request.max_content_length = app.config["LARGEST_FORM"]

    app.before_request(refuse_null_characters)
    app.before_request(access.enforce)
    app.after_request(add_headers)
    blueprints.register(app)
    cli.register(app)
    kinds.refuse_incomplete(app)
    access.refuse_undeclared(app)
    return app
