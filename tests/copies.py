"""Restoring the databases of the tests to an earlier state: empty, or as a builder left them.

A builder marked with `kept` runs once in a process for each database, each list of arguments and each state it started
from; afterwards what it wrote is put back from a copy. That is done only while it is known that nothing but such
builders has written since the database was emptied: every other statement that may write, through any engine of this
process, ends that knowledge, and the builder then runs. A copy is not used when it is older than `LONGEST`, so that
what a builder wrote as "now" is never further back than a slow test would have it.
"""

from __future__ import annotations

import functools
import itertools
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import clock
from app.models import Base

SYSTEM_TIME = clock.system_time
LONGEST = 300.0  # seconds
# So large, counted over all tables, PostgreSQL's files are begun anew: deleted rows stay in them until a vacuum.
LARGEST = 32 * 1024 * 1024
READS = ("SELECT", "PRAGMA", "BEGIN", "SHOW", "SET LOCAL")

P = ParamSpec("P")
Result = TypeVar("Result")


class Storage(Protocol):
    """Copying the content of one database, and restoring it."""

    def take(self) -> Any:
        """A copy of everything in it."""

    def put(self, copy: Any, present: Any | None = None) -> None:
        """Make the database as it was then; `present` is a copy equal to what it holds now, where there is one."""


class SQLiteStorage:
    """Copies of the database file."""

    def __init__(self, engine: sa.Engine, file: Path) -> None:
        self.engine, self.file = engine, file
        self.numbers = itertools.count()

    def take(self) -> Path:
        """The content in a file beside the database."""
        copy = self.file.with_name(f"copy-{next(self.numbers)}.sqlite3")
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy

    def put(self, copy: Path, present: Path | None = None) -> None:
        """The whole file."""
        self.engine.dispose()
        for leftover in self.file.parent.glob(f"{self.file.name}-*"):
            leftover.unlink()
        shutil.copyfile(copy, self.file)


@dataclass(frozen=True)
class Rows:
    """The rows of every table that has any, as COPY writes them, and how far each sequence has counted."""

    tables: dict[str, bytes] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)


