"""An office's workbook of 17 sheets, on a server without the demonstration: from first administrator to sample."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
import xlsxwriter
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from sampling.categories import CATEGORIES
from tests.browser.conftest import Server, name_public_source, serving, sign_in, type_public_value

PASSWORD = "correct-horse"
STATION = "示例河社工服务站"
AREAS = {"东片": ("东一村", "东二村"), "西片": ("西一村", "西二村", "西三村")}
VILLAGES = tuple(village for villages in AREAS.values() for village in villages)
PEOPLE = 1300
MOST_CLICKS = 40
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
W = "/evaluations/river-2026"
STEPS: tuple[dict[str, str], ...] = (
    {"station_name": STATION, "operator": "示例机构", "street": "示例河街道", "district": "示例区"},
    {"period_start": "2026-01-01", "period_end": "2026-12-31"},
    {
        "title": "示例河 2026 年中期评估", "slug": "river-2026", "held_on": "2026-06-30", "keep_until": "2036-06-30",
        "evaluator": "示例评估机构", "commissioner": "示例民政局", "purchaser": "示例河街道",
    },
    {"areas": "\n".join(f"{area}\t{village}" for area, villages in AREAS.items() for village in villages)},
    {},
)  # fmt: skip


def office_workbook() -> bytes:
    """One sheet for each category: a title, a header, the village merged over its people, 同上, totals, signatures."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sizes = [PEOPLE // len(CATEGORIES) + (place < PEOPLE % len(CATEGORIES)) for place in range(len(CATEGORIES))]
    number = 0
    for (code, category), size in zip(CATEGORIES.items(), sizes, strict=True):
        sheet = book.add_worksheet(category.zh[:20])
        sheet.merge_range(0, 0, 0, 5, f"示例河街道 2026 年{category.zh}台账")
        for column, heading in enumerate(("序号", "村居", "姓名", "出生年月", "联系电话", "备注")):
            sheet.write(1, column, heading)
        row = 2
        for village, people in zip(VILLAGES, _shares(size), strict=True):
            sheet.merge_range(row, 1, row + people - 1, 1, village)
            for place in range(people):
                number += 1
                born = 2015 if category.oldest < 60 else 1950
                cells = (place + 1, None, f"示例{number:04d}", f"{born}-0{number % 9 + 1}", f"1990000{number:04d}")
                for column, cell in enumerate(cells):
                    if cell is not None:
                        sheet.write(row, column, cell)
                sheet.write(row, 5, "同上" if place else f"{code} 组")
                row += 1
        sheet.write(row, 0, "合计")
        sheet.write(row, 4, f"{size} 人")
        sheet.write(row + 1, 0, "填表人：示例甲")
    book.close()
    return content.getvalue()


