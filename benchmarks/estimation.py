"""Means with intervals of 200 domains on 1,000,000 answers: from arrays, from SQL, and by R's package survey."""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from benchmarks.support import databases, timed
from surveys.estimates import INDEX_SCALE, Estimate, StratumSums, mean
from surveys.rounding import half_up
from tests.conftest import drop_postgresql_database, postgresql_database
from tests.machine import r_problem

ROWS, STRATA, DOMAINS, PEOPLE = 1_000_000, 20, 200, 2_000_000
# An interpreter that has samplics, an archived package we do not install: python -m venv X; X/bin/pip install samplics
SAMPLICS = "SAMPLICS_PYTHON"
SAMPLICS_SCRIPT = """
import csv, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam
h, d, y = np.load(sys.argv[1])
start = time.perf_counter()
found = TaylorEstimator(PopParam.mean)
found.estimate(y=y / 10_000, samp_weight=np.full(len(y), 2.0), stratum=h, domain=d, fpc={int(s): 0.5 for s in set(h)})
seconds = time.perf_counter() - start
with open(sys.argv[2], "w", newline="") as file:
    csv.writer(file).writerows((key, found.point_est[key], found.stderror[key]) for key in found.point_est)
print(seconds)
"""
Column = NDArray[np.int64]
Domain = tuple[float, float]
Cells = Iterable[tuple[int, int, int, int, int]]
"""(stratum, domain, answers, sum, sum of squares)"""
SCRIPT = """
suppressPackageStartupMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1])
t <- system.time({
  plan <- svydesign(ids = ~1, strata = ~stratum, fpc = ~people, data = d)
  found <- svyby(~y, ~domain, plan, svymean)
})
write.csv(found, commandArgs(TRUE)[2], row.names = FALSE)
cat(t[["elapsed"]])
"""


