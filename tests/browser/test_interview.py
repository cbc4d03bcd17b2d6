"""A telephone interview in a real browser: by keyboard, kept answer by answer, gone on with after a crash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Draft, Paradata, Response, User
from tests.app.survey_builders import PASSWORD, a_survey
from tests.browser.conftest import InDatabase, Server, serving, sign_in, until
from tests.builders import a_hold

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_KEYS = 25
# One key for each question of the short form; two digits and Enter for the points, a digit and Enter for the needs.
QUESTIONS = [*"1111", *"11111", *"1122", "9", "0", "Enter", "3", "Enter", "2", "2"]
TICKS = ["1", "2", "2", "2"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: the interviewers of other tests have the same names."""
    with serving(tmp_path_factory.mktemp("interviews"), demonstration=False) as started:
        yield started


@pytest.fixture(scope="module")
def cases(in_database: InDatabase[Any]) -> Iterator[str]:
    """Addresses of cases of one interviewer, asked by the short form; each test takes the next."""

    def prepare(session: Session) -> list[str]:
        survey = a_survey(session, people=12, questionnaire_of=("recipient-short", 1))
        mine = select(Case.uuid).where(Case.interviewer_id == survey.interviewer.id).order_by(Case.id)
        return [f"/desk/cases/{uuid}" for uuid in session.scalars(mine)]

    return iter(in_database(prepare))


@pytest.fixture
def case(in_database: InDatabase[Any], cases: Iterator[str]) -> str:
    """The next of them, in her hand."""
    found = next(cases)
    hand_to(in_database, found, "lan")
    return found


def hand_to(in_database: InDatabase[Any], case: str, username: str) -> None:
    """Give a case to an interviewer, whatever the queue would have said."""

    def give(session: Session) -> None:
        user = session.scalars(select(User).where(User.username == username)).one()
        a_hold(session, session.scalars(select(Case).where(Case.uuid == uuid_of(case))).one(), user)

    in_database(give)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, server: Server, cases: Iterator[str]) -> list[Any]:
    """The cookies of the interviewer: she signs in once, for nobody may do so often in one minute."""
    context = browser.new_context(base_url=server.url, locale="zh-CN")
    page = context.new_page()
    sign_in(page, "lan", PASSWORD)
    page.wait_for_url("**/desk")
    found = context.cookies()
    context.close()
    return list(found)


@pytest.fixture
def lan(page: Page, signed_in: list[Any]) -> Page:
    """The interviewer, signed in."""
    page.context.add_cookies(signed_in)
    return page


def press(page: Page, *keys: str) -> int:
    """Press keys one after another; returns how many."""
    for key in keys:
        page.keyboard.press(key)
    return len(keys)


def focused(page: Page) -> str:
    """The question with the focus; else the id of what has it."""
    name: str = page.evaluate(
        "document.activeElement.closest('[data-question]')?.dataset.question ?? document.activeElement.id"
    )
    return name


def uuid_of(case: str) -> UUID:
    return UUID(case.rpartition("/")[2])


def test_a_short_interview_takes_no_more_keys_than_a_caller_can_spare(
    lan: Page, in_database: InDatabase[Any], case: str
) -> None:
    lan.goto(f"{case}/interview/phone")
    assert focused(lan) == "C1"
    keys = press(lan, *QUESTIONS)
    assert focused(lan) == "tick_self"
    keys += press(lan, *TICKS)
    assert focused(lan) == "finish"
    with lan.expect_navigation():
        keys += press(lan, "Enter")
    expect(lan.get_by_text("答卷已保存")).to_be_visible()
    assert keys <= MOST_KEYS

    def stored(session: Session) -> tuple[Any, ...]:
        row = session.scalars(select(Response).join(Case).where(Case.uuid == uuid_of(case))).one()
        kept = session.get_one(Paradata, row.id)
        return len(row.answers), row.answers["B9"], row.answers["D1"], kept.answered_self, sorted(kept.milliseconds)

    found = in_database(stored)
    assert found[:4] == (17, 90, ["3"], True)
    assert {"C1", "B9", "D3"} <= set(found[4])


def test_enter_and_the_arrows_move_and_neither_change_an_answer_nor_leave(lan: Page, case: str) -> None:
    lan.goto(f"{case}/interview/phone")
    press(lan, "1", "1", "Enter", "Enter")
    assert focused(lan) == "A1"
    press(lan, "ArrowUp", "ArrowUp", "ArrowUp")
    assert focused(lan) == "C2"
    press(lan, "ArrowDown")
    assert focused(lan) == "S1"
    assert lan.locator("[data-question=S1] input:checked").count() == 0
    press(lan, "ArrowRight")
    assert lan.locator("[data-question=S1] input:checked").input_value() == "2"
    press(lan, "1")
    expect(lan.locator("[data-question=S2]")).to_be_hidden()
    for _ in range(40):
        press(lan, "Enter") if focused(lan) != "finish" else None
    assert lan.url.endswith("/interview/phone")
    assert focused(lan) == "finish"
    press(lan, "ArrowUp")
    assert focused(lan) == "tick_prompted"


