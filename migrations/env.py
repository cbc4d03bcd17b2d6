"""How migrations run: one transaction, foreign keys off while tables are rebuilt, and checked afterwards."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection, create_engine, event, pool, text

from app.models import Base
from config import database_url

MIGRATION_LOCK = 7_310_022


def url() -> str:
    """The database named on the command line, by the caller, or by the environment."""
    named = context.config.get_main_option("sqlalchemy.url")
    return named or database_url(os.environ.get("DATABASE_URL"))


def run(connection: Connection) -> None:
    """Migrate over one connection; several servers starting at once take turns."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=not postgresql,
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        if postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        context.run_migrations()
        if not postgresql:
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"the migration left {len(broken)} dangling references")


engine = create_engine(url(), poolclass=pool.NullPool)
if engine.dialect.name == "sqlite":
    # Batch mode drops and recreates tables: with foreign keys on, ON DELETE CASCADE would delete the children.
    @event.listens_for(engine, "connect")
    def on_connect(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
        connection.execute("PRAGMA busy_timeout=10000")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


with engine.connect() as connection:
    run(connection)
engine.dispose()
