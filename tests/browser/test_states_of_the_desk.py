"""Every state of the phone desk and of the page above it, at both widths: no violation, nothing wider than the window.

With PICTURES set to a folder each state is photographed there, as docs/desk.md shows them: `make pictures`.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Appointment, Case, Recipient, Role, Schedule, User
from app.quality_control.commands.back_checks import draw_back_checks
from tests.app.desk_builders import a_busy_desk
from tests.browser.conftest import Ahead, InDatabase, Server, serving_at, sign_in, ten_o_clock
from tests.builders import PASSWORD, a_hold, a_member, a_user, without_rules

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CASE = re.compile(r"/desk/cases/[0-9a-f-]+$")
WIDTHS = (390, 1280)
D = "/evaluations/sample-2023"
CHILD = 2015


# A browser is at hand that makes a small file of a large picture.
SMALLER = """async ([picture, tallest]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = Math.min(image.height, tallest);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.8).split(",")[1];
}"""
TALLEST = 2_400


class Camera:
    """Looks at a state at both widths, and keeps a picture where a folder was named."""

    def __init__(self, folder: str, darkroom: Page) -> None:
        self.folder = Path(folder) if folder else None
        self.darkroom = darkroom

    def __call__(self, page: Page, name: str, *, printed: bool = False) -> None:
        """One state; `printed`: as on paper, which has one width and is not for axe."""
        page.emulate_media(media="print" if printed else "screen")
        for width in WIDTHS[1:] if printed else WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if not printed:
                found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
                assert [(name, width, v["id"], v["nodes"][0]["target"]) for v in found] == []
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
            if self.folder:
                self.folder.mkdir(parents=True, exist_ok=True)
                picture = b64encode(page.screenshot(full_page=True)).decode()
                smaller: str = self.darkroom.evaluate(SMALLER, [picture, TALLEST])
                (self.folder / f"{name}-{width}.webp").write_bytes(b64decode(smaller))
        page.emulate_media(media="screen")


@pytest.fixture(scope="module")
def camera(browser: Browser) -> Camera:
    return Camera(os.environ.get("PICTURES", ""), browser.new_page())


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Ahead:
    return ten_o_clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, ahead: Ahead) -> Iterator[Server]:
    """A desk in full swing at ten in the morning of a day on which people are called."""
    with serving_at(ahead, tmp_path_factory.mktemp("states")) as started:
        yield started


@pytest.fixture(scope="module")
def desk(in_database: InDatabase[Any], ahead: Ahead) -> dict[str, str]:
    """Addresses of a case that waits for the lead and of a child's."""

    def prepare(session: Session) -> dict[str, str]:
        made = a_busy_desk(session, now() + ahead.length)
        a_member(session, made.evaluation, Role.INTERVIEWER, "qing").display_name = "青访问员"
        a_user(session, "admin", administrator=True)
        draw_back_checks(session, made.evaluation)
        cases = made.cases(session)
        without_rules(session)
        session.execute(update(Recipient).where(Recipient.id == cases[20].recipient_id).values(birth_year=CHILD))
        return {"waiting": str(cases[7].uuid), "child": str(cases[20].uuid)}

    found: dict[str, str] = in_database(prepare)
    return found


SignedIn = Callable[[str], Page]


@pytest.fixture
def signed_in(browser: Browser, server: Server, desk: dict[str, str]) -> Iterator[SignedIn]:
    """A page of somebody's."""
    made = list[BrowserContext]()

    def open_as(username: str) -> Page:
        made.append(browser.new_context(base_url=server.url, locale="zh-CN"))
        page = made[-1].new_page()
        page.set_default_timeout(8_000)
        sign_in(page, username, PASSWORD)
        page.wait_for_url(lambda address: "/login" not in address)
        return page

    yield open_as
    for context in made:
        context.close()