def _shares(people: int) -> Sequence[int]:
    """How many of them live in each village; two at least, for one cell cannot be merged."""
    least, more = divmod(people, len(VILLAGES))
    return [least + (place < more) for place in range(len(VILLAGES))]


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application as `make run DEMO=0` serves it: nobody can sign in yet."""
    with serving(tmp_path_factory.mktemp("empty"), demonstration=False) as started:
        yield started


@dataclass
class Hand:
    """Whoever uses a page; counts what is pressed, chosen and ticked."""

    page: Page
    clicks: int = field(default=0)

    def press(self, name: str, *, leads: bool = True) -> None:
        """A button, and what it leads to."""
        self._press(self.page.get_by_role("button", name=name, exact=True).first, leads)

    def follow(self, name: str) -> None:
        """A link of the page or its side list."""
        self._press(self.page.get_by_role("link", name=re.compile(name)).first, True)

    def _press(self, target: Locator, leads: bool) -> None:
        self.clicks += 1
        if leads:
            with self.page.expect_navigation():
                target.click()
        else:
            target.click()

    def choose(self, name: str, content: bytes, filename: str) -> None:
        """A file, which takes two clicks: the field, and the file."""
        self.clicks += 2
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        self.page.get_by_label(name).set_input_files([{"name": filename, "mimeType": kind, "buffer": content}])


def test_from_the_first_administrator_to_the_sample(browser: Browser, empty_server: Server) -> None:
    context = browser.new_context(base_url=empty_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    _first_administrator(page, empty_server)
    _an_account_for_the_lead(page, browser, empty_server)
    _open_the_evaluation(page)
    page.context.clear_cookies()
    sign_in(page, "lan", PASSWORD)
    hand = Hand(page)
    _from_the_file_to_the_sealed_frame(hand)
    assert hand.clicks <= MOST_CLICKS, f"{hand.clicks} clicks from the office's file to the sealed frame"
    _from_the_frame_to_the_sample(page)
    context.close()


def _first_administrator(page: Page, server: Server) -> None:
    page.goto(server.first_administrator)
    page.get_by_role("textbox", name="账号").fill("guan")
    page.get_by_label("姓名").fill("示例管理员")
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name="建立管理员").click()
    expect(page).to_have_url(re.compile("/(login|admin|evaluations)"))
    if "/login" in page.url:
        sign_in(page, "guan", PASSWORD)


def _an_account_for_the_lead(page: Page, browser: Browser, server: Server) -> None:
    page.goto("/admin/users/new")
    page.get_by_role("textbox", name="账号").fill("lan")
    page.get_by_label("姓名").fill("示例负责人")
    page.get_by_role("button", name="开立账号").click()
    link = re.search(r"http://\S+/account/link/[0-9a-z]+", page.locator("main").inner_text())
    assert link is not None, page.locator("main").inner_text()
    own = browser.new_context(base_url=server.url, locale="zh-CN")
    theirs = own.new_page()
    theirs.goto(link[0])
    for box in theirs.locator("input[type=password]").all():
        box.fill(PASSWORD)
    with theirs.expect_navigation():
        theirs.get_by_role("button", name="设定密码").click()
    own.close()


def _open_the_evaluation(page: Page) -> None:
    page.goto("/admin/evaluations/new")
    for step in STEPS:
        for name, value in step.items():
            page.locator(f"[name={name}]").fill(value)
        with page.expect_navigation():
            page.get_by_role("button", name="保存并继续").click()
    page.get_by_label("示例负责人").select_option("lead")
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_role("button", name="建立评估").click()
    expect(page.get_by_text("评估已建立")).to_be_visible()


def _from_the_file_to_the_sealed_frame(hand: Hand) -> None:
    """By links and buttons alone; no file is edited outside."""
    page = hand.page
    page.goto("/evaluations")
    hand.follow("示例河 2026 年中期评估")
    hand.follow("^名册")
    hand.choose("名册文件", office_workbook(), "示例河街道台账.xlsx")
    page.get_by_label("名册名称").fill("街道台账")
    hand.press("上传并核对")
    expect(page.get_by_role("heading", level=1)).to_have_text("核对读法")
    expect(page.get_by_text("17 张表").first).to_be_visible()
    hand.press("导入")
    expect(page.get_by_text("名册已导入")).to_be_visible()
    _fits_a_phone(page)
    hand.follow("^抽样框")
    expect(page.get_by_text(f"{PEOPLE:,} 人").or_(page.get_by_text(f"{PEOPLE} 人")).first).to_be_visible()
    page.get_by_role("textbox").fill(STATION)
    hand.press("封存抽样框")
    expect(page.get_by_text("已封存").first).to_be_visible()


def _fits_a_phone(page: Page) -> None:
    """The findings at 390: no violation, nothing wider than the window."""
    here = page.url
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{W}/ledgers/findings")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], v["nodes"][0]["target"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(here)


def _from_the_frame_to_the_sample(page: Page) -> None:
    page.goto(f"{W}/plan")
    page.get_by_role("button", name="按建议的方案公布").click()
    until_known = name_public_source(page, "当众掷骰")
    page.get_by_role("button", name="公布方案").click()
    page.get_by_role("button", name="截止承诺").click()
    until_known()
    type_public_value(page, "3 5 2 6")
    page.get_by_role("button", name="抽样", exact=True).click()
    page.get_by_role("button", name="重新验证").click()
    expect(page.get_by_text("重新验证：一致")).to_be_visible()
