"""Tallies of responses and cases, kept by triggers: a summary reads cells, not responses."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SUMS = (
    "counted", "valid", "index_total", "index_squares", "awareness_n", "aware", "never_served", "address_n",
    "address_known", "services_n", "services_known", "staff_n", "staff_known", "help_n", "help_known", "funding_n",
    "funding_known",
)  # fmt: skip


def upgrade() -> None:
    _table("response_tally", (*_place(), *_answered()), SUMS, village=True)
    _table("index_tally", (*_place(village=False), _key("satisfaction_index", sa.Integer())), ("valid",))
    _table(
        "case_tally",
        (*_place(), _key("interviewer_id", sa.Integer()), _key("outcome", sa.String(length=10))),
        ("cases",),
        village=True,
    )
    _run_sql()


def _run_sql() -> None:
    """The statements beside this file, in the dialect of the database: one a line."""
    text = Path(__file__).with_name("sql").joinpath(f"{revision}.{op.get_bind().dialect.name}.sql").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("--"):
            op.execute(line)


def _key(name: str, kind: sa.types.TypeEngine[object]) -> sa.Column:
    return sa.Column(name, kind, nullable=False, autoincrement=False)


def _place(village: bool = True) -> tuple[sa.Column, ...]:
    place = (_key("draw_id", ROW_ID), _key("stratum", sa.String(length=140)))
    return (*place, _key("village_id", ROW_ID)) if village else place


def _answered() -> tuple[sa.Column, ...]:
    return (
        _key("mode", sa.String(length=10)),
        _key("interviewer_id", sa.Integer()),
        _key("proxy", sa.Boolean()),
        _key("overall", sa.String(length=10)),
    )


def _table(name: str, key: tuple[sa.Column, ...], sums: tuple[str, ...], village: bool = False) -> None:
    references = [("draw_id", "draw.id"), *([("village_id", "village.id")] if village else [])]
    op.create_table(
        name,
        *key,
        *(sa.Column(column, sa.BigInteger(), nullable=False) for column in sums),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}"))
            for column, target in references
        ),
        sa.PrimaryKeyConstraint(*(column.name for column in key), name=op.f(f"pk_{name}")),
    )
