"""Keep the demonstration as the present version makes it, for the tests of every later one.

    .venv/bin/python -m tests.migrations.make_landed

Run it once when a version with a new revision lands; it writes tests/migrations/landed/REVISION: the rows of a database
with the demonstration in it and its score settled, what this version says of them, and the keys it was made with
(invented here; everybody in the demonstration is invented too). What has landed is not made anew: it would no longer
be what that version made.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from tests.conftest import an_app
from tests.migrations.figures import PASSWORD, SLUG, figures, run
from tests.migrations.rows import dump
from tests.visitor import Visitor

LANDED = Path(__file__).with_name("landed")
ROWS, FIGURES, SETTINGS = "rows.jsonl.gz", "figures.json", "settings.json"


def invented_key(name: str) -> str:
    """A key that protects nothing: 32 bytes that say what they are."""
    return base64.urlsafe_b64encode(name.ljust(32, ".").encode()).decode()


ENVIRONMENT = {
    "PASSWORD_SALT": "salt-of-landed-databases",
    "FIELD_KEYS": f"1:{invented_key('landed: field key')}",
    "INDEX_KEY": invented_key("landed: index key"),
}


def with_new_key(environment: dict[str, str]) -> dict[str, str]:
    """The same settings with one more field key in front, with which `flask keys rotate` seals everything anew."""
    return environment | {"FIELD_KEYS": f"2:{invented_key('landed: next field key')},{environment['FIELD_KEYS']}"}


def main() -> int:
    """Make the database, settle its score, write the three files."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'landed.sqlite3'}"
        link = _demonstration(an_app(url, **ENVIRONMENT))
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            revision = str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
            target = LANDED / revision
            if target.exists():
                print(f"{target} is there already: {revision} has landed.", file=sys.stderr)
                return 1
            target.mkdir(parents=True)
            dump(connection, target / ROWS)
        engine.dispose()
        _write(target / SETTINGS, {"environment": ENVIRONMENT, "link": link})
        _write(target / FIGURES, figures(an_app(url, **with_new_key(ENVIRONMENT)), link))
    return 0


def _demonstration(app: Flask) -> str:
    """Set up, load, settle; returns the address of the personal link that is printed."""
    run(app, "setup")
    said = run(app, "demo", "load")
    with app.app_context():
        lead = Visitor(app)
        lead.sign_in("lead", PASSWORD)
        page = lead.get(f"/evaluations/{SLUG}/score/settle").form(action="settle").submit()
        assert page.status == 200, page.text
        db.session.close()
        db.engine.dispose()
    found = re.search(r"/q/\S+", said)
    assert found is not None, said
    return found[0]


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
