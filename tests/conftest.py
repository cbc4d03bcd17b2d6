"""Fixtures: the application on SQLite and on PostgreSQL, a database built by the migrations, a checking visitor."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import settings

import config
from app import create_app
from app.extensions import db, limiter
from app.privacy.keyring import new_key
from app.schema import migrate
from tests.copies import DATABASES, Database, PostgreSQLStorage, SQLiteStorage
from tests.machine import POSTGRESQL_URL, postgresql_problem
from tests.visitor import Visitor

# They hold fixtures, not examples; several have the one name pytest gives them.
collect_ignore_glob = ["*/conftest.py"]

# A slow machine is no mistake: how long an example may take is for benchmarks/.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
SECRETS = {
    "SECRET_KEY": "test-" * 10,
    "PASSWORD_SALT": "salt-for-tests",
    "FIELD_KEYS": f"1:{new_key()}",
    "INDEX_KEY": new_key(),
}


# The triggers that keep the rules of migrations/immutability.py. A test that plays the attacker goes round them with
# tests.builders.without_rules(), for a trigger that is gone from PostgreSQL is gone for every later test.
RULES_IN_FORCE = sa.text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' ORDER BY tgname")


def an_app(url: str, **environment: str) -> Flask:
    """An application for tests, on the database of that URL."""
    return create_app(config.Testing({**SECRETS, "DATABASE_URL": url, "COOKIES_OVER_HTTP": "1", **environment}))


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Callable[[], None]]]:
    """The application on an embedded database, and how to bring it back to the beginning."""
    file = tmp_path_factory.mktemp("sqlite") / "evaluation.sqlite3"
    app = an_app(f"sqlite:///{file}")
    with app.app_context():
        migrate(db.engine)
        database = Database(db.engine, SQLiteStorage(db.engine, file))
    DATABASES[database.url] = database
    yield app, database.reset
    with app.app_context():
        db.engine.dispose()
    shutil.rmtree(file.parent)


def postgresql_database(name: str) -> str:
    """Make an empty database on the test server; returns its URL."""
    engine = sa.create_engine(POSTGRESQL_URL, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        # No test pulls the plug: what a commit promises across a power cut is not waited for.
        connection.execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    engine.dispose()
    return sa.make_url(POSTGRESQL_URL).set(database=name).render_as_string(hide_password=False)


def drop_postgresql_database(name: str) -> None:
    """Remove a database of the test server."""
    engine = sa.create_engine(POSTGRESQL_URL, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_app() -> Iterator[tuple[Flask, Callable[[], None]]]:
    """The application on PostgreSQL, and how to bring it back to the beginning."""
    if problem := postgresql_problem():
        if os.environ.get("REQUIRE_POSTGRESQL") == "1":
            pytest.fail(f"REQUIRE_POSTGRESQL: {problem}")
        pytest.skip(problem)
    name = f"evaluation_test_{WORKER}_{os.getpid()}"
    app = an_app(postgresql_database(name))
    with app.app_context():
        migrate(db.engine)
        database = Database(db.engine, PostgreSQLStorage(db.engine))
    DATABASES[database.url] = database
    with app.app_context(), db.engine.connect() as connection:
        rules = connection.scalars(RULES_IN_FORCE).all()

    def reset() -> None:
        with app.app_context(), db.engine.begin() as connection:
            assert connection.scalars(RULES_IN_FORCE).all() == rules, "an earlier test took a rule away for good"
        database.reset()

    yield app, reset
    with app.app_context():
        db.engine.dispose()
    drop_postgresql_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application with an empty, migrated database and an application context; once for each database."""
    application, reset = request.getfixturevalue(f"{request.param}_app")
    reset()
    limiter.enabled = application.config["RATELIMIT_ENABLED"]  # one extension for every application of the process
    with application.app_context():
        yield application
        db.session.rollback()
        db.session.close()


@pytest.fixture
def session(app: Flask) -> sa.orm.Session:
    """The session of the test; commit before a visitor opens a page."""
    return db.session


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A visitor who is not signed in; every page they open is checked."""
    return Visitor(app)


@pytest.fixture
def another_visitor(app: Flask) -> Callable[[], Visitor]:
    """Makes further visitors with browsers of their own."""
    return lambda: Visitor(app)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout, for tests that read the source."""
    return config.ROOT
