"""How the application speaks to SQLite and to PostgreSQL.

SQLite: write-ahead log, foreign keys on, and BEGIN IMMEDIATE for every transaction that may write. A deferred
transaction that reads first and writes later fails with "database is locked" under concurrency; an immediate one waits.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event, select, text

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute, Session

BUSY_TIMEOUT_MS = 10_000
ENGINE_OPTIONS: dict[str, Any] = {
    # Chinese stays readable in the database file; keys are sorted, as in what digests are taken over.
    "json_serializer": partial(json.dumps, ensure_ascii=False, sort_keys=True),
    "pool_pre_ping": True,
}

_reading: ContextVar[bool] = ContextVar("reading", default=False)


def set_read_only(value: bool) -> None:
    """Set whether this request only reads: SQLite then begins deferred, so that it never waits for a writer."""
    _reading.set(value)


@contextmanager
def read_only() -> Iterator[None]:
    """Make transactions that begin inside read-only ones; the setting before is restored at the end."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def configure_engine(engine: Engine) -> None:
    """Attach the SQLite pragmas and the begin rule; PostgreSQL needs nothing."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would commit DDL half-way
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")


def enable_secure_delete(session: Session) -> None:
    """Make SQLite overwrite deleted content with zeros from now on (PRAGMA secure_delete).

    PostgreSQL has no such setting: it keeps old versions of rows until its vacuum removes them.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA secure_delete=ON")


def lock_for_append(session: Session, name: int) -> None:
    """Let one transaction at a time append to a chain, until it commits.

    On SQLite BEGIN IMMEDIATE already holds the only write lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": name})


def lock_row(session: Session, key: InstrumentedAttribute[int], value: int, *, key_share: bool = False) -> None:
    """Let one transaction at a time write about the row with this key (`Case.id`) until it commits; reads nothing.

    `key_share`: others may still write rows that refer to this one. On SQLite BEGIN IMMEDIATE already holds the only
    write lock.
    """
    session.execute(select(key).where(key == value).with_for_update(key_share=key_share))


def lock(session: Session, row: Any, *attributes: str, key_share: bool = False) -> None:
    """Lock a row as `lock_row` does and refresh it, or only the named attributes; they cannot change until the commit.

    In two statements: a refresh repeats the joins the row was loaded with, and PostgreSQL cannot lock an outer join.
    """
    lock_row(session, type(row).id, row.id, key_share=key_share)
    session.refresh(row, attributes or None)


def new_uuid(session: Session, row: Any) -> uuid.UUID:
    """The UUID of a row that was just added: flushes first, since the UUID is set by its column's default."""
    session.flush()
    value: uuid.UUID = row.uuid
    return value
