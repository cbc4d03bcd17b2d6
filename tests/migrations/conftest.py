"""Fixtures: an empty database of the test's own, once for each kind of database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import drop_postgresql_database, postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'first.sqlite3'}"
        return
    request.getfixturevalue("postgresql_app")  # says so aloud where there is no PostgreSQL
    name = f"first_{os.getpid()}"
    yield postgresql_database(name)
    drop_postgresql_database(name)
