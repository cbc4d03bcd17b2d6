"""What an evaluation sets for the rules of integrity, and by which browser a personal link was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "integrity_setting",
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_integrity_setting_changed_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_integrity_setting_evaluation_id")),
        sa.PrimaryKeyConstraint("evaluation_id", name=op.f("pk_integrity_setting")),
    )
    op.add_column("paradata", sa.Column("device", sa.LargeBinary(length=16), nullable=True))
