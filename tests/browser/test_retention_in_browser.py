"""The end of the time for which data are kept, in a real browser: every state of its pages, at both widths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local, now
from app.models import Evaluation
from tests.app.data_of_every_kind import an_evaluation_with_data_of_every_kind
from tests.browser.conftest import InDatabase, Server, serving, sign_in
from tests.builders import PASSWORD, a_user

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
S = "/evaluations/sample-2023"
R, K = f"{S}/retention", f"/admin{S}/keep-until"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: its evaluation comes to its end."""
    with serving(tmp_path_factory.mktemp("retention"), demonstration=False) as started:
        yield started


def _lived_in(session: Session) -> str:
    a_user(session, "boss", administrator=True)
    return an_evaluation_with_data_of_every_kind(session).token


def _kept_until(session: Session, day: date) -> str:
    evaluation = session.scalars(select(Evaluation)).one()
    evaluation.keep_until = day
    title = evaluation.title
    session.commit()
    return title


def test_every_state_passes_axe_and_fits_until_all_is_erased(
    browser: Browser, server: Server, in_database: InDatabase[str]
) -> None:
    token = in_database(_lived_in)
    lead, boss, interviewer, anybody = (
        _somebody(browser, server, name) for name in ("lead", "boss", "interviewer", "")
    )
    today = local(now()).date()
    for days in (12, -2):
        title = in_database(lambda session, days=days: _kept_until(session, today + timedelta(days=days)))
        _look(lead, S, R)
        _look(boss, K, f"/admin{S}/members")
        _look(interviewer, "/desk")
        _look(anybody, f"/q/{token}")
    lead.goto(R)
    lead.get_by_label("输入评估名称以确认").fill(title[:-1])
    lead.get_by_role("button", name="删除个人资料，不能恢复").click()
    expect(lead.get_by_role("alert")).to_be_visible()
    _fits(lead)
    lead.get_by_label("输入评估名称以确认").fill(title)
    lead.keyboard.press("Enter")
    expect(lead.get_by_text("个人资料已经删除")).to_be_visible()
    _fits(lead)
    _look(lead, S, R, f"{S}/audit", f"{S}/ledgers", f"{S}/ledgers/quality", f"{S}/frame", f"{S}/desk", f"{S}/quality")
    _look(interviewer, "/desk")
    _look(boss, K)
    _look(anybody, f"/q/{token}")


def _somebody(browser: Browser, server: Server, username: str) -> Page:
    page = browser.new_context(base_url=server.url, locale="zh-CN").new_page()
    if username:
        sign_in(page, username, PASSWORD)
        page.wait_for_url(lambda address: "/login" not in address)
    return page


def _look(page: Page, *paths: str) -> None:
    for path in paths:
        page.goto(path)
        _fits(page)


def _fits(page: Page) -> None:
    """No violation, and nothing wider than the window."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(page.url, width, v["id"], v["nodes"][0]["target"]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (page.url, width)
