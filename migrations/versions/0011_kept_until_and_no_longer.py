"""People's data are erased when their time is over: what lets them go, what remembers that they went.

What people typed in the reasons of audit events stands beside the chain from now on (app.models.audit). Events from
before keep theirs inside it: to take it out would break the chain.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by_id", ROW_ID, nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["erased_by_id"], ["user.id"], name=op.f("fk_erasure_erased_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_erasure_evaluation_id")),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "erased_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_erased_link_evaluation_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_erased_link")),
    )
    # Not as a batch: SQLite would make the table anew and lose the triggers that keep it.
    op.execute("ALTER TABLE audit_event ADD COLUMN words JSON")
    _run_sql()


def _run_sql() -> None:
    """The statements beside this file, in the dialect of the database: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.{op.get_bind().dialect.name}.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)
