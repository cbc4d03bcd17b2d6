"""A draw anyone can check: ceremonies, strata of any factors, replacements.

Draws made under the first schema are kept as they are; their certificates (draw-certificate-1) re-check with the release that made them.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE = {"sqlite_where": sa.text("voided_at IS NULL"), "postgresql_where": sa.text("voided_at IS NULL")}


def upgrade() -> None:
    op.create_table(
        "ceremony",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("plan_digest", sa.String(length=64), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by_id", ROW_ID, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint("length(plan_digest) = 64", name=op.f("ck_ceremony_plan_digest_whole")),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_ceremony_void_has_reason")),
        sa.ForeignKeyConstraint(["announced_by_id"], ["user.id"], name=op.f("fk_ceremony_announced_by_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_ceremony_evaluation_id")),
        sa.ForeignKeyConstraint(
            ["frame_id", "evaluation_id"],
            ["frame.id", "frame.evaluation_id"],
            name=op.f("fk_ceremony_frame_id_evaluation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ceremony")),
        sa.UniqueConstraint("uuid", name=op.f("uq_ceremony_uuid")),
    )
    op.create_index("uq_ceremony_live", "ceremony", ["frame_id"], unique=True, **LIVE)
    op.create_table(
        "seed_contribution",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ceremony_id", ROW_ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("commitment", sa.String(length=64), nullable=True),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("committed_by_id", ROW_ID, nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("kind IN ('committed', 'public', 'system')", name=op.f("ck_seed_contribution_kind_known")),
        sa.CheckConstraint(
            "(kind = 'committed') = (role IS NOT NULL)", name=op.f("ck_seed_contribution_committed_by_role")
        ),
        sa.CheckConstraint(
            "kind <> 'public' OR commitment IS NULL", name=op.f("ck_seed_contribution_public_has_no_commitment")
        ),
        sa.CheckConstraint(
            "value IS NULL OR kind = 'public' OR commitment IS NOT NULL",
            name=op.f("ck_seed_contribution_committed_before_shown"),
        ),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name=op.f("fk_seed_contribution_ceremony_id")),
        sa.ForeignKeyConstraint(["committed_by_id"], ["user.id"], name=op.f("fk_seed_contribution_committed_by_id")),
        sa.ForeignKeyConstraint(["shown_by_id"], ["user.id"], name=op.f("fk_seed_contribution_shown_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_contribution")),
        sa.UniqueConstraint("ceremony_id", "name", name=op.f("uq_seed_contribution_ceremony_id_name")),
        sa.UniqueConstraint("ceremony_id", "place", name=op.f("uq_seed_contribution_ceremony_id_place")),
    )
    op.create_table(
        "void_request",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ceremony_id", ROW_ID, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", ROW_ID, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> asked_by_id", name=op.f("ck_void_request_second_person")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name=op.f("ck_void_request_confirmed_by_somebody")
        ),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_void_request_confirmed_or_withdrawn")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_void_request_asked_by_id")),
        sa.ForeignKeyConstraint(["ceremony_id"], ["ceremony.id"], name=op.f("fk_void_request_ceremony_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_void_request_confirmed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_void_request")),
    )
    op.create_index(
        "uq_void_request_open",
        "void_request",
        ["ceremony_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    _new_columns()
    with op.batch_alter_table("draw_stratum") as batch:
        batch.alter_column(
            "stratum", existing_type=sa.String(length=40), type_=sa.String(length=140), existing_nullable=False
        )
        batch.add_column(sa.Column("part", sa.String(length=10), nullable=False, server_default="main"))
        batch.create_check_constraint(op.f("ck_draw_stratum_part_known"), "part IN ('main', 'general')")
    with op.batch_alter_table("cases") as batch:
        batch.alter_column(
            "stratum", existing_type=sa.String(length=40), type_=sa.String(length=140), existing_nullable=False
        )
        batch.add_column(sa.Column("queue", sa.String(length=10), nullable=False, server_default="all"))
        batch.drop_constraint(op.f("uq_cases_draw_id_stratum_position"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_cases_draw_id_stratum_queue_position"), ["draw_id", "stratum", "queue", "position"]
        )
        batch.create_unique_constraint(op.f("uq_cases_id_draw_id_stratum"), ["id", "draw_id", "stratum"])
    op.create_table(
        "replacement",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=140), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("replaces_case_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_replacement_number_positive")),
        sa.CheckConstraint("case_id <> replaces_case_id", name=op.f("ck_replacement_another_person")),
        sa.ForeignKeyConstraint(
            ["case_id", "draw_id", "stratum"],
            ["cases.id", "cases.draw_id", "cases.stratum"],
            name=op.f("fk_replacement_case_id_draw_id_stratum"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_case_id", "draw_id", "stratum"],
            ["cases.id", "cases.draw_id", "cases.stratum"],
            name=op.f("fk_replacement_replaces_case_id_draw_id_stratum"),
        ),
        sa.ForeignKeyConstraint(["released_by_id"], ["user.id"], name=op.f("fk_replacement_released_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement")),
        sa.UniqueConstraint("draw_id", "number", name=op.f("uq_replacement_draw_id_number")),
        sa.UniqueConstraint("case_id", name=op.f("uq_replacement_case_id")),
        sa.UniqueConstraint("replaces_case_id", name=op.f("uq_replacement_replaces_case_id")),
    )
    _run_sql()


def _run_sql() -> None:
    """The statements beside this file, in the dialect of the database: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.{op.get_bind().dialect.name}.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)


def _new_columns() -> None:
    """Columns of tables that carry triggers: rebuilding these tables, as SQLite's batch mode does, would lose them."""
    columns = (
        (
            "recipient",
            "last VARCHAR(10) DEFAULT '' NOT NULL CONSTRAINT ck_recipient_last_known CHECK (last IN ('', 'listed', 'drawn'))",
        ),
        ("draw", "ceremony_id {row_id} CONSTRAINT fk_draw_ceremony_id REFERENCES ceremony (id)"),
        ("draw", "general INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_draw_general_not_negative CHECK (general >= 0)"),
    )
    row_id = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    for table, column in columns:
        op.execute(f"ALTER TABLE {table} ADD COLUMN " + column.format(row_id=row_id))
    op.create_index("uq_draw_ceremony", "draw", ["ceremony_id"], unique=True)
