"""Time from pressing 「下一个」 to the complete card, with twenty interviewers and 500 or 50,000 open cases.

Each presses, waits five to fifteen seconds, records 「无人接听」 and presses again, some ten times as often as
interviewers who talk. The server is started as `make run` does, with two processes, and requested over HTTP from
this process; the time of a press is from the request to the last byte of the card: the claim, the redirect, the card.
"""

from __future__ import annotations

import random
import re
import statistics
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import sqlalchemy as sa

import config
from app import create_app
from app.extensions import db
from app.models import Role, Schedule
from benchmarks.support import databases, new_postgresql_database
from tests.browser.conftest import Server, serving_at, ten_o_clock
from tests.builders import PASSWORD, a_draw, a_member, an_evaluation
from tests.clock import a_morning

INTERVIEWERS, PRESSES = 20, 6
OPEN = (500, 50_000)
TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')
KEY = re.compile(r'name="attempt_key" (?:type="hidden" )?value="([^"]+)"')


class Interviewer:
    """An interviewer with a session and an IP address of their own."""

    def __init__(self, server: Server, number: int) -> None:
        self.url, self.username, self.pick = server.url, f"interviewer{number}", random.Random(number)
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        # Signing in is rate-limited for each IP address.
        self.browser.addheaders = [("X-Forwarded-For", f"192.0.2.{number + 1}")]
        self.page = self.address = ""

    def ask(self, path: str, **form: str) -> None:
        """Get a page, or post a form and follow the redirect."""
        data = urllib.parse.urlencode({"csrf_token": self.token, **form}).encode() if form else None
        with self.browser.open(self.url + path, data, timeout=60) as answer:
            self.page, self.address = answer.read().decode(), urllib.parse.urlsplit(answer.url).path

    @property
    def token(self) -> str:
        """The CSRF token of the page shown last."""
        match = TOKEN.search(self.page)
        return match[1] if match else ""

    def work(self, times: list[float]) -> None:
        """Press `presses` times; adds the milliseconds of each press to `times`."""
        self.ask("/login")
        self.ask("/login", username=self.username, password=PASSWORD)
        self.ask("/desk")
        for _ in range(PRESSES):
            time.sleep(self.pick.uniform(5, 15))
            start = time.perf_counter()
            self.ask("/desk/next", next="1")
            times.append((time.perf_counter() - start) * 1000)
            key = KEY.search(self.page)
            if key is None:
                raise RuntimeError(f"no card at {self.address}")
            self.ask(f"{self.address}/outcome", attempt_key=key[1], mode="phone", outcome="NC1")
            if self.address != "/desk":
                raise RuntimeError(f"the outcome was not written down: {self.address}")


def presses(server: Server) -> list[float]:
    """The milliseconds of all presses of all interviewers, sorted."""
    times, wrong = list[float](), list[Exception]()

    def work(number: int) -> None:
        try:
            Interviewer(server, number).work(times)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(INTERVIEWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return sorted(times)


@contextmanager
def open_desk(kind: str, people: int) -> Iterator[Server]:
    """A server whose clock shows ten in the morning, with that many people to call."""
    with tempfile.TemporaryDirectory() as place, new_postgresql_database(kind) as database:
        folder = Path(place)
        more = {"WORKERS": "2", "TRUSTED_PROXIES": "1"} | database
        with serving_at(ten_o_clock(folder), folder, **more) as server:
            with create_app(config.from_environment(server.environment)).app_context():
                evaluation = an_evaluation(db.session)
                for number in range(INTERVIEWERS):
                    a_member(db.session, evaluation, Role.INTERVIEWER, f"interviewer{number}")
                a_draw(db.session, evaluation, of=people, size=people)
                db.session.execute(sa.update(Schedule).values(not_before=a_morning() - timedelta(days=1)))
                db.session.commit()
                if kind == "postgresql":
                    db.session.execute(sa.text("ANALYZE"))
                    db.session.commit()
                db.session.close()
                db.engine.dispose()
            yield server


def main() -> None:
    """Measure on both databases, with both numbers of cases."""
    for kind in databases():
        medians = []
        for people in OPEN:
            with open_desk(kind, people) as server:
                times = presses(server)
            medians.append(statistics.median(times))
            p95 = times[int(len(times) * 0.95)]
            print(f"{kind}: {people} open cases, {len(times)} presses: median {medians[-1]:.0f} ms, p95 {p95:.0f} ms")
        print(f"{kind}: {OPEN[1] // OPEN[0]} × the cases, {medians[1] / medians[0]:.2f} × the time")
