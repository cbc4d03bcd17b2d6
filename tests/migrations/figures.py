"""What a database of the demonstration says through the commands and pages of the present version."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.extensions import db
from tests.visitor import Visitor

SLUG, PASSWORD = "shibi-2023-midterm", "shibi-2023"
IN_JSON = {
    "results": ("results", SLUG, "--json", "--all"),
    "score": ("score", SLUG, "--json"),
    "settled": ("recompute", SLUG, "--json"),
    "certificate": ("certificate", SLUG),
}
IN_WORDS = {
    "verify": ("verify", "--evaluation", SLUG),
    "recount": ("recount", SLUG),
    "quality": ("quality", SLUG),
}
STORED = {
    "frame": "SELECT fingerprint, people_count, priority_count, left_out_count FROM frame",
    "draw": "SELECT certificate_digest, seed, size FROM draw",
    "settlement": "SELECT total, grade FROM settlement",
    "audit": "SELECT id, hash FROM audit_event ORDER BY id DESC LIMIT 1",
}


def run(app: Flask, *arguments: str) -> str:
    """What a command prints; it has to end well."""
    done = app.test_cli_runner().invoke(args=list(arguments))
    assert done.exit_code == 0, (arguments, done.output, done.exception)
    return done.stdout


def figures(app: Flask, link: str) -> dict[str, Any]:
    """Every figure, digest and certificate; last, that each sealed field opens, by sealing it anew."""
    with app.app_context():
        stored = {name: list(db.session.execute(sa.text(query)).one()) for name, query in STORED.items()}
        db.session.rollback()
    return {
        **stored,
        **{name: json.loads(run(app, *arguments)) for name, arguments in IN_JSON.items()},
        **{name: run(app, *arguments) for name, arguments in IN_WORDS.items()},
        "export": _columns(run(app, "export", SLUG, "--format", "csv")),
        "pages": _pages(app, link),
        "keys": run(app, "keys", "rotate"),
    }


def _columns(text: str) -> dict[str, list[Any]]:
    """Of each column of a CSV file how many values it has, and their digest."""
    heading, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    columns = {name: [row[place] for row in rows] for place, name in enumerate(heading)}
    return {
        name: [len(values), hashlib.sha256("\n".join(values).encode()).hexdigest()] for name, values in columns.items()
    }


def _pages(app: Flask, link: str) -> dict[str, Any]:
    """Whether the audit page finds the chain whole, and whether a personal link is known and another is not."""
    with app.app_context():
        lead, beneficiary = Visitor(app), Visitor(app)
        lead.sign_in("lead", PASSWORD)
        audit = lead.get(f"/evaluations/{SLUG}/audit").text
        known, unknown = (beneficiary.get(path).status != 404 for path in (link, link[:-1] + "-"))
    return {"chain whole": "记录完整" in audit, "link known": known, "other link known": unknown}


def changes(landed: Any, present: Any, place: str = "") -> Iterator[str]:
    """Where what a landed version said is missing or different now; a later version may say more beside it."""
    if isinstance(landed, dict) and isinstance(present, dict):
        for name, value in landed.items():
            if name in present:
                yield from changes(value, present[name], f"{place}/{name}")
            else:
                yield f"{place}/{name}: missing"
    elif isinstance(landed, list) and isinstance(present, list) and len(landed) == len(present):
        for number, (one, other) in enumerate(zip(landed, present, strict=True)):
            yield from changes(one, other, f"{place}/{number}")
    elif not _same(landed, present):
        yield f"{place}: {landed!r} became {present!r}"


def _same(landed: Any, present: Any) -> bool:
    """Equal and of one type; of unrounded floats the last digit may be that of another machine's mathematics."""
    if isinstance(landed, float) and isinstance(present, float):
        return math.isclose(landed, present, rel_tol=1e-12)
    return type(landed) is type(present) and bool(landed == present)
