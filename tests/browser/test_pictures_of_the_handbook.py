"""The walk on which the pictures of the handbook are taken: one evaluation prepared, the demonstration beyond it.

With PICTURES set to a folder the pictures are written there: `make pictures`. Without it the walk shows that each can
still be taken.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FloatRect, Page, expect

from app.demo.people import AREAS
from app.handbook.queries import IMAGES
from tests.browser.conftest import Server, press_shortcut, serving_at, sign_in, ten_o_clock

SHIBI = "/evaluations/shibi-2023-midterm"
GUIDE = "/evaluations/guide-2026"
STATION = "示例社工服务站"
MEMBERS = ("lead", "purchaser", "monitor", "station")
PHONE = 390
TALLEST = 760
MARGIN = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demonstration, and an evaluation with the demonstration's villages that has no ledger yet; at ten o'clock."""
    folder = tmp_path_factory.mktemp("handbook")
    with serving_at(ten_o_clock(folder), folder, demonstration=True) as started:
        description = json.loads(started.flask("evaluation", "example"))
        description["station"]["areas"] = [{"name": name, "villages": list(dict(villages))} for name, villages in AREAS]
        description["members"] = [{"username": name, "role": name} for name in MEMBERS]
        (folder / "guide.json").write_text(json.dumps(description), "utf-8")
        started.flask("evaluation", "create", "guide-2026", str(folder / "guide.json"))
        yield started


Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def enter(browser: Browser, server: Server) -> Iterator[Enter]:
    """A page of somebody's, in a browser of their own."""
    made = list[BrowserContext]()

    def open_as(username: str, width: int = 1280) -> Page:
        made.append(browser.new_context(base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN"))
        page = made[-1].new_page()
        page.set_default_timeout(8_000)
        sign_in(page, username)
        return page

    yield open_as
    for context in made:
        context.close()


def photograph(page: Page, name: str, first: str = "main", last: str = "main", *, tallest: int = TALLEST) -> None:
    """Take what is between the top of `first` and the end of `last`, no taller than `tallest`.

    A page is taken without its side list, for it is shown half as wide; `first` "body" takes all of it. The handbook
    has such a picture already, unless it is taken now.
    """
    assert (IMAGES / f"{name}.png").is_file() or "PICTURES" in os.environ
    begins, ends, beside = _box(page, first), _box(page, last), _box(page, "body" if first == "body" else "main")
    left, top = max(beside["x"] - MARGIN, 0), max(begins["y"] - MARGIN, 0)
    height = min(ends["y"] + ends["height"] + MARGIN - top, tallest)
    if folder := os.environ.get("PICTURES"):
        clip = FloatRect(x=left, y=top, width=beside["width"] + 2 * (beside["x"] - left), height=height)
        page.screenshot(path=Path(folder) / f"{name}.png", clip=clip, full_page=True)


def _box(page: Page, part: str) -> FloatRect:
    """Where the first such part of the page is, in pixels from its top left corner."""
    shown = page.locator(part).first
    expect(shown).to_be_visible()
    box, scrolled = shown.bounding_box(), page.evaluate("window.scrollY")
    assert box
    return FloatRect(x=box["x"], y=box["y"] + scrolled, width=box["width"], height=box["height"])


def test_the_administrator_opens_an_evaluation_and_invites(enter: Enter) -> None:
    page = enter("admin")
    page.goto("/admin/evaluations/new")
    photograph(page, "opening")
    page.goto("/admin/evaluations/guide-2026/settings")
    photograph(page, "settings")
    page.goto("/admin/users/new")
    page.get_by_label("账号", exact=True).fill("lan")
    page.get_by_label("姓名", exact=True).fill("示例兰")
    page.get_by_role("button", name="开立账号").click()
    expect(page.get_by_role("button", name="复制网址")).to_be_visible()
    photograph(page, "invitation")


def test_a_ledger_becomes_a_sealed_frame_a_plan_and_a_promise(enter: Enter, server: Server, tmp_path: Path) -> None:
    page = enter("lead")
    page.goto("/evaluations")
    photograph(page, "home", "body", tallest=600)
    _ledger(page, server, tmp_path)
    _frame(page)
    _plan(page)
    party = enter("purchaser")
    party.goto(f"{GUIDE}/ceremony")
    party.get_by_role("button", name="随机产生一个").click()
    photograph(party, "commitment", "h2:has-text('种子的来历')", "main form", tallest=1_000)


def _ledger(page: Page, server: Server, folder: Path) -> None:
    server.flask("demo", "ledger", str(folder / "台账.xlsx"), "--with-mistakes")
    page.goto(f"{GUIDE}/ledgers")
    page.get_by_label("名册名称").fill("困难群众台账")
    page.locator("[name=file]").set_input_files(folder / "台账.xlsx")
    page.get_by_role("button", name="上传并核对").click()
    photograph(page, "columns", tallest=1_000)
    page.get_by_role("button", name="导入", exact=True).click()
    page.goto(f"{GUIDE}/ledgers/findings")
    photograph(page, "findings")
    page.get_by_role("link", name="处理「").click()
    photograph(page, "problem")


def _frame(page: Page) -> None:
    page.goto(f"{GUIDE}/frame")
    photograph(page, "frame", last="main table")
    page.get_by_label("有错误的行不列入，我已知道").check()
    page.get_by_label("输入社工站名称以确认").fill(STATION)
    page.get_by_role("button", name="封存抽样框").click()
    expect(page.get_by_text("已封存").first).to_be_visible()


def _plan(page: Page) -> None:
    page.goto(f"{GUIDE}/plan")
    photograph(page, "plan")
    page.get_by_role("button", name="按建议的方案公布").click()
    page.get_by_label("购买方").check()
    page.get_by_label("监督方").check()
    photograph(page, "sources", "h2:has-text('种子从哪里来')", "main form", tallest=1_000)
    page.get_by_role("button", name="公布方案").click()
    expect(page.get_by_text("方案已公布")).to_be_visible()


def test_an_interviewer_gets_the_next_case_and_asks(enter: Enter) -> None:
    page = enter("interviewer1", PHONE)
    page.goto("/desk")
    photograph(page, "desk", "body")
    press_shortcut(page, "n")
    page.wait_for_url("**/desk/cases/**")
    photograph(page, "case", "body", tallest=960)
    page.get_by_role("button", name="拨号").first.click()
    expect(page.get_by_text("通话中")).to_be_visible()
    page.goto(f"{page.url}/interview/phone")
    photograph(page, "interview", "[data-question]", tallest=700)


def test_the_lead_follows_the_fieldwork_to_the_grade(enter: Enter) -> None:
    page = enter("lead")
    page.goto(SHIBI)
    photograph(page, "overview", "body")
    for name, path in (
        ("certificate", "/draw"), ("supervision", "/desk"),
        ("results", "/results"), ("score", "/score"), ("records", "/audit"),
    ):  # fmt: skip
        page.goto(SHIBI + path)
        photograph(page, name)
    party = enter("monitor")
    party.goto(f"{SHIBI}/score/entry")
    photograph(party, "entry", last="main form")
