"""A migrated database has the triggers and functions that the rules in force declare, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command

from app.models import Response, ResponseTally
from app.models.audit import CHAIN_LOCK
from app.models.erasures import ERASED_WORDS
from app.schema import alembic_config
from surveys.questionnaire.measures import FACTS
from tests.migrations.rules import disagreements, rules_of


@pytest.fixture
def migrated(url: str) -> Iterator[sa.Connection]:
    """A connection to a database at the newest revision; nothing is committed."""
    command.upgrade(alembic_config(url), "head")
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_a_migrated_database_has_the_rules_in_force_and_no_others(migrated: sa.Connection) -> None:
    assert disagreements(migrated) == {}
    assert len(rules_of(migrated)) > 60


def test_a_rule_that_is_missing_extra_or_different_is_found(migrated: sa.Connection) -> None:
    postgresql = migrated.dialect.name == "postgresql"
    on_draw, prefix = (" ON draw", "trigger ") if postgresql else ("", "")
    names = [f"{prefix}{name}" for name in ("draw_kept_delete", "erasure_kept_update", "index_tally_insert")]
    assert set(names) <= rules_of(migrated).keys()

    migrated.execute(sa.text(f"DROP TRIGGER draw_kept_delete{on_draw}"))
    missing = disagreements(migrated)
    assert {name: found for name, (_, found) in missing.items()} == {names[0]: None}

    body = "EXECUTE FUNCTION draw_kept_delete()" if postgresql else "BEGIN SELECT 1; END"
    migrated.execute(sa.text(f"CREATE TRIGGER another BEFORE DELETE ON cases FOR EACH ROW {body}"))
    extra = disagreements(migrated)
    assert {name: wanted for name, (wanted, _) in extra.items()} == {f"{prefix}another": None}

    migrated.execute(sa.text(f"DROP TRIGGER draw_kept_delete{on_draw}"))
    migrated.execute(sa.text(f"CREATE TRIGGER draw_kept_delete AFTER DELETE ON draw FOR EACH ROW {body}"))
    assert disagreements(migrated).keys() == {names[0]}
    assert disagreements(migrated) == {}


def test_a_trigger_switched_off_or_with_another_function_is_found(migrated: sa.Connection) -> None:
    if migrated.dialect.name == "sqlite":
        assert not any(name.startswith("function ") for name in rules_of(migrated))  # there are none to change
        return
    migrated.execute(sa.text("ALTER TABLE draw DISABLE TRIGGER draw_kept_delete"))
    assert disagreements(migrated).keys() == {"trigger draw_kept_delete"}
    migrated.execute(
        sa.text(
            "CREATE OR REPLACE FUNCTION draw_kept_delete() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN OLD; END $$"
        )
    )
    assert disagreements(migrated).keys() == {"function draw_kept_delete"}


def test_the_triggers_name_what_the_application_names(migrated: sa.Connection) -> None:
    texts = rules_of(migrated)
    if migrated.dialect.name == "postgresql":
        tallies = [text for name, text in texts.items() if name.startswith("function ") and "_tally_" in name]
        assert len(tallies) == 9
        assert all(f"pg_advisory_xact_lock({CHAIN_LOCK})" in text for text in tallies)
    assert [name for name, text in texts.items() if f"'{ERASED_WORDS}'" in text] == [
        "function minor_opening_kept_update" if migrated.dialect.name == "postgresql" else "minor_opening_kept_update"
    ]
    assert [c.name for c in Response.__table__.columns if c.name.startswith("knows_")] == [f"knows_{f}" for f in FACTS]
    columns = set(ResponseTally.__table__.columns.keys())
    assert {f"{fact}_{suffix}" for fact in FACTS for suffix in ("n", "known")} <= columns
    counting = "".join(text for name, text in texts.items() if "response_tally_insert" in name)
    assert all(f"knows_{fact}" in counting for fact in FACTS)