def answers() -> tuple[Column, Column, Column]:
    """Invented answers: stratum, domain and scaled index of each."""
    dice = np.random.default_rng(7)
    stratum = np.repeat(np.arange(STRATA), ROWS // STRATA)
    domain = dice.integers(0, DOMAINS, ROWS)
    index = np.minimum(100, 80 + domain % 7 + dice.normal(8, 9, ROWS)).clip(0)
    return stratum, domain, np.round(index * INDEX_SCALE).astype(np.int64)


def tallied(stratum: Column, domain: Column, y: Column) -> Cells:
    """Counts, sums and sums of squares by stratum and domain, exact in integers of 64 bits."""
    place = stratum * DOMAINS + domain
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(STRATA * DOMAINS + 1))
    sums = np.concatenate([[0], np.cumsum(y[order])])
    squares = np.concatenate([[0], np.cumsum(y[order] ** 2)])
    counts, totals, powers = np.diff(ends), np.diff(sums[ends]), np.diff(squares[ends])
    return [
        (i // DOMAINS, i % DOMAINS, int(counts[i]), int(totals[i]), int(powers[i])) for i in range(STRATA * DOMAINS)
    ]


def estimated(cells: Cells) -> dict[int, Estimate]:
    """The mean of every domain under the whole design, from the tallies."""
    inside = {(stratum, domain): of for stratum, domain, *of in cells}
    answered = {h: sum(inside[h, d][0] for d in range(DOMAINS) if (h, d) in inside) for h in range(STRATA)}
    people = PEOPLE // STRATA
    estimates = {}
    for d in range(DOMAINS):
        own = {h: inside.get((h, d), [0, 0, 0]) for h in range(STRATA)}
        sums = [StratumSums(f"{h:02d}", "a", people, answered[h], of[1], of[2], of[0]) for h, of in own.items()]
        size = sum(people * of[0] / answered[h] for h, of in own.items())
        estimates[d] = mean(sums, domain=int(half_up(size, 0)))
    return estimates


def from_sql(engine: sa.Engine) -> Cells:
    """The tallies by one `GROUP BY`, with the same SQL on both databases."""
    query = "SELECT stratum, domain, COUNT(*), SUM(y), SUM(y * y) FROM answer GROUP BY stratum, domain"
    with engine.connect() as connection:
        return [(h, d, n, int(total), int(squares)) for h, d, n, total, squares in connection.execute(sa.text(query))]


def stored(engine: sa.Engine, columns: tuple[Column, Column, Column]) -> None:
    """Store the answers in a table."""
    rows = zip(*(column.tolist() for column in columns), strict=True)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE answer (stratum INTEGER, domain INTEGER, y BIGINT)"))
        if engine.dialect.name == "postgresql":
            with connection.connection.cursor().copy("COPY answer FROM STDIN") as copy:  # type: ignore[attr-defined]
                for row in rows:
                    copy.write_row(row)
        else:
            cursor = connection.connection.cursor()
            cursor.executemany("INSERT INTO answer VALUES (?, ?, ?)", rows)


def by_r(folder: Path, columns: tuple[Column, Column, Column]) -> tuple[float, dict[int, tuple[float, float]]]:
    """(seconds of design and svyby, mean and standard error of each domain)."""
    with (folder / "d.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("stratum", "people", "domain", "y"))
        rows = zip(*(column.tolist() for column in columns), strict=True)
        writer.writerows((h, PEOPLE // STRATA, d, y / INDEX_SCALE) for h, d, y in rows)
    (folder / "by.R").write_text(SCRIPT)
    run = ["Rscript", str(folder / "by.R"), str(folder / "d.csv"), str(folder / "out.csv")]
    seconds = float(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    with (folder / "out.csv").open(newline="") as file:
        return seconds, {int(r["domain"]): (float(r["y"]), float(r["se"])) for r in csv.DictReader(file)}


def by_samplics(python: str, folder: Path, columns: tuple[Column, Column, Column]) -> tuple[float, dict[int, Domain]]:
    """(seconds of the estimation, mean and standard error of each domain)."""
    np.save(folder / "d.npy", np.array(columns))
    run = [python, "-c", SAMPLICS_SCRIPT, str(folder / "d.npy"), str(folder / "samplics.csv")]
    seconds = float(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
    with (folder / "samplics.csv").open(newline="") as file:
        return seconds, {int(d): (float(value), float(error)) for d, value, error in csv.reader(file)}


def main() -> None:
    """Print the times of one run, and their ratios to the estimation from arrays."""
    columns = answers()
    scan = timed(lambda: (columns[2].sum(), (columns[2] ** 2).sum()), 3)
    tally = timed(lambda: tallied(*columns), 3)
    cells = list(tallied(*columns))
    closed = timed(lambda: estimated(cells), 3)
    ours, together = estimated(cells), tally + closed
    print(f"{DOMAINS} domains, {STRATA} strata, {ROWS:,} answers; scan of the values alone {scan * 1000:.1f} ms")
    print(f"  in memory: tallies {tally:.2f} s, estimates {closed:.2f} s, together {together:.2f} s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in databases():
            postgresql = kind == "postgresql"
            url = postgresql_database("evaluation_bench_sql") if postgresql else f"sqlite:///{folder}/d.sqlite3"
            engine = sa.create_engine(url, poolclass=sa.NullPool)
            stored(engine, columns)
            if sorted(from_sql(engine)) != sorted(cells):
                raise AssertionError("the sums differ")
            query = timed(lambda engine=engine: from_sql(engine), 3)  # type: ignore[misc]
            print(f"  {kind}: one aggregation {query:.2f} s, with the estimates {query + closed:.2f} s")
            engine.dispose()
            if postgresql:
                drop_postgresql_database("evaluation_bench_sql")
        if problem := r_problem():
            print(f"  (R not measured: {problem})")
        else:
            start = time.perf_counter()
            seconds, theirs = by_r(folder, columns)
            rounding = max(abs(float(ours[d].value) - value) for d, (value, _) in theirs.items())
            errors = max(abs((ours[d].standard_error or 0) / error - 1) for d, (_, error) in theirs.items())
            if rounding > 0.51e-6 or errors > 1e-9:
                raise AssertionError(f"R has other figures: {rounding:.1e}, {errors:.1e}")
            print(
                f"  R survey: {seconds:.1f} s ({time.perf_counter() - start:.1f} s with reading the file),"
                f" {seconds / together:.0f} times ours; values agree to the six places published, standard errors to"
                f" {errors:.0e}"
            )
        if not (python := os.environ.get(SAMPLICS)):
            print(f"  (samplics not measured: {SAMPLICS} names no interpreter that has it)")
        else:
            seconds, theirs = by_samplics(python, folder, columns)
            rounding = max(abs(float(ours[d].value) - value) for d, (value, _) in theirs.items())
            errors = max(abs((ours[d].standard_error or 0) / error - 1) for d, (_, error) in theirs.items())
            print(
                f"  samplics: {seconds:.1f} s, {seconds / together:.0f} times ours;"
                f" values differ by {rounding:.0e} at most, standard errors by {errors:.1%}"
            )
