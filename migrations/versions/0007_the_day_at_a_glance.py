"""Indexes for the supervisor's page: what happened today, and how the cases of each stratum stand."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_attempt_at", "attempt", ["at"])
    op.create_index("ix_phone_call_started_at", "phone_call", ["started_at"])
    op.create_index("ix_schedule_way", "schedule", ["draw_id", "stratum", "way"])
