"""The tallies in force: triggers by which every insert, change and deletion adds to its cells and takes from others.

One aggregation a tally, the same text for both databases. SQLite runs it for each row; PostgreSQL once a statement,
over all rows the statement touched, and in turns: the lock of the audit chain is taken first, which every command
takes anyway before it ends, so that two writers cannot wait for each other's cells.

Nothing here is run by a migration; for how to change it see migrations/immutability.py. The revision that brings a
new trigger also counts what is there already.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models.audit import CHAIN_LOCK
from surveys.questionnaire.measures import FACTS


@dataclass(frozen=True)
class Kept:
    """A tally: the table it follows and the columns read there, its key and sums, and how rows find their cell.

    Expressions speak of `t`, the rows touched with their `sign` (1 came, -1 went), and of the joined tables.
    """

    name: str
    follows: str
    reads: tuple[str, ...]
    key: dict[str, str]
    sums: dict[str, str]
    joins: str
    where: str

    def add(self, rows: str) -> str:
        """The statement that adds these rows (a subquery or table with a column `sign`) to their cells."""
        columns = ", ".join((*self.key, *self.sums))
        values = ", ".join((*self.key.values(), *(f"SUM({e})" for e in self.sums.values())))
        change = ", ".join(f"{c} = {self.name}.{c} + excluded.{c}" for c in self.sums)
        return (
            f"INSERT INTO {self.name} ({columns}) SELECT {values} FROM {rows} t {self.joins} WHERE {self.where}"
            f" GROUP BY {', '.join(self.key.values())} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {change}"
        )


def _one(condition: str) -> str:
    return f"CASE WHEN {condition} THEN t.sign ELSE 0 END"


OF_CASE = "JOIN cases c ON c.id = t.case_id JOIN recipient r ON r.id = c.recipient_id"
VALID = "t.satisfaction_valid"
SQUARE = "CAST(t.satisfaction_index AS BIGINT) * t.satisfaction_index"

RESPONSES = Kept(
    name="response_tally",
    follows="response",
    reads=(
        "case_id", "mode", "interviewer_id", "proxy", "overall", "counted", "satisfaction_valid", "satisfaction_index",
        "awareness_valid", "aware", "never_served", *(f"knows_{fact}" for fact in FACTS),
    ),
    key={
        "draw_id": "c.draw_id", "stratum": "c.stratum", "village_id": "r.village_id", "mode": "t.mode",
        "interviewer_id": "COALESCE(t.interviewer_id, 0)", "proxy": "t.proxy", "overall": "COALESCE(t.overall, '')",
    },
    sums={
        "counted": "t.sign",
        "valid": _one(VALID),
        "index_total": f"CASE WHEN {VALID} THEN t.sign * t.satisfaction_index ELSE 0 END",
        "index_squares": f"CASE WHEN {VALID} THEN t.sign * {SQUARE} ELSE 0 END",
        "awareness_n": _one("t.awareness_valid"),
        "aware": _one("t.awareness_valid AND t.aware"),
        "never_served": _one("t.never_served"),
        **{
            f"{fact}_{suffix}": _one(condition.format(fact=fact))
            for fact in FACTS
            for suffix, condition in (("n", "t.knows_{fact} IS NOT NULL"), ("known", "t.knows_{fact}"))
        },
    },
    joins=OF_CASE,
    where="t.counted",
)  # fmt: skip
INDICES = Kept(
    name="index_tally",
    follows="response",
    reads=("case_id", "counted", "satisfaction_valid", "satisfaction_index"),
    key={"draw_id": "c.draw_id", "stratum": "c.stratum", "satisfaction_index": "t.satisfaction_index"},
    sums={"valid": "t.sign"},
    joins="JOIN cases c ON c.id = t.case_id",
    where=f"t.counted AND {VALID}",
)
CASES = Kept(
    name="case_tally",
    follows="cases",
    reads=("draw_id", "stratum", "recipient_id", "interviewer_id", "outcome"),
    key={
        "draw_id": "t.draw_id", "stratum": "t.stratum", "village_id": "r.village_id",
        "interviewer_id": "COALESCE(t.interviewer_id, 0)", "outcome": "COALESCE(t.outcome, '')",
    },
    sums={"cases": "t.sign"},
    joins="JOIN recipient r ON r.id = t.recipient_id",
    where="1 = 1",
)  # fmt: skip
TALLIES = (RESPONSES, INDICES, CASES)


def statements(dialect: str) -> list[str]:
    """What creates the triggers of all tallies in a database of this dialect."""
    write = _postgresql if dialect == "postgresql" else _sqlite
    operations = ("INSERT", "UPDATE", "DELETE")
    return [statement for tally in TALLIES for operation in operations for statement in write(tally, operation)]


def _versions(operation: str) -> tuple[tuple[int, str], ...]:
    """What an operation brings (1, NEW) and takes (-1, OLD)."""
    came, went = (1, "NEW"), (-1, "OLD")
    return {"INSERT": (came,), "UPDATE": (came, went), "DELETE": (went,)}[operation]


def _sqlite(tally: Kept, operation: str) -> list[str]:
    rows = " UNION ALL ".join(
        f"SELECT {sign} AS sign, " + ", ".join(f"{version}.{column} AS {column}" for column in tally.reads)
        for sign, version in _versions(operation)
    )
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in tally.reads)
    return [
        f"CREATE TRIGGER {tally.name}_{operation.lower()} AFTER {operation} ON {tally.follows}"
        f"{f' WHEN {changed}' if operation == 'UPDATE' else ''} BEGIN {tally.add(f'({rows})')}; END"
    ]


def _postgresql(tally: Kept, operation: str) -> list[str]:
    name = f"{tally.name}_{operation.lower()}"
    tables = {"NEW": "rows_new", "OLD": "rows_old"}
    rows = " UNION ALL ".join(
        f"SELECT {sign} AS sign, {', '.join(tally.reads)} FROM {tables[version]}"
        for sign, version in _versions(operation)
    )
    named = " ".join(f"{version} TABLE AS {tables[version]}" for _, version in _versions(operation))
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" PERFORM pg_advisory_xact_lock({CHAIN_LOCK}); {tally.add(f'({rows})')}; RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {operation} ON {tally.follows} REFERENCING {named}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]
