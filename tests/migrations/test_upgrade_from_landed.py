"""Databases of every landed version come to the present one: figures, digests and certificates stay the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from app.extensions import db
from app.schema import alembic_config, is_current
from tests.conftest import an_app
from tests.migrations.figures import changes, figures
from tests.migrations.make_landed import FIGURES, LANDED, ROWS, SETTINGS, with_new_key
from tests.migrations.rows import load
from tests.migrations.rules import rules_of

VERSIONS = sorted(LANDED.iterdir())


@pytest.mark.parametrize("landed", VERSIONS, ids=lambda path: path.name)
def test_a_landed_demonstration_says_the_same_after_the_upgrade(url: str, landed: Path) -> None:
    command.upgrade(alembic_config(url), landed.name)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        rules = rules_of(connection)
        load(connection, landed / ROWS)
        assert rules_of(connection) == rules
    command.upgrade(alembic_config(url), "head")
    assert is_current(engine)
    engine.dispose()
    settings = json.loads((landed / SETTINGS).read_text("utf-8"))
    app = an_app(url, **with_new_key(settings["environment"]))
    present = figures(app, settings["link"])
    with app.app_context():
        db.engine.dispose()
    assert list(changes(json.loads((landed / FIGURES).read_text("utf-8")), present)) == []


@pytest.mark.parametrize("landed", VERSIONS, ids=lambda path: path.name)
def test_the_landed_figures_are_those_of_a_settled_demonstration(landed: Path) -> None:
    said = json.loads((landed / FIGURES).read_text("utf-8"))
    assert (said["score"]["total"], said["score"]["grade"]) == ("87.6", "良好")
    assert said["settled"]["same"] is True
    assert said["certificate"]["digest"] == said["draw"][0]
    assert said["pages"] == {"chain whole": True, "link known": True, "other link known": False}


def test_whatever_changes_is_told_and_what_is_added_is_not() -> None:
    landed = {"a": [1, {"b": "x"}], "c": 1, "d": None}
    assert list(changes(landed, {"a": [1, {"b": "x", "new": 2}], "c": 1, "d": None, "new": 3})) == []
    assert list(changes(landed, {"a": [1, {"b": "y"}], "c": 1.0})) == [
        "/a/1/b: 'x' became 'y'",
        "/c: 1 became 1.0",
        "/d: missing",
    ]
    assert list(changes([1, 2], [1])) == [": [1, 2] became [1]"]
    assert list(changes([0.3], [0.1 + 0.2])) == []
    assert list(changes([0.3], [0.3000001])) == ["/0: 0.3 became 0.3000001"]
