"""One-time links of accounts, what signing in leaves behind, experts, and published rules of integrity."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account_link",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", ROW_ID, nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('first_administrator', 'invitation', 'reset')", name=op.f("ck_account_link_purpose_known")
        ),
        sa.CheckConstraint(
            "(user_id IS NULL) = (purpose = 'first_administrator')", name=op.f("ck_account_link_account_named")
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_account_link_expires_later")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_account_link_ended_once")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_account_link_created_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_account_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_link_token_hash")),
    )
    op.create_index("ix_account_link_user_id", "account_link", ["user_id"])
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"])
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(op.f("ck_user_failed_sign_ins_counted"), "failed_sign_ins >= 0")
    _widen(
        "membership",
        "ck_membership_role_known",
        "role IN ('lead', 'interviewer', 'expert', 'purchaser', 'supervision', 'monitor', 'station')",
    )
    _widen(
        "document",
        "ck_document_kind_of_document",
        "kind IN ('questionnaire', 'scheme', 'outcomes', 'integrity')",
    )
    # On SQLite the table of documents was made anew, and its triggers went with the old one.
    if op.get_bind().dialect.name == "sqlite":
        _run_sql()


def _widen(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), condition)


def _run_sql() -> None:
    """The statements beside this file: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.sqlite.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)
