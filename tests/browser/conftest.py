"""A real server with the demonstration, and a real browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import config
from app import create_app
from app.clock import now
from app.extensions import db
from app.models import Appointment, Draw, Evaluation, Schedule
from surveys.calling.local_time import GUANGZHOU
from tests.clock import a_morning
from tests.conftest import SECRETS
from tests.machine import chromium

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# Twice the usual five seconds: the machine may be busy with the other half of the suite.
expect.set_options(timeout=10_000)


@dataclass(frozen=True)
class Server:
    """Where it listens, the environment it runs in, and the links it printed: a beneficiary's, the administrator's."""

    url: str
    environment: dict[str, str]
    link: str
    first_administrator: str = ""

    def flask(self, *arguments: str) -> str:
        """Run a command of the application on the same database."""
        command = [sys.executable, "-m", "flask", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=config.ROOT, check=True, capture_output=True, text=True
        ).stdout


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application as `make run` serves it, on a database of its own, with the demonstration loaded."""
    with serving(tmp_path_factory.mktemp("served")) as started:
        yield started


@contextmanager
def serving(folder: Path, *, demonstration: bool = True, **more: str) -> Iterator[Server]:
    """The application as `make run` serves it, on a database of its own; `more` is added to its environment."""
    port = free_port()
    environment = (
        os.environ
        | SECRETS
        | {
            "APP_ENV": "development",
            "COOKIES_OVER_HTTP": "1",
            "DATABASE_URL": f"sqlite:///{folder / 'evaluation.sqlite3'}",
            "PORT": str(port),
            "WORKERS": "1",
        }
        | more
    )
    preparing = Server("", environment, "")
    one_time = re.search(r"http://\S+/account/link/\S+", preparing.flask("setup"))
    printed = preparing.flask("demo", "load") if demonstration else ""
    link = next((line.split("：", 1)[1] for line in printed.splitlines() if "/q/" in line), "")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve"],
            env=environment,
            cwd=config.ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    _wait_for(url, folder / "log")
    yield Server(url, environment, link, one_time[0] if one_time else "")
    process.terminate()
    process.wait(timeout=20)
    assert "Traceback" not in (folder / "log").read_text()


class Ahead:
    """The clock of a server, which a test moves."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def set(self, seconds: float) -> None:
        """So far ahead of the machine's."""
        self.file.write_text(str(seconds))

    @property
    def length(self) -> timedelta:
        """How far."""
        return timedelta(seconds=float(self.file.read_text()))

    def goes_on(self, *, hours: float) -> None:
        """Time passes."""
        self.set(self.length.total_seconds() + hours * 3600)


def ten_o_clock(folder: Path) -> Ahead:
    """Ten o'clock of a day on which people are called."""
    clock = Ahead(folder / "ahead")
    clock.set((a_morning() - now()).total_seconds())
    return clock


@contextmanager
def serving_at(ahead: Ahead, folder: Path, *, demonstration: bool = False, **more: str) -> Iterator[Server]:
    """The application by this clock; `more` is added to its environment."""
    moved = Path(__file__).with_name("moved_clock.py")
    more |= {"CLOCK_AHEAD": str(ahead.file), "GUNICORN_CMD_ARGS": f"--config {moved}"}
    with serving(folder, demonstration=demonstration, **more) as started:
        yield started


