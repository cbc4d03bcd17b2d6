"""Editing a list of outcome codes in a real browser: folded lines, opened by hand and by mistakes."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.demo.loading import PASSWORD
from tests.browser.conftest import Server, sign_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EDIT = "/admin/outcomes/guangzhou/edit"
# Screens of a telephone on which all outcomes can be looked through.
MOST_SCREENS = 4


def fits(page: Page) -> None:
    """No violation, and nothing wider than the window."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], v["nodes"][0]["target"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_an_outcome_opens_by_keyboard_and_by_its_mistakes(browser: Browser, server: Server, width: int) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    sign_in(page, "admin", PASSWORD)
    page.goto(EDIT)
    delay = page.get_by_label("多少分钟后再试 NC1")
    expect(delay).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") < MOST_SCREENS * 900
    fits(page)
    page.locator("summary", has_text="NC1").focus()
    page.keyboard.press("Enter")
    expect(delay).to_be_visible()
    delay.fill("三小时")
    page.locator("summary", has_text="NC1").press("Enter")
    expect(delay).to_be_hidden()
    page.get_by_role("button", name="检查并发布下一版").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="需要处理")).to_be_focused()
    expect(delay).to_have_value("三小时")
    fits(page)
    page.get_by_role("link", name="NC1 多少分钟后再试").press("Enter")
    expect(delay).to_be_focused()
    expect(delay).to_be_in_viewport()
    context.close()
