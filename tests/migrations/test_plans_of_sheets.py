"""A stored matching of columns becomes the plan of the sheet that was read."""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa
from alembic import command

from app.ledger.reader.plans import SheetPlan
from app.ledger.reader.recognition import plans_from_json
from app.schema import alembic_config
from tests.migrations.test_migrations import Filler


def test_a_matching_becomes_a_plan_and_what_was_not_matched_stays_so(url: str) -> None:
    command.upgrade(alembic_config(url), "0012")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        row = Filler(connection)
        row.add("station", id=1)
        for number, kind in enumerate(("questionnaire", "scheme"), 1):
            row.add("document", id=number, kind=kind, digest=str(number) * 64)
        row.add(
            "evaluation",
            id=1,
            slug="old",
            station_id=1,
            stage="midterm",
            reading="priority",
            questionnaire_id=1,
            period_end=date(2024, 1, 1),
            scheme_id=2,
        )
        row.add("ledger_upload", id=1, evaluation_id=1, state="imported", label="a", columns={"name": 0, "village": 3})
        row.add("ledger_upload", id=2, evaluation_id=1, state="received", label="b")
    command.upgrade(alembic_config(url), "head")
    with engine.connect() as connection:
        stored = {row.id: row.columns for row in connection.execute(sa.text("SELECT id, columns FROM ledger_upload"))}
    engine.dispose()
    columns = stored[1] if isinstance(stored[1], list) else json.loads(stored[1])
    assert plans_from_json(columns) == (SheetPlan("", True, {"name": (0,), "village": (3,)}),)
    assert stored[2] is None
