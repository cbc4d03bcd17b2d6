"""A database of the first schema, with a draw in it, comes to the present one and loses nothing."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from app.schema import alembic_config, is_current

MOMENT = datetime(2023, 11, 1, tzinfo=UTC)


class Filler:
    """Inserts rows of reflected tables; columns that must be filled and are not named get something of their type."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.metadata = sa.MetaData()
        self.metadata.reflect(connection)

    def add(self, table: str, **values: Any) -> None:
        columns = self.metadata.tables[table].columns
        for column in columns:
            if column.name not in values and not column.nullable:
                values[column.name] = self._something(column)
        self.connection.execute(sa.insert(self.metadata.tables[table]).values(**values))

    def _something(self, column: sa.Column[Any]) -> Any:
        if column.name == "uuid":
            made = uuid.uuid4()
            return made if isinstance(column.type, sa.Uuid) and column.type.as_uuid else made.hex
        kinds: dict[type, Any] = {
            sa.DateTime: MOMENT, sa.Date: date(2023, 1, 1), sa.Boolean: False, sa.Integer: 1, sa.JSON: {},
            sa.LargeBinary: b"x", sa.String: "x",
        }  # fmt: skip
        return next(value for kind, value in kinds.items() if isinstance(column.type, kind))


def fill(connection: sa.Connection) -> None:
    """One draw of two people from a sealed frame, one of them tried."""
    row = Filler(connection)
    row.add("station", id=1)
    row.add("service_area", id=1, station_id=1)
    row.add("village", id=1, station_id=1, area_id=1, code="0101", aliases=[])
    for number, kind in enumerate(("questionnaire", "scheme"), 1):
        row.add("document", id=number, kind=kind, digest=str(number) * 64)
    row.add(
        "evaluation", id=1, slug="old", station_id=1, stage="midterm", reading="priority", questionnaire_id=1,
        scheme_id=2, period_end=date(2024, 1, 1),
    )  # fmt: skip
    row.add("frame", id=1, evaluation_id=1, people_count=2, priority_count=2)
    for number in (1, 2):
        row.add("recipient", id=number, frame_id=1, key=str(number) * 32, village_id=1, categories="01", priority=True)
    connection.execute(sa.text("UPDATE frame SET sealed_at = :at, fingerprint = :f"), {"at": MOMENT, "f": "f" * 64})
    row.add(
        "draw", id=1, evaluation_id=1, frame_id=1, reading="priority", population=2, size=2,
        certificate={"format": "draw-certificate-1", "digest": "d" * 64}, certificate_digest="d" * 64,
    )  # fmt: skip
    row.add("draw_stratum", draw_id=1, stratum="0101", area="1", population=2, allocated=2)
    for number in (1, 2):
        row.add(
            "cases", id=number, draw_id=1, frame_id=1, recipient_id=number, stratum="0101", position=number,
            ticket=str(number) * 64,
        )  # fmt: skip
    row.add("attempt", id=1, case_id=1, mode="phone", outcome="NC1", attempt_key=uuid.uuid4().hex)


def test_a_draw_of_the_first_schema_is_kept(url: str) -> None:
    command.upgrade(alembic_config(url), "0001")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        fill(connection)
    command.upgrade(alembic_config(url), "head")
    assert is_current(engine)
    with engine.connect() as connection:
        draw = connection.execute(sa.text("SELECT size, general, ceremony_id, certificate_digest FROM draw")).one()
        assert tuple(draw) == (2, 0, None, "d" * 64)
        strata = connection.execute(sa.text("SELECT stratum, part, allocated FROM draw_stratum")).all()
        assert [tuple(row) for row in strata] == [("0101", "main", 2)]
        cases = connection.execute(sa.text("SELECT id, queue, position, ticket FROM cases ORDER BY id")).all()
        assert [tuple(row) for row in cases] == [(1, "all", 1, "1" * 64), (2, "all", 2, "2" * 64)]
        assert connection.execute(sa.text("SELECT case_id, outcome FROM attempt")).one() == (1, "NC1")
        scheduled = connection.execute(
            sa.text("SELECT case_id, way, attempts, day_parts FROM schedule ORDER BY case_id")
        ).all()
        assert [tuple(row) for row in scheduled] == [(1, "phone", 1, 1), (2, "phone", 0, 0)]
        assert connection.execute(sa.text("SELECT DISTINCT last FROM recipient")).scalars().all() == [""]
    for statement, rule in (
        ("DELETE FROM draw", "draw_kept"),
        ("UPDATE recipient SET last = 'drawn'", "recipient_sealed"),
        ("UPDATE document SET version = 2", "document_immutable"),
    ):
        with pytest.raises(sa.exc.DatabaseError, match=rule), engine.begin() as connection:
            connection.execute(sa.text(statement))
    engine.dispose()
