"""An expert's points for computed items, and what a settled result was made from kept by triggers."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "score_override",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("points >= 0", name=op.f("ck_score_override_points_not_negative")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_score_override_reason_given")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_score_override_entered_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_score_override_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_override")),
    )
    op.create_index("ix_score_override_item", "score_override", ["evaluation_id", "item"])
    _run_sql()


def _run_sql() -> None:
    """The statements beside this file, in the dialect of the database: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.{op.get_bind().dialect.name}.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)
