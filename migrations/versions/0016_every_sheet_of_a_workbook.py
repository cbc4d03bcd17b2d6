"""A ledger is read by a plan for each of its sheets, where one matching of columns was stored before."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UPLOAD = sa.table("ledger_upload", sa.column("id", sa.BigInteger), sa.column("columns", sa.JSON))


def upgrade() -> None:
    connection = op.get_bind()
    stored = connection.execute(sa.select(UPLOAD.c.id, UPLOAD.c.columns).where(UPLOAD.c.columns.is_not(None))).all()
    for upload_id, columns in stored:
        if isinstance(columns, dict):
            statement = sa.update(UPLOAD).where(UPLOAD.c.id == upload_id)
            connection.execute(statement.values(columns=[_plan(columns)]))


def _plan(columns: dict[str, int]) -> dict[str, object]:
    """The plan of the first sheet that is not hidden, the only one that was read, with all its rows."""
    return {
        "sheet": "",
        "take": True,
        "columns": {name: [column] for name, column in columns.items()},
        "headers": [],
        "village": None,
        "category": None,
        "hidden_rows": "take",
        "birth_from_identity": False,
        "unsure": [],
    }
