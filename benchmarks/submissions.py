"""Submitted interviews a second, against bare rows stored one a transaction in the same database."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import text

from benchmarks.support import application, databases
from tests.builders import SATISFIED, a_draw, an_evaluation, cases_of

CLIENTS = 8
EACH = 60


def rate(work: Callable[[int], None]) -> float:
    """Transactions a second with eight clients at once."""

    def client(number: int) -> None:
        for turn in range(EACH):
            work(number * EACH + turn)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CLIENTS * EACH / (time.perf_counter() - start)


def measure(kind: str) -> tuple[float, float]:
    """(bare rows, submissions) a second."""
    with application(kind) as (app, _url):
        from app.extensions import db
        from app.interview.commands.responses import submit_response
        from app.models import Case

        draw = a_draw(db.session, an_evaluation(db.session), of=CLIENTS * EACH, size=CLIENTS * EACH)
        ids = [case.id for case in cases_of(db.session, draw)]
        db.session.execute(text("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)"))
        db.session.commit()

        def bare(number: int) -> None:
            with app.app_context():
                values = {"id": number, "body": "x" * 400}
                db.session.execute(text("INSERT INTO bare VALUES (:id, :body)"), values)
                db.session.commit()

        def submit(number: int) -> None:
            with app.app_context():
                submit_response(
                    db.session,
                    db.session.get_one(Case, ids[number]),
                    mode="phone",
                    answers=SATISFIED,
                    submission_key=uuid.uuid4(),
                    started_at=datetime(2023, 11, 2, tzinfo=UTC),
                )
                db.session.commit()

        return rate(bare), rate(submit)


def main() -> None:
    """Measure on both databases."""
    for kind in databases():
        floor, submissions = measure(kind)
        print(f"{kind}: bare row {floor:.0f}/s, submission {submissions:.0f}/s, ratio {submissions / floor:.2f}")
