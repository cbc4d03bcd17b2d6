"""The walk from an uploaded ledger to the grade, in a real browser, and every page under axe at both widths."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.loading import PASSWORD, SLUG
from app.models import Evaluation
from app.quality_control.commands.back_checks import draw_back_checks
from tests.browser.conftest import (
    InDatabase,
    Server,
    agree_now,
    name_public_source,
    press_shortcut,
    sign_in,
    type_public_value,
)
from tests.builders import AREAS, STATION, a_ledger

WALK = "/evaluations/walk-2023"
SHIBI = "/evaluations/shibi-2023-midterm"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def test_a_newcomer_walks_from_the_ledger_to_the_grade(page: Page, server: Server, tmp_path: Path) -> None:
    _set_up_an_evaluation(page)
    sign_in(page, "lead", PASSWORD)
    page.goto(f"{WALK}/ledgers")
    page.get_by_label("名册名称").fill("台账")
    file = {"name": "台账.csv", "mimeType": "text/csv", "buffer": a_ledger(130)}
    page.get_by_label("名册文件").set_input_files(files=[file])
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("核对读法")
    page.get_by_role("button", name="导入").click()
    expect(page.get_by_text("名册已导入")).to_be_visible()
    page.goto(f"{WALK}/frame")
    page.get_by_role("textbox").fill(STATION)
    page.get_by_role("button", name="封存抽样框").click()
    expect(page.get_by_text("已封存").first).to_be_visible()
    _try_plans(page)
    until_known = name_public_source(page, "当众掷骰")
    page.get_by_role("button", name="公布方案").click()
    page.get_by_role("button", name="截止承诺").click()
    until_known()
    type_public_value(page, "3 5 2 6")
    page.get_by_role("button", name="抽样", exact=True).click()
    page.get_by_role("button", name="重新验证").click()
    expect(page.get_by_text("重新验证：一致")).to_be_visible()
    agree_now(server, "walk-2023")
    _one_telephone_interview(page)
    sign_in(page, "lead", PASSWORD)
    page.goto(f"{WALK}/results")
    expect(page.get_by_text("共 1 人接受调查评价").first).to_be_visible()
    page.goto(f"{SHIBI}/score")
    expect(page.get_by_text("87.6").first).to_be_visible()
    expect(page.get_by_text("良好").first).to_be_visible()
    assert json.loads(server.flask("score", "shibi-2023-midterm", "--json"))["total"] == "87.6"


def _try_plans(page: Page) -> None:
    """On the planning page at both widths, and on with one of the plans."""
    page.goto(f"{WALK}/draw")
    expect(page.get_by_role("heading", level=1)).to_have_text("抽样方案")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for query in ("", "?strata=area&strata=group&method=neyman&size_by=margin&margin=4"):
            page.goto(f"{WALK}/plan{query}")
            found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            assert [(v["id"], v["nodes"][0]["target"]) for v in found] == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"{WALK}/plan")
    page.get_by_text("改方案").click()
    page.get_by_label("自己填").check()
    page.get_by_role("textbox", name="人数").fill("110")
    page.get_by_role("button", name="试算").click()
    page.get_by_role("button", name="按这个方案公布").click()
    expect(page.get_by_text("110 人").first).to_be_visible()


STEPS: tuple[dict[str, str], ...] = (
    {"station_name": STATION, "operator": "示例机构", "street": "示例街道", "district": "示例区"},
    {"period_start": "2023-01-01", "period_end": "2023-12-31"},
    {
        "title": "走一遍的评估", "slug": "walk-2023", "held_on": "2023-06-30", "keep_until": "2031-06-30",
        "evaluator": "示例评估机构", "commissioner": "示例民政局", "purchaser": "示例街道",
    },
    {"areas": "\n".join(f"{name}：{'、'.join(villages)}" for name, villages in AREAS)},
    {},
)  # fmt: skip


def _set_up_an_evaluation(page: Page) -> None:
    sign_in(page, "admin", PASSWORD)
    page.goto("/admin/evaluations/new")
    for step in STEPS:
        for name, value in step.items():
            page.locator(f"[name={name}]").fill(value)
        with page.expect_navigation():
            page.get_by_role("button", name="保存并继续").click()
    for who, role in (("演示评估负责人", "lead"), ("演示访问员甲", "interviewer")):
        page.get_by_label(who).select_option(role)
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_role("button", name="建立评估").click()
    expect(page.get_by_text("评估已建立")).to_be_visible()
    page.context.clear_cookies()


def _one_telephone_interview(page: Page) -> None:
    """By keyboard alone once the form is open: a digit answers and moves on, Enter never hands in."""
    page.context.clear_cookies()
    sign_in(page, "interviewer1", PASSWORD)
    page.goto("/desk")
    press_shortcut(page, "n")
    page.wait_for_url("**/desk/cases/**")
    address = page.url
    press_shortcut(page, "d")
    expect(page.get_by_text("通话中")).to_be_visible()
    page.goto(f"{address}/interview/phone")
    digits = {"C1": "1", "C2": "1", "S1": "1", "S3": "1", "S6": "2", "D3": "2"}
    digits |= {f"A{i}": "1" for i in range(1, 6)} | {f"B{i}": "5" for i in range(1, 9)}
    for question, digit in digits.items():
        field = page.locator(f"[data-question='{question}'] input").first
        field.focus()
        page.keyboard.press(digit)
    page.keyboard.press("Enter")
    assert page.url.endswith("/interview/phone")
    page.locator("[data-question='tick_self'] input").first.focus()
    for digit in "1222":
        page.keyboard.press(digit)
    page.get_by_role("button", name="交卷", exact=True).click()
    page.get_by_label("照原样").check()  # all alike and very fast: asked about, and kept
    page.get_by_role("button", name="就这样交卷").click()
    expect(page.get_by_text("答卷已保存")).to_be_visible()
    page.context.clear_cookies()


def test_a_beneficiary_answers_without_scripts_one_question_a_screen(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(server.link.replace("http://127.0.0.1:8000", server.url))
    expect(page.get_by_role("heading", level=1)).to_contain_text("满意度调查")
    page.get_by_role("button", name="愿意，开始").click()
    for _ in range(40):
        if page.get_by_role("button", name="交给评估机构").count():
            break
        choices = page.locator("main button.choice, main .choice-buttons button, main input[type=radio]")
        if choices.count() and choices.first.evaluate("e => e.tagName") == "BUTTON":
            with page.expect_navigation():
                choices.first.click()
            continue
        if choices.count():
            choices.first.check(force=True)
        number = page.locator("main input[type=text], main input[type=number]")
        if number.count():
            number.first.fill("96")
        with page.expect_navigation():
            page.get_by_role("button", name="下一题").click()
    page.get_by_role("button", name="交给评估机构").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("谢谢")
    page.goto(server.link.replace("http://127.0.0.1:8000", server.url))
    expect(page.get_by_role("heading", level=1)).to_contain_text("已经填过")
    context.close()


PAGES = {
    "": ["/", "/login", "/verify", "/styleguide", "/nothing-here"],
    "lead": [
        "/evaluations", SHIBI, f"{SHIBI}/ledgers", f"{SHIBI}/ledgers/quality", f"{SHIBI}/frame", f"{SHIBI}/draw",
        f"{SHIBI}/fieldwork", f"{SHIBI}/results", f"{SHIBI}/score", f"{SHIBI}/score/entry", f"{SHIBI}/score/facts",
        f"{SHIBI}/score/settle", f"{SHIBI}/score/scheme", f"{SHIBI}/audit", f"{SHIBI}/desk", f"{SHIBI}/desk/closed",
        f"{SHIBI}/desk/settings", f"{SHIBI}/desk/interviewers", f"{SHIBI}/quality", f"{SHIBI}/answer-key", "/change",
    ],
    "interviewer2": ["/desk", "/desk/appointments", "/desk/back-checks", "/desk/visits", "/account/recusals"],
    "admin": [
        "/admin", "/admin/users/new", "/admin/documents/new", "/admin/evaluations/new", f"/admin{SHIBI}/members",
        "/admin/outcomes/guangzhou/edit", f"/admin{SHIBI}/recusals",
    ],
    "station": [SHIBI, f"{SHIBI}/ledgers"],
    "monitor": [SHIBI, f"{SHIBI}/score/entry"],
}  # fmt: skip


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("username", PAGES)
def test_every_page_passes_axe_and_fits_its_width(
    browser: Browser, server: Server, in_database: InDatabase[None], username: str, width: int
) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    if username:
        sign_in(page, username, PASSWORD)
        page.wait_for_url(lambda address: "/login" not in address)
    if username.startswith("interviewer"):
        in_database(_back_checks_are_drawn)
        _work_in_hand(page, server)
    for path in PAGES[username]:
        page.goto(path)
        looks_right(page)
    context.close()


def looks_right(page: Page) -> None:
    """No violation, and nothing wider than the window."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(page.url, v["id"], v["nodes"][0]["target"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def _back_checks_are_drawn(session: Session) -> None:
    evaluation = session.scalars(select(Evaluation).where(Evaluation.slug == SLUG)).one()
    draw_back_checks(session, evaluation)


def _work_in_hand(page: Page, server: Server) -> None:
    """Somebody to visit, somebody being called, somebody to ask again: each page of it, and what was written down."""
    agree_now(server, SLUG, people=4)
    page.goto("/desk")
    press_shortcut(page, "n")
    page.wait_for_url("**/desk/cases/**")
    page.get_by_role("button", name="改为走访").click()
    expect(page.get_by_text("已改为走访")).to_be_visible()
    looks_right(page)
    page.goto("/desk")
    press_shortcut(page, "n")
    page.wait_for_url("**/desk/cases/**")
    case = page.url
    page.get_by_role("button", name="拨号").first.click()
    for path in (case, f"{case}/interview/phone", f"{case}/interview/visit"):
        page.goto(path)
        looks_right(page)
    page.goto(case)
    page.get_by_role("button", name="无人接听").click()
    page.goto("/desk/back-checks")
    page.get_by_role("button", name="取下一份回访").click()
    page.wait_for_url("**/desk/back-checks/*-*")
    looks_right(page)
    page.get_by_role("button", name="放回").click()
