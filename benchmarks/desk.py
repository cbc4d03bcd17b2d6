"""From pressing 「下一个」 to a painted card: twenty interviewers at work, 500 against 50,000 open cases.

Each presses, reads the card for five to fifteen seconds, writes 「无人接听」 down and presses again: some ten times as
fast as people who talk. The time of a press is the server's: the claim, the redirect and the card. One process.
"""

from __future__ import annotations

import contextvars
import random
import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from benchmarks.support import application, databases
from tests.builders import PASSWORD, a_draw, a_member, an_evaluation
from tests.clock import a_morning

INTERVIEWERS, PRESSES = 20, 6
OPEN = (500, 50_000)
TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')
KEY = re.compile(r'name="attempt_key" (?:type="hidden" )?value="([^"]+)"')


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The pages of the desk take this moment for now: nobody is called at night, whenever this runs."""
    from app.forms import appointments
    from app.views.desk import calls, cases, outcomes, page

    modules = (calls, cases, outcomes, page, appointments)
    kept = [module.now for module in modules]
    for module in modules:
        module.now = lambda: moment  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module, clock in zip(modules, kept, strict=True):
            module.now = clock  # type: ignore[attr-defined]


def interviewer(app: Flask, username: str, seed: int, times: list[float], wrong: list[str]) -> None:
    """One interviewer's presses; milliseconds of each."""
    pick, client = random.Random(seed), app.test_client()

    def token(text: str) -> str:
        found = TOKEN.search(text)
        return found[1] if found else ""

    login = client.get("/login").text
    client.post("/login", data={"csrf_token": token(login), "username": username, "password": PASSWORD})
    desk = client.get("/desk").text
    for _ in range(PRESSES):
        time.sleep(pick.uniform(5, 15))
        start = time.perf_counter()
        card = client.post("/desk/next", data={"csrf_token": token(desk)}, follow_redirects=True)
        times.append((time.perf_counter() - start) * 1000)
        key = KEY.search(card.text)
        if card.status_code != 200 or key is None:
            wrong.append(f"{card.status_code} at {card.request.path}")
            return
        written = client.post(
            f"{card.request.path}/outcome",
            data={"csrf_token": token(card.text), "attempt_key": key[1], "mode": "phone", "outcome": "NC1"},
            follow_redirects=True,
        )
        if written.status_code != 200 or not token(written.text):
            wrong.append(f"{written.status_code} at {written.request.path} after an outcome")
            return
        desk = written.text


def presses(app: Flask, usernames: list[str]) -> list[float]:
    """All presses of all interviewers, sorted."""
    times, wrong = list[float](), list[str]()
    threads = [
        threading.Thread(target=contextvars.Context().run, args=(interviewer, app, name, seed, times, wrong))
        for seed, name in enumerate(usernames)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return sorted(times)


def main() -> None:
    """Both databases, both sizes."""
    for kind in databases():
        medians = []
        for people in OPEN:
            with application(kind) as (app, _url):
                from app.extensions import db
                from app.models import Role, Schedule

                evaluation = an_evaluation(db.session)
                names = [f"interviewer{n}" for n in range(INTERVIEWERS)]
                for name in names:
                    a_member(db.session, evaluation, Role.INTERVIEWER, name)
                a_draw(db.session, evaluation, of=people, size=people)
                moment = a_morning()
                db.session.execute(sa.update(Schedule).values(not_before=moment - timedelta(days=1)))
                db.session.commit()
                if kind == "postgresql":
                    db.session.execute(sa.text("ANALYZE"))
                    db.session.commit()
                with at(moment):
                    found = presses(app, names)
            medians.append(statistics.median(found))
            p95 = found[int(len(found) * 0.95)]
            print(f"{kind}: {people} open cases, {len(found)} presses: median {medians[-1]:.0f} ms, p95 {p95:.0f} ms")
        print(f"{kind}: {OPEN[1] // OPEN[0]} × the cases, {medians[1] / medians[0]:.2f} × the time")