def press(page: Page, name: str, role: str = "button") -> None:
    """The first of this name, and wait for what comes."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]


def next_case(page: Page) -> str:
    """From the desk to the next case; its address."""
    page.goto("/desk")
    press(page, "下一个")
    expect(page).to_have_url(CASE)
    return page.url


def answer(page: Page, digits: dict[str, str]) -> None:
    """Answer these questions of the interview page by their digits; a scale takes two, read in two steps."""
    for question, pressed in digits.items():
        page.locator(f"[data-question='{question}'] input").first.focus()
        for digit in pressed:
            page.keyboard.press(digit)
    expect(page.locator("#saved")).to_contain_text("已保存")


def test_a_call_and_its_outcomes(signed_in: SignedIn, camera: Camera) -> None:
    mei = signed_in("mei")
    mei.goto("/desk")
    camera(mei, "desk-somebody-to-call")
    agreed = next_case(mei)
    camera(mei, "case-agreed-time")
    mei.goto("/desk")
    camera(mei, "desk-case-in-hand")
    mei.goto(agreed)
    press(mei, "拨号")
    camera(mei, "call")
    mei.get_by_text("对方问起，怎么答").click()
    mei.get_by_label("粤语").check()
    camera(mei, "call-cantonese-and-doubts")
    press(mei, "挂断")
    camera(mei, "call-hung-up-without-outcome")
    press(mei, "约了时间")
    camera(mei, "outcome-agree-a-time")
    mei.get_by_role("radio", name=re.compile("14:30")).first.check()
    press(mei, "确定登记")
    camera(mei, "desk-outcome-can-be-undone")
    case = next_case(mei)
    camera(mei, "case")
    for outcome, name in (("已退出类别", "outcome-note-needed"), ("语言或听力不通", "outcome-skill-needed")):
        press(mei, outcome)
        camera(mei, name)
        mei.goto(case)
    press(mei, "已退出类别")
    press(mei, "确定登记")
    camera(mei, "outcome-note-missing")
    mei.goto(case)
    press(mei, "本人拒访")
    camera(mei, "outcome-final")
    mei.goto("/desk/appointments")
    camera(mei, "appointments-of-the-day")


def test_an_interview(signed_in: SignedIn, camera: Camera) -> None:
    page = signed_in("qing")
    case = next_case(page)
    press(page, "拨号")
    press(page, "开始访问", "link")
    camera(page, "interview-begins")
    answer(page, {"C1": "1", "C2": "1", "S1": "2", "S2": "1", "A1": "1", "B1": "11"})
    camera(page, "interview-by-proxy")
    press(page, "对方挂断或要停", "link")
    camera(page, "case-left-off")
    press(page, "继续访问", "link")
    camera(page, "interview-resumed")
    rest = {f"A{n}": "1" for n in range(2, 6)} | {f"B{n}": "11" for n in range(1, 9)}
    answer(page, {"S1": "1", "S3": "1", "S6": "2", "D3": "2"} | rest)
    with page.expect_navigation():
        page.locator("#finish").click()
    camera(page, "interview-left-open")
    answer(page, {"tick_self": "1", "tick_family": "2", "tick_staff": "2", "tick_prompted": "2"})
    with page.expect_navigation():
        page.locator("#finish").click()
    camera(page, "interview-something-unusual")
    for kept in page.get_by_label("照原样").all():
        kept.check()
    press(page, "就这样交卷")
    assert page.url == case
    camera(page, "case-answered")


def test_a_visit_a_link_and_a_child(
    signed_in: SignedIn, camera: Camera, desk: dict[str, str], in_database: InDatabase[None]
) -> None:
    page = signed_in("qing")
    next_case(page)
    press(page, "改为走访")
    camera(page, "case-to-be-visited")
    press(page, "显示姓名和住址")
    camera(page, "case-visit-open")
    page.goto("/desk")
    camera(page, "desk-visits")
    page.goto("/desk/visits")
    camera(page, "visits-sheet")
    camera(page, "visits-printed", printed=True)
    next_case(page)
    press(page, "发网上链接")
    camera(page, "link")
    camera(page, "link-printed", printed=True)

    def give(session: Session) -> None:
        child = session.scalars(select(Case).where(Case.uuid == UUID(desk["child"]))).one()
        a_hold(session, child, session.scalars(select(User).where(User.username == "qing")).one(), minutes=24 * 60)

    in_database(give)
    page.goto(f"/desk/cases/{desk['child']}")
    camera(page, "minor-locked")
    press(page, "打开资料")
    camera(page, "minor-reason-missing")
    page.get_by_role("radio").first.check()
    press(page, "打开资料")
    camera(page, "minor-open")
    press(page, "放回")
    page.goto("/desk/back-checks")
    camera(page, "back-checks")
    press(page, "取下一份回访")
    camera(page, "back-check")
    page.goto("/account/recusals")
    camera(page, "recusals-mine")


def test_the_page_above_the_desk(signed_in: SignedIn, camera: Camera, desk: dict[str, str]) -> None:
    lead = signed_in("lead")
    for path, name in (
        (f"{D}/desk", "supervision"),
        (f"{D}/desk/cases/{desk['waiting']}", "supervision-case"),
        (f"{D}/desk/closed", "supervision-closed"),
        (f"{D}/desk/visits", "supervision-visits"),
        (f"{D}/desk/interviewers", "supervision-interviewers"),
        (f"{D}/desk/settings", "supervision-settings"),
        (f"{D}/quality", "quality"),
        (f"{D}/answer-key", "answer-key"),
    ):
        lead.goto(path)
        camera(lead, name)
    admin = signed_in("admin")
    for path, name in ((f"/admin{D}/recusals", "recusals"), ("/admin/outcomes/guangzhou/edit", "outcomes-edit")):
        admin.goto(path)
        camera(admin, name)


def test_nobody_to_call(signed_in: SignedIn, camera: Camera, ahead: Ahead, in_database: InDatabase[None]) -> None:
    page = signed_in("mei")

    def nobody(**values: Any) -> None:
        in_database(lambda session: session.execute(update(Schedule).values(**values)))
        page.goto("/desk")

    in_database(lambda session: session.execute(delete(Appointment)))
    nobody(held_by_id=None, held_since=None, held_until=None, appointment_at=None, not_before=now() + ahead.length * 2)
    camera(page, "desk-nobody-before-the-delay-is-over")
    ahead.goes_on(hours=13)
    page = signed_in("mei")
    nobody(not_before=now())
    camera(page, "desk-nobody-at-this-hour")
    nobody(way="closed")
    camera(page, "desk-nobody-left")
