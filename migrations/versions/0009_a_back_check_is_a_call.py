"""Calls made for a back-check."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: the table carries triggers, which batch mode would lose.
    row_id = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE phone_call ADD COLUMN back_check_id {row_id}"
        " CONSTRAINT fk_phone_call_back_check_id REFERENCES back_check (id)"
        " CONSTRAINT ck_phone_call_back_check_is_no_try CHECK (back_check_id IS NULL OR attempt_id IS NULL)"
    )
    op.create_index("ix_phone_call_back_check_id", "phone_call", ["back_check_id"])