def _wait_for(url: str, log: Path) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not come up: {log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; without one the test says so, or fails where it was required.

    One for each module: its event loop would stand in the way of in-process tests that this worker runs later.
    """
    executable = chromium()
    if executable is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER: no Chromium found")
        pytest.skip("no Chromium found (set CHROMIUM to its path)")
    with sync_playwright() as playwright:
        try:
            instance = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        except Error as error:
            pytest.fail(f"Chromium does not start: {error}")
        yield instance
        instance.close()


@pytest.fixture
def context(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser of its own, at the width of a desk."""
    made = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must neither log an error nor load anything foreign."""
    opened = context.new_page()
    opened.set_default_timeout(8_000)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith(("http://127.0.0.1", "data:")) else complaints.append(f"loads {request.url}")
        ),
    )
    yield opened
    # A refused form answers 422, which Chromium logs as a failed resource.
    assert [c for c in complaints if "422" not in c] == []


def agree_now(server: Server, slug: str, people: int = 1) -> None:
    """Somebody of an evaluation agreed to be called now, so that there is a next case at any hour of the night.

    Ask for more than one where somebody may turn out to have no number left.
    """
    engine = sa.create_engine(server.environment["DATABASE_URL"])
    with Session(engine) as session:
        chosen = session.scalars(
            select(Schedule.case_id)
            .join(Draw, Schedule.draw_id == Draw.id)
            .join(Evaluation, Draw.evaluation_id == Evaluation.id)
            .where(Evaluation.slug == slug, Schedule.way == "phone", Schedule.appointment_at.is_(None))
            .where(Schedule.avoid_id.is_(None), Schedule.held_by_id.is_(None))
            .order_by(Schedule.attempts, Schedule.ticket)
            .limit(people)
        ).all()
        at = datetime.now(UTC) - timedelta(minutes=1)
        session.execute(update(Schedule).where(Schedule.case_id.in_(chosen)).values(appointment_at=at))
        session.add_all(Appointment(case_id=one, at=at, made_at=at) for one in chosen)
        session.commit()
    engine.dispose()


def sign_in(page: Page, username: str, password: str = "shibi-2023") -> None:
    """Through the sign-in page."""
    page.goto("/login")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    with page.expect_navigation():  # a click alone does not wait for what it starts
        page.get_by_role("button", name="登录").click()


def press_shortcut(page: Page, key: str) -> None:
    """A letter of the desk, once its script listens: before that the box that switches it off is hidden."""
    page.locator("#shortcuts-on").wait_for(state="visible")
    page.keyboard.press(key)


def name_public_source(page: Page, what: str, seconds: int = 4) -> Callable[[], None]:
    """Name a public source that is known so many seconds from now; gives what waits until then."""
    known = datetime.now(UTC) + timedelta(seconds=seconds)
    page.get_by_label("公开来源").fill(what)
    page.get_by_label("什么时候揭晓").fill(known.astimezone(GUANGZHOU).strftime("%Y-%m-%dT%H:%M:%S"))
    return lambda: time.sleep(max(0.0, (known - datetime.now(UTC)).total_seconds() + 0.2))


def type_public_value(page: Page, value: str) -> None:
    """What the public source gave, typed and after a second look typed again."""
    page.get_by_label("数值").last.fill(value)
    page.get_by_role("button", name="公布数值").last.click()
    expect(page.get_by_text("第二次填写")).to_be_visible()
    page.get_by_label("数值").last.fill(value)
    page.get_by_role("button", name="再填一次并公布").click()
    expect(page.get_by_text("已公布。")).to_be_visible()


PATIENCE = 8  # seconds


def until(page: Page, expression: str) -> None:
    """Wait for an expression to be true on the page.

    `page.wait_for_function` evaluates text inside the page as soon as the first look is in vain, which the content
    security policy refuses.
    """
    patience = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < patience, f"not true on {page.url}: {expression}"
        page.wait_for_timeout(50)


Prepared = TypeVar("Prepared")
InDatabase = Callable[[Callable[[Session], Prepared]], Prepared]


@pytest.fixture(scope="module")
def in_database(server: Server) -> Iterator[InDatabase[Any]]:
    """Runs a function on the server's own database; in a thread, for Playwright keeps an event loop in this one."""

    def run(act: Callable[[Session], Any]) -> Any:
        with app.app_context():
            made = act(db.session)
            db.session.commit()
            return made

    def close() -> None:
        with app.app_context():
            db.engine.dispose()

    with ThreadPoolExecutor(1) as pool:
        app = pool.submit(create_app, config.from_environment(server.environment)).result()
        yield lambda act: pool.submit(run, act).result()
        pool.submit(close).result()
