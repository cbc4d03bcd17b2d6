"""Three databases put people in the same order as we do; the statements are those of docs/sql-engines.md."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from itertools import cycle

import duckdb
import pytest
import sqlalchemy as sa

import config
from sampling.canonical import sha256
from sampling.frame import FramePerson, Last
from sampling.plan import Plan
from sampling.tickets import ticket
from tests.machine import POSTGRESQL_URL, postgresql_problem
from tests.sampling.certificates import Round, a_round
from tests.sampling.people import CATEGORIES, key_of

PAGE = (config.ROOT / "docs" / "sql-engines.md").read_text("utf-8")
STATEMENTS = dict(re.findall(r"^## (\w+)\n.*?^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
TABLES = (
    "CREATE TEMPORARY TABLE person (key TEXT, village TEXT, area TEXT, categories TEXT, last_round TEXT)",
    "CREATE TEMPORARY TABLE allocation (stratum TEXT, queue TEXT, allocated INTEGER)",
)
# A language would sort these in another order than their bytes; the last two look the same.
CODES = ("B", "a", "Z", "_a", "10", "9", "石壁一村", "ｚ", "𠮷", "é", "e\u0301")
Row = tuple[str, str, int, str, str, bool]


def a_frame(count: int) -> list[FramePerson]:
    """People of all groups and last rounds, in villages with awkward codes, some of them small."""
    villages, lasts = cycle([*CODES, *CODES[:4], "a", "a"]), cycle(list(Last) * 2 + [Last.LISTED] * 5)
    return [
        FramePerson(key_of(n), village, "1", CATEGORIES[n % 6], last)
        for n, village, last in zip(range(count), villages, lasts, strict=False)
    ]


ROUND = a_round(a_frame(900), Plan(150, overlap=30))


def ours(drawing: Round) -> list[Row]:
    """Every place of every queue, in order."""
    return [
        (*cell, place, key, number, place <= drawing.allocation[cell])
        for cell in sorted(drawing.allocation, key=lambda cell: (cell[0].encode(), cell[1]))
        for place, (number, key) in enumerate(drawing.queue(cell), 1)
    ]


PEOPLE = [(p.key, p.village, p.area, ",".join(p.categories), p.last.value) for p in ROUND.frame]
ALLOCATION = [(*cell, number) for cell, number in ROUND.allocation.items()]


def from_sqlite() -> list[Row]:
    """SQLite of the standard library, with the standard library's SHA-256."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("sha256", 1, sha256, deterministic=True)
    for table in TABLES:
        connection.execute(table)
    connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", PEOPLE)
    connection.executemany("INSERT INTO allocation VALUES (?, ?, ?)", ALLOCATION)
    rows = connection.execute(STATEMENTS["SQLite"], {"seed": ROUND.seed}).fetchall()
    connection.close()
    return [(*row[:5], bool(row[5])) for row in rows]


def from_duckdb() -> list[Row]:
    """DuckDB in memory."""
    connection = duckdb.connect()
    for table in TABLES:
        connection.execute(table)
    connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?)", PEOPLE)
    connection.executemany("INSERT INTO allocation VALUES (?, ?, ?)", ALLOCATION)
    rows = connection.execute(STATEMENTS["DuckDB"], {"seed": ROUND.seed}).fetchall()
    connection.close()
    return rows


def from_postgresql() -> list[Row]:
    """The test server; temporary tables leave nothing behind."""
    if problem := postgresql_problem():
        if os.environ.get("REQUIRE_POSTGRESQL") == "1":
            pytest.fail(f"REQUIRE_POSTGRESQL: {problem}")
        pytest.skip(problem)
    engine = sa.create_engine(POSTGRESQL_URL, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for table in TABLES:
            connection.execute(sa.text(table))
        names = ("key", "village", "area", "categories", "last_round")
        connection.execute(
            sa.text("INSERT INTO person VALUES (:key, :village, :area, :categories, :last_round)"),
            [dict(zip(names, values, strict=True)) for values in PEOPLE],
        )
        connection.execute(
            sa.text("INSERT INTO allocation VALUES (:stratum, :queue, :allocated)"),
            [dict(zip(("stratum", "queue", "allocated"), values, strict=True)) for values in ALLOCATION],
        )
        rows = connection.execute(sa.text(STATEMENTS["PostgreSQL"]), {"seed": ROUND.seed}).all()
        connection.rollback()
    engine.dispose()
    return [(*row,) for row in rows]


@pytest.mark.parametrize("engine", [from_sqlite, from_postgresql, from_duckdb])
def test_an_engine_gives_the_same_sample_and_the_same_reserve(engine: Callable[[], list[Row]]) -> None:
    rows = engine()
    assert rows == ours(ROUND)
    sample = {(row[0], row[1], row[3]) for row in rows if row[5]}
    assert sample == {(*cell, person.key) for cell, drawn in ROUND.sample.items() for person in drawn}
    assert len(sample) == 150 < len(rows)


def test_the_order_of_a_queue_is_that_of_the_tickets() -> None:
    """What the engines are compared with is the definition and not what they share with us."""
    for _stratum, _queue, _place, key, number, _drawn in ours(ROUND):
        assert number == ticket(ROUND.seed, key)
    assert list(STATEMENTS) == ["SQLite", "PostgreSQL", "DuckDB"]
