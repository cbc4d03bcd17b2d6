"""An interviewer's morning of ten people, and what of it comes back in the afternoon: by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Recipient
from tests.app.survey_builders import PASSWORD, a_survey
from tests.browser.conftest import (
    Ahead,
    InDatabase,
    Server,
    press_shortcut,
    serving_at,
    sign_in,
    ten_o_clock,
    until,
)

PEOPLE = 10
NUMBER = re.compile(r"1990000\d{4}|199\s?0000\s?\d{4}")
CASE = re.compile(r"/desk/cases/[0-9a-f-]+$")
DESK = re.compile(r"/desk$")
MOST_TABS = 200
# The short form: a person who answers; one who was never served; a relative who answers for a person.
SERVED = [*"1111", *"11111", *"1122", "9", "0", "Enter", "3", "Enter", "2", "2", *"1222"]
NEVER_SERVED = [*"1112", *"55555", "3", "Enter", "2", "2", *"1222"]
BY_PROXY = [*"112", *"12", "1", *"11111", *"1122", "9", "0", "Enter", "3", "Enter", "2", "2", *"2122"]


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Ahead:
    """It is ten o'clock of a day on which people are called."""
    return ten_o_clock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, ahead: Ahead) -> Iterator[Server]:
    """A server whose clock the test moves."""
    with serving_at(ahead, tmp_path_factory.mktemp("morning")) as started:
        yield started


@pytest.fixture(scope="module", autouse=True)
def _ten_people(in_database: InDatabase[None]) -> None:
    """They are drawn, and each has two numbers."""

    def prepare(session: Session) -> None:
        a_survey(session, people=PEOPLE, questionnaire_of=("recipient-short", 1))
        for person in session.scalars(select(Recipient)):
            if person.contact:
                person.contact.phones = [*person.contact.phones, f"19900001{person.id:03d}"]

    in_database(prepare)


