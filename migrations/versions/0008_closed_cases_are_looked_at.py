"""Who looked at a case that ended in a way the supervisor must see."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schedule") as batch:
        batch.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("looked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.create_foreign_key(op.f("fk_schedule_looked_by_id"), "user", ["looked_by_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_schedule_looked_at_by_somebody"), "(looked_at IS NULL) = (looked_by_id IS NULL)"
        )
    op.create_index("ix_cases_outcome", "cases", ["draw_id", "outcome"])
