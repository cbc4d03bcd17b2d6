"""Migrating a database to the newest schema, and checking whether it has it."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.database import read_only
from config import ROOT


def alembic_config(url: str) -> Config:
    """Alembic's settings for a database; a percent sign in a password is kept from being read as a reference."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(engine: Engine) -> None:
    """Run every migration that is missing; does nothing on a database that is up to date."""
    url = engine.url.render_as_string(hide_password=False)
    if not is_current(engine):
        command.upgrade(alembic_config(url), "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest schema."""
    head = ScriptDirectory.from_config(alembic_config("sqlite://")).get_current_head()
    with read_only(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
