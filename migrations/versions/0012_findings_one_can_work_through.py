"""Cells of ledgers mended in the browser, what was decided about findings, and where findings stand."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
IN_FORCE = sa.text("undone_at IS NULL")
DECISION_OF_KIND = (
    "(kind = 'duplicate' AND decision IN ('same', 'apart'))"
    " OR (kind = 'remark' AND decision IN ('keep', 'leave-out'))"
    " OR (kind = 'visit' AND decision = 'visit')"
    " OR (kind = 'checked' AND decision = 'checked')"
    " OR (kind = 'village' AND decision IN ('alias', 'new')"
    " AND (village_id IS NOT NULL OR undone_at IS NOT NULL))"
)


def upgrade() -> None:
    _findings()
    _corrections()
    _decisions()


def _findings() -> None:
    op.add_column("ledger_finding", sa.Column("sheet", sa.String(100), nullable=False, server_default=""))
    op.add_column("ledger_finding", sa.Column("subject", sa.String(32), nullable=True))
    op.add_column("ledger_finding", sa.Column("decision", sa.String(10), nullable=True))
    row_id = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE ledger_finding ADD COLUMN other_upload_id {row_id}"
        " CONSTRAINT fk_ledger_finding_other_upload_id REFERENCES ledger_upload (id)"
    )
    op.add_column("ledger_finding", sa.Column("other_sheet", sa.String(100), nullable=True))
    op.add_column("ledger_finding", sa.Column("other_row", sa.Integer(), nullable=True))
    op.create_index("ix_ledger_finding_upload_code", "ledger_finding", ["upload_id", "code", "decision"])
    op.create_index("ix_ledger_finding_subject", "ledger_finding", ["subject"])


def _corrections() -> None:
    op.create_table(
        "ledger_correction",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("sheet", sa.String(100), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("row_digest", sa.String(32), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("corrected_at", MOMENT, nullable=False),
        sa.Column("corrected_by_id", ROW_ID, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) OR (undone_at >= corrected_at)", name=op.f("ck_ledger_correction_undone_later")
        ),
        sa.CheckConstraint("length(row_digest) = 32", name=op.f("ck_ledger_correction_row_digest_whole")),
        *_common("ledger_correction", "corrected_by_id", "undone_by_id"),
    )
    cell = ["evaluation_id", "label", "sheet", "row_digest", "row_number", "field"]
    _one_in_force("uq_ledger_correction_cell_in_force", "ledger_correction", cell)


def _decisions() -> None:
    op.create_table(
        "ledger_decision",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("evaluation_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("spelling", sa.LargeBinary(), nullable=True),
        sa.Column("village_id", ROW_ID, nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("applies", sa.Boolean(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("decided_by_id", ROW_ID, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by_id", ROW_ID, nullable=True),
        sa.CheckConstraint(DECISION_OF_KIND, name=op.f("ck_ledger_decision_decision_of_kind")),
        sa.CheckConstraint(
            "(undone_at IS NULL) OR (undone_at >= decided_at)", name=op.f("ck_ledger_decision_undone_later")
        ),
        sa.CheckConstraint("length(subject) = 32", name=op.f("ck_ledger_decision_subject_whole")),
        sa.ForeignKeyConstraint(["village_id"], ["village.id"], name=op.f("fk_ledger_decision_village_id")),
        *_common("ledger_decision", "decided_by_id", "undone_by_id"),
    )
    _one_in_force("uq_ledger_decision_in_force", "ledger_decision", ["evaluation_id", "kind", "subject"])


def _common(table: str, *people: str) -> list[sa.Constraint]:
    """The keys that both tables have: their own, the evaluation's, and the accounts named."""
    return [
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f(f"fk_{table}_evaluation_id")),
        *(sa.ForeignKeyConstraint([who], ["user.id"], name=op.f(f"fk_{table}_{who}")) for who in people),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("uuid", name=op.f(f"uq_{table}_uuid")),
    ]


def _one_in_force(name: str, table: str, columns: list[str]) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)
