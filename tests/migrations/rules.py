"""The triggers and functions a database has, and those the rules in force declare."""

from __future__ import annotations

import sqlalchemy as sa

from migrations import immutability, tallies

SQLITE_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
# As the server writes them back; whether a trigger is switched off is part of it.
POSTGRESQL_TRIGGERS = (
    "SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) || ' enabled: ' || CAST(tgenabled AS TEXT) FROM pg_trigger"
    " WHERE NOT tgisinternal"
)
POSTGRESQL_FUNCTIONS = (
    "SELECT 'function ' || proname, pg_get_functiondef(oid) FROM pg_proc"
    " WHERE pronamespace = current_schema()::regnamespace"
)


def rules_of(connection: sa.Connection) -> dict[str, str]:
    """Every trigger and function of the database: name and text."""
    postgresql = connection.dialect.name == "postgresql"
    queries = (POSTGRESQL_TRIGGERS, POSTGRESQL_FUNCTIONS) if postgresql else (SQLITE_TRIGGERS,)
    return {name: text for query in queries for name, text in connection.execute(sa.text(query))}


def disagreements(connection: sa.Connection) -> dict[str, tuple[str | None, str | None]]:
    """Name by name what the rules in force declare and what the database has, where these differ.

    The declared ones are created in place of those there were, so that both are read as the database writes them.
    """
    found = rules_of(connection)
    _drop_all(connection, found)
    for statement in declared(connection.dialect.name):
        connection.execute(sa.text(statement))
    wanted = rules_of(connection)
    names = sorted(found.keys() | wanted.keys())
    return {name: (wanted.get(name), found.get(name)) for name in names if wanted.get(name) != found.get(name)}


def declared(dialect: str) -> list[str]:
    """The statements of all rules in force."""
    return [*immutability.statements(dialect), *tallies.statements(dialect)]


def _drop_all(connection: sa.Connection, names: dict[str, str]) -> None:
    for name in names:
        kind, _, function = name.partition(" ")
        if connection.dialect.name == "sqlite":
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        elif kind == "function":
            connection.execute(sa.text(f"DROP FUNCTION {function} CASCADE"))  # with the triggers that call it
