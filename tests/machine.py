"""What this machine can test, said aloud: a database server, a browser, R.

`REQUIRE_POSTGRESQL=1`, `REQUIRE_BROWSER=1` and `REQUIRE_R=1` turn a lack into a failure (continuous
integration sets all three).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import sqlalchemy as sa

POSTGRESQL_URL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql+psycopg://root@127.0.0.1:5432/postgres")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


@cache
def postgresql_problem() -> str | None:
    """Why PostgreSQL cannot be used here, or None."""
    engine = sa.create_engine(POSTGRESQL_URL, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.OperationalError:
        return "no PostgreSQL at TEST_POSTGRESQL_URL (default 127.0.0.1:5432, user root)"
    finally:
        engine.dispose()
    return None


@cache
def chromium() -> str | None:
    """Where a Chromium is, or None."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    return MAC_CHROME if Path(MAC_CHROME).exists() else None


@cache
def r_problem() -> str | None:
    """Why exported scripts cannot be run here, or None."""
    command = ["Rscript", "-e", "suppressPackageStartupMessages(library(survey))"]
    if shutil.which("Rscript") is None or subprocess.run(command, capture_output=True, check=False).returncode:
        return "no R with the package survey (Debian: r-base-core r-cran-survey)"
    return None


def main() -> int:
    """Print what will not be tested and why; fail when it was required."""
    lacking = []
    if problem := postgresql_problem():
        lacking.append(("REQUIRE_POSTGRESQL", f"NOT TESTED on PostgreSQL: {problem}."))
    if chromium() is None:
        lacking.append(("REQUIRE_BROWSER", "NOT TESTED in a browser: no Chromium found (set CHROMIUM to its path)."))
    if problem := r_problem():
        lacking.append(("REQUIRE_R", f"NOT TESTED with R: {problem}."))
    for _, sentence in lacking:
        print(f"*** {sentence}", file=sys.stderr)
    if not lacking:
        print("Testing on SQLite and PostgreSQL, with Chromium and R.")
    return 1 if any(os.environ.get(variable) == "1" for variable, _ in lacking) else 0


if __name__ == "__main__":
    sys.exit(main())