class PostgreSQLStorage:
    """Rows taken out and put back by COPY.

    Emptying by TRUNCATE costs ten to a hundred times as much: it makes new files for every table and index.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.names = [table.name for table in Base.metadata.sorted_tables]
        self.filled = sa.text(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in self.names)
        )

    def take(self) -> Rows:
        """Every row."""
        with self.engine.begin() as connection:
            tables = {}
            for name in connection.scalars(self.filled).all():
                with _cursor(connection).copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as out:
                    tables[name] = b"".join(bytes(block) for block in out)
            return Rows(tables, _sequences(connection))

    def put(self, copy: Rows, present: Rows | None = None) -> None:
        """Only the tables that differ from the present content are written."""
        if present is None and self._has_grown():
            self._truncate()
        with self.engine.begin() as connection:
            # Neither triggers nor foreign keys: the rows were checked when they were made.
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            filled = connection.scalars(self.filled).all() if present is None else list(present.tables)
            stale = [name for name in filled if present is None or present.tables[name] != copy.tables.get(name)]
            for name in stale:
                connection.execute(sa.text(f'DELETE FROM "{name}"'))
            for name, rows in copy.tables.items():
                if name in stale or name not in filled:
                    with _cursor(connection).copy(f'COPY "{name}" FROM STDIN (FORMAT BINARY)') as into:
                        into.write(rows)
            _set_sequences(connection, copy.sequences)

    def _has_grown(self) -> bool:
        sizes = " + ".join(f"pg_relation_size('\"{name}\"')" for name in self.names)
        with self.engine.connect() as connection:
            return bool(connection.scalar(sa.text(f"SELECT {sizes}")) > LARGEST)

    def _truncate(self) -> None:
        names = ", ".join(f'"{name}"' for name in self.names)
        with self.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))


def _cursor(connection: sa.Connection) -> Any:
    return connection.connection.cursor()


def _sequences(connection: sa.Connection) -> dict[str, int]:
    """Those that have counted, and the last number each gave out."""
    statement = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
    return {name: last for name, last in connection.execute(sa.text(statement))}


def _set_sequences(connection: sa.Connection, target: dict[str, int]) -> None:
    present = _sequences(connection)
    calls = [f"setval('\"{name}\"', {last})" for name, last in target.items() if present.get(name) != last]
    calls += [f"setval('\"{name}\"', 1, false)" for name in present.keys() - target.keys()]
    if calls:
        connection.execute(sa.text(f"SELECT {', '.join(calls)}"))


def _today() -> date:
    """The day in Guangzhou by the machine's clock, whatever a test's clock says."""
    return clock.local(SYSTEM_TIME()).date()


@dataclass
class State:
    """What a database holds after certain builders and nothing else: a copy of it, and what builders gave from here."""

    copy: Any
    made_at: float = field(default_factory=time.monotonic)
    day: date = field(default_factory=_today)
    after: dict[Any, tuple[State, Any]] = field(default_factory=dict)

    @property
    def recent(self) -> bool:
        """Whether what was "now" in it may still pass for that."""
        return time.monotonic() - self.made_at < LONGEST and self.day == _today()


class Database:
    """A database of the tests: its storage, and its state while that is known."""

    def __init__(self, engine: sa.Engine, storage: Storage) -> None:
        self.url, self.storage = engine.url, storage
        self.empty = State(storage.take())
        self.state: State | None = None

    def reset(self) -> None:
        """Nothing in it but the schema."""
        self.storage.put(self.empty.copy)
        self.state = self.empty

    def step(self, session: Session, call: tuple[Any, ...], build: Callable[[], Result]) -> Result:
        """What the builder gives: put back when it was kept from this very state, else built and kept."""
        assert self.state is not None
        session.commit()
        before = self.state
        reached = before.after.get(call)
        if reached is None or not reached[0].recent:
            value = described(build())
            session.commit()
            before.after[call] = reached = State(self.storage.take()), value
        else:
            self.storage.put(reached[0].copy, before.copy)
        self.state = reached[0]
        session.expire_all()
        return recalled(session, reached[1])


DATABASES: dict[sa.URL, Database] = {}


@event.listens_for(sa.Engine, "before_cursor_execute")
def _notice_writing(connection: sa.Connection, _cursor: Any, statement: str, *_more: Any) -> None:
    database = DATABASES.get(connection.engine.url)
    if database is not None and not statement.lstrip().upper().startswith(READS):
        database.state = None


def kept(build: Callable[Concatenate[Session, P], Result]) -> Callable[Concatenate[Session, P], Result]:
    """Run a builder once for each state it starts from, and put back what it wrote when it is asked for again.

    Its arguments and what it gives are rows of the database, the session, plain values, and tuples, lists, dicts or
    dataclasses of these. It commits. Where it begins with another such builder, that one too is put back or kept.
    """

    @functools.wraps(build)
    def builder(session: Session, *args: P.args, **kwargs: P.kwargs) -> Result:
        database = DATABASES.get(session.get_bind().engine.url)
        untouched = not (session.new or session.dirty or session.deleted)
        if database is None or database.state is None or not untouched:
            return build(session, *args, **kwargs)
        moved = None if clock.system_time is SYSTEM_TIME else clock.now()
        call = (build.__module__, build.__qualname__, described(args), described(kwargs), moved)
        return database.step(session, call, lambda: build(session, *args, **kwargs))

    return builder


@dataclass(frozen=True)
class Row:
    """A row, by its class and primary key."""

    of: type[Any]
    identity: tuple[Any, ...]


@dataclass(frozen=True)
class Several:
    """A tuple, list, dict or dataclass, by its class and parts."""

    of: type[Any]
    parts: tuple[Any, ...]


PLAIN = (type(None), bool, int, str, bytes, float, Decimal, date, datetime, timedelta, UUID, Enum)


def described(value: Any) -> Any:
    """A value that can be looked up and kept beyond the session: rows by their keys, every mapping as a dict."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Session):
        return Several(Session, ())
    if isinstance(value, Base):
        return Row(type(value), sa.inspect(value).identity)
    if isinstance(value, Mapping):
        return Several(dict, tuple((name, described(part)) for name, part in value.items()))
    if isinstance(value, (tuple, list)):
        return Several(type(value), tuple(described(part) for part in value))
    if is_dataclass(value) and not isinstance(value, type):
        return Several(
            type(value),
            tuple((attribute.name, described(getattr(value, attribute.name))) for attribute in fields(value)),
        )
    raise TypeError(f"a builder that is kept neither takes nor gives a {type(value).__name__}")


def recalled(session: Session, value: Any) -> Any:
    """The value again, its rows read in this session."""
    if isinstance(value, Row):
        return session.get_one(value.of, value.identity)
    if not isinstance(value, Several):
        return value
    if value.of is Session:
        return session
    if issubclass(value.of, (tuple, list)):
        return value.of(recalled(session, part) for part in value.parts)
    return value.of(**{name: recalled(session, part) for name, part in value.parts})
