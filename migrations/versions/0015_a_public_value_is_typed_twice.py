"""A public source lies in the future when it is named, and its value binds once it was typed twice."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMP WITH TIME ZONE"}
# Not as a batch: SQLite would make the table anew and lose the triggers that keep it.
COLUMNS = (
    "expected_at {moment}",
    "entered_at {moment}",
    "entered VARCHAR(200) CONSTRAINT ck_seed_contribution_entered_at_a_moment"
    " CHECK ((entered IS NULL) = (entered_at IS NULL))",
    'entered_by_id {id} CONSTRAINT fk_seed_contribution_entered_by_id REFERENCES "user" (id)',
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    types = {"moment": MOMENT[dialect], "id": "INTEGER" if dialect == "sqlite" else "BIGINT"}
    for column in COLUMNS:
        op.execute(f"ALTER TABLE seed_contribution ADD COLUMN {column.format(**types)}")
    _run_sql()


def _run_sql() -> None:
    """The statements beside this file, in the dialect of the database: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.{op.get_bind().dialect.name}.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)
