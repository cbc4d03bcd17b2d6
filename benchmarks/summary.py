"""Queries of the results page with 1,000 and 1,000,000 counted responses, from tallies and counted anew."""

from __future__ import annotations

import sys

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Base, Draw, Evaluation
from benchmarks.support import application, databases, table_count, timed
from tests.builders import a_draw, a_response, an_evaluation, cases_of

SEED = 1_000


def readings(kind: str, copies: int) -> tuple[int, float, float, float]:
    """(responses, seconds of all results, of their queries, of a recount), the best of several."""
    with application(kind):
        from app.extensions import db
        from app.results.queries.results import results_of
        from app.results.queries.strata import stratum_rows
        from app.results.queries.tally_check import tally_differences

        evaluation = an_evaluation(db.session)
        draw = a_draw(db.session, evaluation, of=SEED, size=SEED)
        a_response(db.session, cases_of(db.session, draw)[0])
        grow(db.session, copies)
        answer_all(db.session)
        responses = table_count("response")
        db.session.expire_all()

        def rows(evaluation: Evaluation = evaluation, draw: Draw = draw) -> object:
            return stratum_rows(db.session, evaluation, draw)

        results = results_of(db.session, evaluation)
        if results.valid != responses or tally_differences(db.session, draw):
            raise AssertionError("the tallies are wrong")
        return (
            responses,
            timed(lambda: results_of(db.session, evaluation), 5),
            timed(rows, 5),
            timed(lambda: tally_differences(db.session, draw)),
        )


def main(large: int = 1_000) -> None:
    """Measure on both databases: the queries of the page do not grow with the responses, counting anew does."""
    for kind in databases():
        few, many = readings(kind, 1), readings(kind, large)
        for label, place in (("results, estimates and all", 1), ("their queries", 2), ("recount", 3)):
            ratio = many[place] / few[place]
            print(
                f"{kind}: {label}: {few[0]:,} responses {few[place] * 1000:.1f} ms,"
                f" {many[0]:,} {many[place] * 1000:.1f} ms, ratio {ratio:.2f}"
            )
        sys.stdout.flush()


def _columns(table: str, *without: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].columns if column.name not in without]


def _unlock(session: Session) -> None:
    """Drop the triggers that forbid adding to a sealed frame and a draw, in a database made for this benchmark."""
    for table, trigger in (("recipient", "recipient_sealed_insert_insert"), ("draw", "draw_only_voided_update")):
        on = f" ON {table}" if session.get_bind().dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER {trigger}{on}"))


def grow(session: Session, copies: int) -> None:
    """Multiply the people and their cases; half of a stratum's people are not drawn."""
    _unlock(session)
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies - 1})"
    postgresql = session.get_bind().dialect.name == "postgresql"
    key = "lpad(to_hex(r.id * 100000 + n.i), {0}, '0')" if postgresql else "printf('%0{0}x', r.id * 100000 + n.i)"
    people = _columns("recipient", "id", "key")
    cases = _columns("cases", "id", "uuid", "recipient_id", "position", "ticket", "outcome", "outcome_final")
    if copies > 1:
        session.execute(
            text(
                f"INSERT INTO recipient (key, {', '.join(people)}) {numbers}"
                f" SELECT {key.format(32)}, {', '.join('r.' + c for c in people)} FROM recipient r, n"
            )
        )
        new_uuid = "md5(r.id::text)::uuid" if postgresql else "printf('%032x', r.id + 1000000000)"
        new_ticket = "lpad(to_hex(r.id), 64, '0')" if postgresql else "printf('%064x', r.id)"
        session.execute(
            text(
                f"INSERT INTO cases (uuid, recipient_id, position, ticket, outcome_final, {', '.join(cases)})"
                f" SELECT {new_uuid}, r.id, r.id + 1000000, {new_ticket}, FALSE, {', '.join('c.' + c for c in cases)}"
                " FROM recipient r JOIN (SELECT MIN(c.id) AS first, p.village_id FROM cases c"
                " JOIN recipient p ON p.id = c.recipient_id GROUP BY p.village_id) v ON v.village_id = r.village_id"
                " JOIN cases c ON c.id = v.first"
                " WHERE NOT EXISTS (SELECT 1 FROM cases o WHERE o.recipient_id = r.id)"
            )
        )
    session.execute(text(f"UPDATE draw_stratum SET population = population * {2 * copies}"))
    session.execute(text(f"UPDATE draw SET population = population * {2 * copies}"))
    session.commit()


def answer_all(session: Session) -> None:
    """Copy the one response to every other case by SQL, with varied indices and answers."""
    varied = {
        "satisfaction_index": "600000 + (cases.id % 161) * 2500",
        "aware": "(cases.id % 7) <> 0",
        "proxy": "(cases.id % 9) = 0",
    }
    names = _columns("response", "id", "uuid", "case_id", "submission_key")
    values = ", ".join(varied.get(name, f"r.{name}") for name in names)
    postgresql = session.get_bind().dialect.name == "postgresql"
    new_id = "md5(cases.id::text || '{}')::uuid" if postgresql else "printf('%032x', cases.id * 2 + {})"
    session.execute(
        text(
            f"INSERT INTO response (uuid, submission_key, case_id, {', '.join(names)})"
            f" SELECT {new_id.format('0')}, {new_id.format('1')}, cases.id, {values} FROM cases, response r"
            " WHERE cases.id <> r.case_id"
        )
    )
    session.commit()
    if postgresql:
        session.execute(text("ANALYZE"))
        session.commit()
