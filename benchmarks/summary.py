"""The results' aggregation with 1,000 against 20,000 counted responses."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Response
from benchmarks.support import application, databases, timed
from tests.builders import a_draw, a_response, an_evaluation, cases_of


def aggregation(kind: str, size: int) -> float:
    """Seconds of the results of an evaluation with that many responses, the best of five."""
    with application(kind):
        from app.extensions import db
        from app.queries.results import results_of

        evaluation = an_evaluation(db.session)
        draw = a_draw(db.session, evaluation, of=size, size=size)
        a_response(db.session, cases_of(db.session, draw)[0])
        copy_to_every_case(db.session)
        return timed(lambda: results_of(db.session, evaluation), 5)


def main() -> None:
    """Both databases: the cost is one pass over the counted responses."""
    for kind in databases():
        small, large = aggregation(kind, 1_000), aggregation(kind, 20_000)
        print(f"{kind}: 1,000 responses {small * 1000:.1f} ms, 20,000 {large * 1000:.1f} ms, ratio {large / small:.1f}")


def copy_to_every_case(session: Session) -> None:
    """The database copies the one response there is to every other case."""
    kept = [c.name for c in Response.__table__.columns if c.name not in ("id", "uuid", "case_id", "submission_key")]
    names = ", ".join(kept)
    if session.get_bind().dialect.name == "postgresql":
        new_id = "md5(cases.id::text || '{}')::uuid"
    else:
        new_id = "printf('%032x', cases.id * 2 + {})"
    values = ", ".join(f"r.{name}" for name in kept)
    session.execute(
        text(
            f"INSERT INTO response (uuid, submission_key, case_id, {names})"
            f" SELECT {new_id.format('0')}, {new_id.format('1')}, cases.id, {values} FROM cases, response r"
            " WHERE cases.id <> r.case_id"
        )
    )
    session.commit()
