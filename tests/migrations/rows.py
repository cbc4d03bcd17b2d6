"""The rows of a whole database in one file, as SQLite keeps them, for either kind of database.

A gzip of JSON lines: an object names a table and its columns, the arrays after it are its rows. Bytes are
`{"bytes": BASE64}`; moments are text in UTC, truth is 1 or 0, documents are the JSON text itself.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

BOOLEANS = (
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type = 'boolean'"
)
# The counters from which PostgreSQL numbers new rows.
COUNTERS = (
    "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"
)


def dump(connection: sa.Connection, path: Path) -> None:
    """Write every row of a SQLite database but the number of its revision."""
    tables = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    ).scalars()
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        for table in [name for name in tables if name != "alembic_version"]:
            found = connection.exec_driver_sql(f'SELECT * FROM "{table}" ORDER BY 1')
            for line in ({"table": table, "columns": list(found.keys())}, *map(list, found)):
                packed.write(json.dumps(line, ensure_ascii=False, default=_bytes).encode() + b"\n")


def load(connection: sa.Connection, path: Path) -> None:
    """Put the rows in place of all that a database of their revision has; no trigger runs meanwhile."""
    with _without_triggers(connection):
        for table, columns, rows in _tables(path):
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
            _insert(connection, table, columns, rows)
    if connection.dialect.name == "postgresql":
        for table, column, counter in connection.exec_driver_sql(COUNTERS).all():
            connection.exec_driver_sql(f'SELECT setval(\'{counter}\', max("{column}")) FROM "{table}"')
    else:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def _bytes(value: bytes) -> dict[str, str]:
    return {"bytes": base64.b64encode(value).decode()}


def _unpacked(value: Any) -> Any:
    return base64.b64decode(value["bytes"]) if isinstance(value, dict) else value


def _tables(path: Path) -> Iterator[tuple[str, list[str], list[list[Any]]]]:
    """Table by table: its name, its columns, its rows."""
    table, columns, rows = "", [], []
    for line in map(json.loads, gzip.decompress(path.read_bytes()).splitlines()):
        if isinstance(line, list):
            rows.append([_unpacked(value) for value in line])
            continue
        if table:
            yield table, columns, rows
        table, columns, rows = line["table"], line["columns"], []
    yield table, columns, rows


def _insert(connection: sa.Connection, table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    postgresql = connection.dialect.name == "postgresql"
    truths = set(connection.exec_driver_sql(BOOLEANS).all()) if postgresql else set()
    places = [place for place, column in enumerate(columns) if (table, column) in truths]
    values = []
    for row in rows:
        for place in places:
            row[place] = None if row[place] is None else bool(row[place])
        values.append(tuple(row))
    if values:
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join(["%s" if postgresql else "?"] * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)


@contextmanager
def _without_triggers(connection: sa.Connection) -> Iterator[None]:
    """PostgreSQL switches triggers and references off for a while; SQLite's triggers are dropped and made again."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
        return
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, text in triggers:
        connection.exec_driver_sql(text)
