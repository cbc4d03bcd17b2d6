"""Server time of pages of the desk and of the web questionnaire, against the health check."""

from __future__ import annotations

import contextvars
import statistics
import time

from benchmarks.support import application, databases
from tests.builders import a_draw, a_member, an_evaluation, assign_cases, cases_of
from tests.visitor import Visitor


def median(visitor: Visitor, path: str, runs: int = 40) -> float:
    """The median time of several requests within this process, in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        response = contextvars.Context().run(visitor.client.get, path)
        times.append((time.perf_counter() - start) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{path}: {response.status_code}")
    return statistics.median(times)


def main() -> None:
    """Measure on both databases."""
    for kind in databases():
        with application(kind) as (app, _url):
            from app.desk.commands.links import issue_link
            from app.extensions import db
            from app.models import Role

            evaluation = an_evaluation(db.session)
            a_member(db.session, evaluation, Role.INTERVIEWER, "interviewer")
            case = cases_of(db.session, a_draw(db.session, evaluation))[0]
            assign_cases(db.session, evaluation)
            token = issue_link(db.session, case)
            db.session.commit()
            address = f"/desk/cases/{case.uuid}"
            db.session.commit()
            visitor = Visitor(app)
            visitor.sign_in("interviewer")
            floor = median(Visitor(app), "/healthz")
            for name, requester, path in (
                ("desk list", visitor, "/desk"),
                ("one case", visitor, address),
                ("interview form", visitor, f"{address}/interview/phone"),
                ("beneficiary's first page", Visitor(app), f"/q/{token}"),
            ):
                milliseconds = median(requester, path)
                print(
                    f"{kind}: {name} {milliseconds:.1f} ms, "
                    f"{milliseconds / floor:.1f} × the empty page ({floor:.2f} ms)"
                )
