"""One evaluation in force for each station, service period and stage; one station of a name; drafts of new evaluations.

What was entered twice before this was refused stays as it is, told apart by a number of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Not as batches: SQLite would make the tables anew and lose their triggers.
    op.execute("ALTER TABLE station ADD COLUMN identity VARCHAR(240) DEFAULT '' NOT NULL")
    op.execute(
        "UPDATE station SET identity = LOWER(REPLACE(REPLACE(name, ' ', ''), '\u3000', '')) || CASE WHEN EXISTS"
        " (SELECT 1 FROM station AS other WHERE other.name = station.name AND other.id < station.id)"
        " THEN ' #' || CAST(id AS VARCHAR(20)) ELSE '' END"
    )
    # Names that differ in blanks only.
    op.execute(
        "UPDATE station SET identity = identity || ' #' || CAST(id AS VARCHAR(20)) WHERE EXISTS"
        " (SELECT 1 FROM station AS other WHERE other.identity = station.identity AND other.id < station.id)"
    )
    op.create_index("uq_station_identity", "station", ["identity"], unique=True)
    _add_columns()
    op.execute(
        "UPDATE evaluation SET twin = (SELECT COUNT(*) FROM evaluation AS other WHERE"
        " other.station_id = evaluation.station_id AND other.stage = evaluation.stage"
        " AND other.period_start = evaluation.period_start AND other.id < evaluation.id)"
    )
    op.create_index(
        "uq_evaluation_in_force",
        "evaluation",
        ["station_id", "stage", "period_start", "twin"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    _create_drafts()


def _add_columns() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    moment, row_id = ("TIMESTAMP WITH TIME ZONE", "BIGINT") if postgresql else ("DATETIME", "INTEGER")
    for column in (
        "twin SMALLINT DEFAULT 0 NOT NULL",
        f"withdrawn_at {moment}",
        "withdrawal_reason VARCHAR(400) CONSTRAINT ck_evaluation_withdrawal_has_reason"
        " CHECK ((withdrawn_at IS NULL) = (withdrawal_reason IS NULL))",
        f'withdrawn_by_id {row_id} CONSTRAINT fk_evaluation_withdrawn_by_id REFERENCES "user" (id)',
        f"replaces_id {row_id} CONSTRAINT fk_evaluation_replaces_id REFERENCES evaluation (id)"
        " CONSTRAINT ck_evaluation_replaces_another CHECK (replaces_id IS NULL OR replaces_id <> id)",
    ):
        op.execute(f"ALTER TABLE evaluation ADD COLUMN {column}")


def _create_drafts() -> None:
    op.create_table(
        "opening_draft",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluation_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_opening_draft_evaluation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_opening_draft_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_draft")),
        sa.UniqueConstraint("uuid", name=op.f("uq_opening_draft_uuid")),
    )
    op.create_index("ix_opening_draft_user_id", "opening_draft", ["user_id"])
