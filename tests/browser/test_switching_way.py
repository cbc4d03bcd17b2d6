"""The interviewer's desk in a real browser: by keyboard alone, at both widths, every state under axe."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from app.demo.loading import PASSWORD, SLUG
from tests.browser.conftest import Server, agree_now, press_shortcut, sign_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CASE = re.compile(r"/desk/cases/[0-9a-f-]+$")


def fits(page: Page) -> None:
    """No violation, and nothing wider than the window."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(page.url, v["id"], v["nodes"][0]["target"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def press(page: Page, name: str) -> None:
    """Go to a button by keyboard and press it."""
    page.get_by_role("button", name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_call_from_the_next_case_to_the_undo_by_keyboard(page: Page, server: Server) -> None:
    agree_now(server, SLUG)
    sign_in(page, "interviewer1", PASSWORD)
    page.goto("/desk")
    press_shortcut(page, "n")
    expect(page).to_have_url(CASE)
    assert "tel:" not in page.content()
    # Switched off, the letters do nothing. The box shows itself once the scripts run.
    expect(page.get_by_label("使用快捷键")).to_be_visible()
    page.get_by_label("使用快捷键").focus()
    page.keyboard.press("Space")
    page.get_by_role("heading", level=1).click()
    press_shortcut(page, "d")
    page.wait_for_timeout(300)
    assert "tel:" not in page.content()
    page.get_by_label("使用快捷键").focus()
    page.keyboard.press("Space")
    page.get_by_role("heading", level=1).click()
    press_shortcut(page, "d")
    dial = page.locator("a[href^='tel:']")
    expect(dial).to_be_focused()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"00:0\d"))
    # While somebody types, letters are letters; and Enter in the field writes nothing down.
    page.get_by_role("textbox", name="说明").focus()
    page.keyboard.type("dn 说晚上在")
    page.keyboard.press("Enter")
    expect(page).to_have_url(CASE)
    press(page, "忙线")
    expect(page).to_have_url(re.compile(r"/desk$"))
    expect(page.get_by_text("已登记「忙线」")).to_be_visible()
    press_shortcut(page, "u")
    expect(page).to_have_url(CASE)
    expect(page.get_by_text("已撤销")).to_be_visible()
    assert "tel:" not in page.content()
    press(page, "放回")
    expect(page.get_by_text("已放回")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_state_of_a_case_fits(browser: Browser, server: Server, width: int, scripts: bool) -> None:
    context = browser.new_context(
        base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=scripts
    )
    page = context.new_page()
    agree_now(server, SLUG)
    sign_in(page, "interviewer1", PASSWORD)
    page.goto("/desk")
    look = fits if scripts else lambda _page: None  # axe is a script itself
    look(page)
    page.get_by_role("button", name="下一个").click()
    look(page)
    case = page.url
    page.get_by_role("button", name=re.compile("^拨号")).first.click()
    expect(page.get_by_text("通话中")).to_be_visible()
    look(page)
    page.get_by_text("对方问起，怎么答").click()
    page.get_by_label("粤语").check()
    look(page)
    for outcome, shown in (
        ("约了时间", "什么时候再打"),
        ("语言或听力不通", "下一位访问员要会什么"),
        ("本人拒访", "不能撤销"),
    ):
        page.goto(case)
        page.get_by_role("button", name=outcome).click()
        expect(page.get_by_text(shown).first).to_be_visible()
        look(page)
    page.goto(case)
    page.get_by_role("button", name="已退出类别").click()
    page.get_by_role("button", name="确定登记").click()
    expect(page.get_by_text("这个结果要写一句说明").first).to_be_visible()
    look(page)
    page.goto(case)
    page.get_by_role("button", name="无人接听").click()
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    look(page)
    context.close()