def test_after_a_crash_it_goes_on_at_the_same_question_also_for_another_interviewer(
    context: BrowserContext, browser: Browser, server: Server, in_database: InDatabase[Any], lan: Page, case: str
) -> None:
    lan.goto(f"{case}/interview/phone")
    lan.get_by_text("粤语").check()
    lan.locator("[data-question=C1] input").first.focus()
    press(lan, "1", "1", "1", "1", "2")
    assert focused(lan) == "A2"
    expect(lan.locator("#saved")).to_contain_text("已保存")
    until(lan, "sessionStorage.length === 0")
    lan.wait_for_timeout(300)
    lan.close()
    again = context.new_page()
    again.goto(f"{case}/interview/phone")
    assert focused(again) == "A2"
    assert again.locator("[data-question=A1] input:checked").input_value() == "2"
    expect(again.locator("#wording-yue")).to_be_checked()

    hand_to(in_database, case, "mei")
    elsewhere = browser.new_context(base_url=server.url, viewport={"width": 390, "height": 844}, locale="zh-CN")
    mei = elsewhere.new_page()
    sign_in(mei, "mei", PASSWORD)
    mei.goto(f"{case}/interview/phone")
    assert focused(mei) == "A2"
    press(mei, *"1111", *"1122", "9", "0", "Enter", "Enter", "2", "2", *TICKS)
    with mei.expect_navigation():
        press(mei, "Enter")
    expect(mei.get_by_text("答卷已保存")).to_be_visible()
    elsewhere.close()


def test_what_could_not_be_sent_is_said_survives_a_reload_and_is_sent_later(
    context: BrowserContext, in_database: InDatabase[Any], case: str, signed_in: list[Any]
) -> None:
    context.add_cookies(signed_in)
    page = context.new_page()
    page.goto(f"{case}/interview/phone")
    page.route("**/save", lambda route: route.abort())
    press(page, "1", "1")
    expect(page.locator("#saved")).to_have_text("还没保存，正在重试")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert page.locator("[data-question=C2] input:checked").input_value() == "1"
    page.unroute("**/save")
    expect(page.locator("#saved")).to_contain_text("已保存", timeout=15_000)
    until(page, "sessionStorage.length === 0")
    kept = in_database(lambda s: s.scalars(select(Draft.answers).join(Case).where(Case.uuid == uuid_of(case))).one())
    assert kept == {"C1": "1", "C2": "1"}


def test_who_was_signed_out_signs_in_again_and_loses_nothing(context: BrowserContext, case: str) -> None:
    page = context.new_page()
    sign_in(page, "lan", PASSWORD)
    page.goto(f"{case}/interview/phone")
    press(page, "1")
    expect(page.locator("#saved")).to_contain_text("已保存")
    context.clear_cookies()
    press(page, "2")
    expect(page.locator("#saved")).to_contain_text("登录已过期")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("[name=username]").fill("lan")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-question=C2] input:checked")).to_have_value("2")
    expect(page.locator("#saved")).to_contain_text("已保存")
    until(page, "sessionStorage.length === 0")


def test_something_unusual_is_kept_or_changed_by_keyboard(lan: Page, server: Server, case: str) -> None:
    lan.goto(f"{case}/interview/phone")
    press(lan, *"1111", *"11111", *"1122", "2", "0", "Enter", "Enter", "2", "2", *TICKS)
    with lan.expect_navigation():
        press(lan, "Enter")
    expect(lan.get_by_text("您打了 20 分")).to_be_visible()
    press(lan, "2")
    assert focused(lan) == "B9"
    press(lan, "3", "0", "Enter")
    assert focused(lan) == "check_direct"
    press(lan, "1")
    assert focused(lan) == "finish"
    with lan.expect_navigation():
        press(lan, "Enter")
    # The points are others now, and still far apart: they were kept, by code.
    expect(lan.get_by_text("答卷已保存")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_every_state_of_the_page_passes_axe_and_fits(
    browser: Browser, server: Server, case: str, signed_in: list[Any], width: int
) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": width, "height": 900}, locale="zh-CN")
    context.add_cookies(signed_in)
    page = context.new_page()

    def look() -> None:
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(v["id"], v["nodes"][0]["target"]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.goto(f"{case}/interview/visit")
    look()
    press(page, "1", "1", "2", "1", "2", "1", "1", "2", "Enter", "3", "4", "9", "1", "1", "1", "5", "2", "0", "Enter")
    look()
    with page.expect_navigation():
        page.locator("#finish").click()
    look()
    context.close()


def test_without_scripts_it_is_filled_in_saved_and_handed_in(
    browser: Browser, server: Server, case: str, signed_in: list[Any]
) -> None:
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, locale="zh-CN", java_script_enabled=False
    )
    context.add_cookies(signed_in)
    page = context.new_page()
    page.goto(f"{case}/interview/visit")
    page.locator("#q_C1-0").check()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存").first).to_be_visible()
    expect(page.locator("#q_C1-0")).to_be_checked()
    first = ["C2", "S1", "S3", *(f"A{n}" for n in range(1, 6)), "B1", "B4", "B5", "B8"]
    for field in [*(f"q_{name}-0" for name in first), "q_S6-1", "q_D3-1", "tick_self-0"]:
        page.locator(f"#{field}").check()
    for tick in ("family", "staff", "prompted"):
        page.locator(f"#tick_{tick}-1").check()
    page.locator("#q_B9").fill("95")
    page.get_by_role("button", name="交卷", exact=True).click()
    expect(page.get_by_text("答卷已保存")).to_be_visible()
    context.close()
