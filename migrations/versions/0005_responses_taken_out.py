"""Responses that are excluded from every number, with who, when and why."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Not as a batch: SQLite would make the table anew and lose the triggers that keep the tallies.
    op.execute(
        "ALTER TABLE response ADD COLUMN excluded BOOLEAN DEFAULT FALSE NOT NULL"
        " CONSTRAINT ck_response_counted_not_excluded CHECK (NOT counted OR NOT excluded)"
    )
    op.create_table(
        "exclusion",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("response_id", ROW_ID, nullable=False),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_exclusion_reason_given")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_exclusion_entered_by_id")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_exclusion_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index("ix_exclusion_response_id", "exclusion", ["response_id"])
