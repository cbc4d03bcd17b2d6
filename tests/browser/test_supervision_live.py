"""The supervisor's page in a real browser: it renews itself, never under anybody's hands, and can be paused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Schedule, User
from tests.app.desk_builders import a_busy_desk, noted
from tests.browser.conftest import InDatabase, Server, serving, sign_in
from tests.builders import PASSWORD

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
D = "/evaluations/sample-2023/desk"
HALF_A_MINUTE = 31_000
Look = Callable[..., Page]


def busy(session: Session) -> str:
    """A desk in full swing; returns the page of the case that waits."""
    desk = a_busy_desk(session, datetime.now(UTC), lead_name="supervisor")
    return f"{D}/cases/{desk.cases(session)[7].uuid}"


def says(text: str) -> Callable[[Session], None]:
    """One more note, as if an interviewer had written it now."""

    def act(session: Session) -> None:
        case = session.scalars(select(Case).join(Schedule).where(Schedule.way == "supervisor")).first()
        user = session.scalars(select(User).where(User.username == "lan")).one()
        assert case is not None
        noted(session, case, user, "care", text, datetime.now(UTC))

    return act


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: the interviewers of other tests have the same names."""
    with serving(tmp_path_factory.mktemp("supervision"), demonstration=False) as started:
        yield started


@pytest.fixture(scope="module")
def waiting(in_database: InDatabase[Any]) -> str:
    path: str = in_database(busy)
    return path


@pytest.fixture(scope="module")
def look(browser: Browser, server: Server, waiting: str) -> Iterator[Look]:
    """A page of the lead, at this width; signed in once."""
    first = browser.new_context(base_url=server.url, locale="zh-CN")
    page = first.new_page()
    sign_in(page, "supervisor", PASSWORD)
    page.wait_for_url(lambda address: "/login" not in address)
    state, made = first.storage_state(), list[BrowserContext]()
    first.close()

    def open_at(width: int = 1280, **more: Any) -> Page:
        context = browser.new_context(
            base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN", storage_state=state, **more
        )
        made.append(context)
        return context.new_page()

    yield open_at
    for context in made:
        context.close()


def test_the_page_renews_itself_but_not_under_anybodys_hands(look: Look, in_database: InDatabase[Any]) -> None:
    page = look()
    page.clock.install()
    page.goto(D)
    in_database(says("第一条新留言"))
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(page.get_by_text("第一条新留言")).to_be_visible()
    page.get_by_role("button", name="看过").first.focus()
    in_database(says("第二条新留言"))
    page.clock.fast_forward(HALF_A_MINUTE)
    page.wait_for_timeout(500)
    expect(page.get_by_text("第二条新留言")).to_have_count(0)
    page.get_by_role("button", name="暂停自动更新").focus()
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(page.get_by_text("第二条新留言")).to_be_visible()


def test_the_page_can_be_paused_and_says_so(look: Look, in_database: InDatabase[Any]) -> None:
    page = look()
    page.clock.install()
    page.goto(D)
    pause = page.get_by_role("button", name="暂停自动更新")
    pause.press("Enter")
    expect(pause).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("已暂停自动更新")).to_be_visible()
    in_database(says("第三条新留言"))
    page.clock.fast_forward(HALF_A_MINUTE)
    page.wait_for_timeout(500)
    expect(page.get_by_text("第三条新留言")).to_have_count(0)
    pause.press("Enter")
    expect(page.get_by_text("第三条新留言")).to_be_visible()


def test_a_lost_connection_is_said(look: Look) -> None:
    page = look()
    page.clock.install()
    page.goto(D)
    page.context.set_offline(True)
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(page.get_by_text("没有连上")).to_be_visible()
    page.context.set_offline(False)
    page.clock.fast_forward(HALF_A_MINUTE)
    expect(page.get_by_text("每 30 秒自动更新一次")).to_be_visible()


def test_without_scripts_a_link_reloads_the_page(look: Look) -> None:
    page = look(java_script_enabled=False)
    page.goto(D)
    expect(page.get_by_role("button", name="暂停自动更新")).to_be_hidden()
    page.get_by_role("link", name="刷新").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("督导台")


@pytest.mark.parametrize("width", [390, 1280])
def test_each_page_passes_axe_and_fits_its_width(look: Look, waiting: str, width: int) -> None:
    page, axe = look(width), Axe()
    for path in (D, waiting, f"{D}/closed", f"{D}/interviewers", f"{D}/settings", f"{D}/visits", "/account/recusals"):
        page.goto(path)
        found = axe.run(page, options={"runOnly": RULES}).response["violations"]
        assert [(path, v["id"], v["nodes"][0]["target"]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{path} is wider than {width}"
        )