class Caller:
    """Lan at her keyboard: she has no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.addresses: list[str] = []
        page.on("request", lambda request: self.addresses.append(request.url))

    def look(self) -> None:
        """Between calls no number stands anywhere on the page."""
        assert not NUMBER.search(self.page.content()), self.page.url

    def tab_to(self, target: Locator) -> None:
        """Press Tab until it has the focus: it must be reachable."""
        expect(target).to_be_visible()
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reachable by keyboard on {self.page.url}: {target}")

    def press(self, name: str, role: str = "button") -> None:
        """Go to a button or a link of this name, and press it."""
        self.tab_to(self.page.get_by_role(role, name=name).first)  # type: ignore[arg-type]
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def keys(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def next_case(self) -> str:
        """From the desk to the next case; its address."""
        self.to_desk()
        press_shortcut(self.page, "n")
        self.page.wait_for_url(CASE)
        self.look()
        return self.page.url

    def to_desk(self) -> None:
        """By the link that every page of the desk carries."""
        if not DESK.search(self.page.url):
            self.press("工作台", "link")
        expect(self.page).to_have_url(DESK)
        self.look()

    def dial(self) -> None:
        """The call begins, and for its length the number is there."""
        press_shortcut(self.page, "d")
        expect(self.page.get_by_text("通话中")).to_be_visible()
        assert NUMBER.search(self.page.content())

    def begin(self, *, again: bool = False) -> None:
        """From the case to the questions."""
        self.press("继续访问" if again else "开始访问", "link")
        expect(self.page).to_have_url(re.compile(r"/interview/phone$"))

    def hand_in(self) -> None:
        """The focus stands on the button after the last tick; the case shows that it is stored."""
        expect(self.page.locator("#finish")).to_be_focused()
        with self.page.expect_navigation():
            self.keys("Enter")
        expect(self.page.get_by_text("答卷已保存")).to_be_visible()
        self.look()

    def outcome(self, name: str, follows: str) -> None:
        """An outcome that asks nothing more: back at the desk, which says what follows."""
        self.press(name)
        expect(self.page).to_have_url(DESK)
        expect(self.page.get_by_text(f"已登记「{name}」")).to_contain_text(follows)
        self.look()

    def question(self) -> str:
        """The question with the focus."""
        found: str = self.page.evaluate("document.activeElement.closest('[data-question]')?.dataset.question ?? ''")
        return found


def test_a_morning_of_ten_calls_and_the_afternoon_by_keyboard_alone(page: Page, ahead: Ahead) -> None:
    sign_in(page, "lan", PASSWORD)
    expect(page).to_have_url(DESK)
    lan = Caller(page)

    answers(lan)
    busy = lan.next_case()
    lan.dial()
    lan.outcome("忙线", "10 分钟后再排")
    nobody_answers_and_it_is_taken_back_once(lan)
    wrong = lan.next_case()
    lan.dial()
    lan.outcome("号码不是本人的", "试第二个号码")
    agreed = calls_again_this_afternoon(lan)
    refused = refuses_for_good(lan)
    a_relative_answers(lan)
    broken_off = hangs_up_in_the_middle(lan)
    wants_to_be_visited(lan)
    was_never_served(lan)
    lan.to_desk()
    expect(page.get_by_text("打了 9 个电话，登记 9 次，其中完成访问 2 份")).to_be_visible()

    ahead.goes_on(hours=5)
    assert lan.next_case() == agreed
    expect(page.get_by_text("约").first).to_be_visible()
    lan.dial()
    lan.outcome("关机", "4 小时后再排")
    waiting = {busy, wrong, broken_off}
    while waiting:
        case = lan.next_case()
        assert case != refused
        lan.dial()
        if case == wrong:
            on_the_second_number(lan)
        elif case == broken_off:
            goes_on_where_it_was(lan)
        else:
            lan.outcome("无人接听", "3 小时后再排")
        waiting.discard(case)
    the_day_in_the_end(lan)
    assert [address for address in lan.addresses if re.search("1990000", address)] == []


def answers(lan: Caller) -> None:
    lan.next_case()
    lan.dial()
    lan.begin()
    lan.keys(*SERVED)
    lan.hand_in()


def nobody_answers_and_it_is_taken_back_once(lan: Caller) -> None:
    case = lan.next_case()
    lan.dial()
    lan.outcome("无人接听", "3 小时后再排")
    press_shortcut(lan.page, "u")
    lan.page.wait_for_url(case)
    expect(lan.page.get_by_text("已撤销")).to_be_visible()
    lan.look()
    lan.outcome("无人接听", "3 小时后再排")


def calls_again_this_afternoon(lan: Caller) -> str:
    case = lan.next_case()
    lan.dial()
    lan.press("约了时间")
    chip = lan.page.get_by_role("radio", name=re.compile("14:30")).first
    lan.tab_to(chip)
    lan.keys("Space")
    expect(chip).to_be_checked()
    lan.press("确定登记")
    expect(lan.page).to_have_url(DESK)
    expect(lan.page.get_by_text("已约好").first).to_contain_text("14:30")
    lan.look()
    return case


def refuses_for_good(lan: Caller) -> str:
    case = lan.next_case()
    lan.dial()
    lan.press("本人拒访")
    expect(lan.page.get_by_text("不能撤销")).to_be_visible()
    lan.press("确定登记")
    expect(lan.page).to_have_url(DESK)
    expect(lan.page.get_by_role("button", name="撤销")).to_have_count(0)
    lan.page.goto(case)
    expect(lan.page.get_by_text("已有最终结果：本人拒访")).to_be_visible()
    lan.look()
    for name in ("拨号", "挂断", "放回", "改为走访", "发网上链接", "改回电访", "结案", "显示"):
        expect(lan.page.get_by_role("button", name=name)).to_have_count(0)
    expect(lan.page.get_by_role("link", name="访问", exact=False)).to_have_count(0)
    lan.page.goto(f"{case}/interview/phone")
    expect(lan.page).to_have_url(case)
    return case


def a_relative_answers(lan: Caller) -> None:
    lan.next_case()
    lan.dial()
    lan.begin()
    lan.keys(*BY_PROXY)
    assert lan.question() == "witness"
    lan.page.keyboard.type("王某，村委会工作人员")
    lan.keys("Enter")
    lan.hand_in()
    expect(lan.page.get_by_text("代答完成").first).to_be_visible()


def hangs_up_in_the_middle(lan: Caller) -> str:
    case = lan.next_case()
    lan.dial()
    lan.begin()
    lan.keys(*"1111", *"111")
    assert lan.question() == "A4"
    expect(lan.page.locator("#saved")).to_contain_text("已保存")
    until(lan.page, "sessionStorage.length === 0")
    lan.press("对方挂断或要停", "link")
    expect(lan.page.get_by_text("继续访问")).to_be_visible()
    lan.outcome("部分完成", "1 小时后再排")
    return case


def wants_to_be_visited(lan: Caller) -> None:
    case = lan.next_case()
    lan.press("改为走访")
    expect(lan.page.get_by_text("已改为走访")).to_be_visible()
    lan.look()
    lan.to_desk()
    expect(lan.page.get_by_role("heading", name="我的走访")).to_be_visible()
    lan.tab_to(lan.page.locator(f".visit-list a[href='{case[case.index('/desk') :]}']"))


def was_never_served(lan: Caller) -> None:
    lan.next_case()
    lan.dial()
    lan.begin()
    lan.keys(*NEVER_SERVED)
    lan.hand_in()
    expect(lan.page.get_by_text("没有接受过服务").first).to_be_visible()


def on_the_second_number(lan: Caller) -> None:
    calling = lan.page.locator(".number-line.calling")
    expect(calling).to_contain_text("第 2 个")
    lan.begin()
    lan.keys(*SERVED)
    lan.hand_in()


def goes_on_where_it_was(lan: Caller) -> None:
    lan.begin(again=True)
    assert lan.question() == "A4"
    lan.keys("1", "1", *SERVED[9:])
    lan.hand_in()


def the_day_in_the_end(lan: Caller) -> None:
    lan.to_desk()
    done = lan.page.get_by_role("list", name="我今天完成的").get_by_role("listitem")
    said = " ".join(done.all_inner_texts())
    for outcome, times in (
        ("本人完成", 3), ("代答完成", 1), ("表示没有接受过服务", 1), ("忙线", 1), ("号码不是本人的", 1),
        ("约了时间", 1), ("本人拒访", 1), ("部分完成", 1), ("关机", 1),
    ):  # fmt: skip
        assert said.count(outcome) == times, (outcome, said)
    expect(lan.page.get_by_text("其中完成访问 4 份")).to_be_visible()
