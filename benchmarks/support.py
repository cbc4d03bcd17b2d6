"""Shared by the benchmarks: an application on a new database, timing, peak memory of a child process."""

from __future__ import annotations

import contextlib
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from app.schema import migrate
from tests.conftest import an_app, drop_postgresql_database, postgresql_database
from tests.machine import postgresql_problem


def databases() -> list[str]:
    """The names of the databases to measure: SQLite, and PostgreSQL if it runs; prints when it does not."""
    problem = postgresql_problem()
    if problem:
        print(f"(not measured on PostgreSQL: {problem})")
    return ["sqlite"] if problem else ["sqlite", "postgresql"]


@contextlib.contextmanager
def new_postgresql_database(kind: str) -> Iterator[dict[str, str]]:
    """The environment that names a new PostgreSQL database; empty for SQLite, which uses a file of its own."""
    if kind == "sqlite":
        yield {}
        return
    name = f"evaluation_bench_{os.getpid()}"
    try:
        yield {"DATABASE_URL": postgresql_database(name)}
    finally:
        drop_postgresql_database(name)


@contextlib.contextmanager
def application(kind: str) -> Iterator[tuple[Flask, str]]:
    """A migrated application within its context, and the URL of its database."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"evaluation_bench_{os.getpid()}"
        url = f"sqlite:///{folder}/bench.sqlite3" if kind == "sqlite" else postgresql_database(name)
        app = an_app(url)
        with app.app_context():
            migrate(db.engine)
            yield app, url
            db.session.close()
            db.engine.dispose()
        if kind == "postgresql":
            drop_postgresql_database(name)


def timed(work: Callable[[], Any], runs: int = 1) -> float:
    """The best wall time of several runs, in seconds."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def _measured(queue: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    start = time.perf_counter()
    result = work(*arguments)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    queue.put((time.perf_counter() - start, peak, result))


def in_a_process(work: Callable[..., Any], *arguments: Any) -> tuple[float, float, Any]:
    """(seconds, peak MB, result) of a function in a fresh process."""
    context = get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_measured, args=(queue, work, arguments))
    process.start()
    measured: tuple[float, float, Any] = queue.get()
    process.join()
    return measured


def table_count(table: str) -> int:
    """The number of rows of a table."""
    return int(db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())
