"""The whole ceremony in a real browser: two parties and dice, and a value that never leaves before its time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.demo.loading import PASSWORD
from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, commit, reveal
from app.draw.commands.draws import draw_sample
from app.draw.commands.voiding import ask_to_void
from app.evaluations.commands.evaluations import add_member
from app.models import Ceremony, Evaluation, Role, User
from sampling.certificate import check_with_frame
from sampling.frame import read_canonical
from sampling.seed import commitment_of
from tests.browser.conftest import InDatabase, Server, name_public_source, sign_in, type_public_value
from tests.builders import a_plan, a_public_source, a_sealed_frame, an_evaluation, type_twice

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ANNOUNCED = now() - timedelta(hours=1)
PARTIES = (
    Source("购买方", "自定", Role.PURCHASER),
    Source("监督方", "自定", Role.MONITOR),
    a_public_source(ANNOUNCED, "公开来源", "掷骰"),
)
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def enter(browser: Browser, server: Server) -> Iterator[Enter]:
    """A page of someone in a browser of their own; each account signs in once, for sign-ins are throttled."""
    states: dict[str, object] = {}
    made: list[BrowserContext] = []

    def open_as(username: str = "", width: int = 1280) -> Page:
        if username and username not in states:
            first = browser.new_context(base_url=server.url, locale="zh-CN")
            page = first.new_page()
            sign_in(page, username, PASSWORD)
            page.wait_for_url(lambda address: "/login" not in address)
            states[username] = first.storage_state()
            first.close()
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            storage_state=states.get(username),  # type: ignore[arg-type]
        )
        made.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        return page

    yield open_as
    for context in made:
        context.close()


def prepare(session: Session, slug: str) -> tuple[Evaluation, dict[str, User]]:
    """A sealed evaluation with the accounts of the demonstration as its members."""
    evaluation = an_evaluation(session, slug)
    names = ("lead", "purchaser", "monitor", "supervision", "station")
    users = {user.username: user for user in session.scalars(select(User).where(User.username.in_(names)))}
    for name, user in users.items():
        add_member(session, evaluation, user, Role(name))
    a_sealed_frame(session, evaluation)
    return evaluation, users


def announce(session: Session, evaluation: Evaluation) -> Ceremony:
    return announce_plan(session, evaluation, a_plan(session, evaluation), PARTIES, at=ANNOUNCED)


def promise_all(session: Session, ceremony: Ceremony, users: dict[str, User]) -> None:
    for one in ceremony.contributions:
        if one.role:
            promised = commitment_of(ceremony.frame.fingerprint or "", ceremony.plan_digest, one.name, one.name * 8)
            commit(session, one, promised, actor=users[one.role])


def test_two_parties_and_dice_from_the_plan_to_the_certificate(in_database: InDatabase[Any], enter: Enter) -> None:
    in_database(lambda session: prepare(session, "held-2023"))
    address = "/evaluations/held-2023/ceremony"
    lead, purchaser, monitor = enter("lead"), enter("purchaser"), enter("monitor")
    lead.goto(f"{address}/new")
    lead.get_by_label("购买方").check()
    lead.get_by_label("监督方").check()
    until_known = name_public_source(lead, "当众掷骰 4 次")
    lead.get_by_role("button", name="公布方案").click()
    expect(lead.get_by_text("方案已公布")).to_be_visible()

    secret, sent = "a value only its party knows", []

    def note(request: Request) -> None:
        sent.append(f"{request.url} {request.headers} {request.post_data or ''}")

    purchaser.on("request", note)
    purchaser.goto(address)
    # By keyboard alone: the value, over the two buttons, to the commitment and its button.
    purchaser.get_by_label("您的数值").focus()
    purchaser.keyboard.type("no | bar")
    expect(purchaser.get_by_text("数值里不能有「|」")).to_be_visible()
    expect(purchaser.get_by_label("承诺", exact=True)).to_have_value("")
    purchaser.keyboard.press("Control+a")
    purchaser.keyboard.type(f"  {secret} ")
    expect(purchaser.get_by_text("数值里不能有「|」")).to_be_hidden()
    expect(purchaser.get_by_label("承诺", exact=True)).to_have_value(re.compile("^[0-9a-f]{64}$"))
    commitment = purchaser.get_by_label("承诺", exact=True).input_value()
    for _ in range(3):
        purchaser.keyboard.press("Tab")
    expect(purchaser.get_by_label("没有存文件")).to_be_focused()
    purchaser.keyboard.type(secret)
    purchaser.keyboard.press("Tab")
    expect(purchaser.get_by_label("承诺", exact=True)).to_be_focused()
    purchaser.get_by_label("数值已经抄下或保存好").focus()
    purchaser.keyboard.press("Space")
    purchaser.keyboard.press("Tab")
    purchaser.keyboard.press("Enter")
    expect(purchaser.get_by_text("已记下")).to_be_visible()

    monitor.goto(address)
    form = monitor.locator("form[data-commitment]")
    assert (
        commitment_of(
            form.get_attribute("data-fingerprint") or "", form.get_attribute("data-plan") or "", "购买方", secret
        )
        == commitment
    )
    monitor.get_by_role("button", name="随机产生一个").click()
    expect(monitor.get_by_label("承诺", exact=True)).to_have_value(re.compile("^[0-9a-f]{64}$"))
    random = monitor.get_by_label("您的数值").input_value()
    with monitor.expect_download() as download:
        monitor.get_by_role("button", name="保存为文件").click()
    assert download.value.path().read_text() == f"监督方\n{random}\n"
    monitor.get_by_label("数值已经抄下或保存好").check()
    monitor.get_by_role("button", name="提交承诺").click()
    expect(monitor.get_by_text("已记下")).to_be_visible()

    lead.goto(address)
    lead.get_by_role("button", name="截止承诺").click()
    until_known()
    type_public_value(lead, "3 5 2 6")
    monitor.goto(address)
    monitor.get_by_label("数值").fill(random)
    monitor.get_by_role("button", name="公布数值").click()
    expect(monitor.get_by_text("已公布。")).to_be_visible()
    purchaser.goto(address)
    assert len(sent) > 4
    assert not any("only" in request and "knows" in request for request in sent)
    purchaser.get_by_label("数值").fill(secret)
    purchaser.get_by_role("button", name="公布数值").click()
    expect(purchaser.get_by_text("已公布。")).to_be_visible()
    assert any("only" in request and "knows" in request for request in sent)

    _two_tabs_draw_at_once(lead, address)
    lead.goto("/evaluations/held-2023/draw")
    with lead.expect_download() as download:
        lead.get_by_role("link", name="下载证书").click()
    certificate = json.loads(download.value.path().read_bytes())
    with lead.expect_download() as download:
        lead.get_by_role("link", name="下载抽样框").click()
    frame = download.value.path().read_bytes()
    assert hashlib.sha256(frame).hexdigest() == certificate["frame"]["fingerprint"]
    check_with_frame(certificate, read_canonical(frame.splitlines(keepends=True)))
    values = {one["name"]: one["value"] for one in certificate["seed"]["contributions"]}
    assert (values["购买方"], values["监督方"], values["公开来源"]) == (secret, random, "3 5 2 6")
    stranger = enter()
    stranger.goto(f"/certificate/{certificate['digest']}")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("抽样证书")
    expect(stranger.get_by_text(secret)).to_be_visible()


def _two_tabs_draw_at_once(lead: Page, address: str) -> None:
    """Both tabs show the button; the first to press it draws, the other is told."""
    other = lead.context.new_page()
    for tab in (lead, other):
        tab.goto(address)
    for tab in (lead, other):
        tab.get_by_role("button", name="抽样", exact=True).evaluate("button => setTimeout(() => button.click())")
    drew, told = [], []
    for tab in (lead, other):
        # The tabs share a session: the word of the one may also be told in the other.
        expect(tab.locator(".error-summary").or_(tab.get_by_text("已抽样")).first).to_be_visible()
        (told if tab.locator(".error-summary").count() else drew).append(tab)
    assert (len(drew), len(told)) == (1, 1)
    expect(drew[0].locator(".certificate")).to_be_visible()
    expect(told[0].get_by_text("已经抽过样")).to_be_visible()


STATES = ("new", "waiting", "committed", "closed", "shown", "drawn", "void")


@pytest.fixture(scope="module")
def digest(in_database: InDatabase[Any]) -> str:
    """One evaluation in each state; the digest of the one that is drawn."""
    made: str = in_database(_each_state)
    return made


def _each_state(session: Session) -> str:
    digest = ""
    for state in STATES:
        evaluation, users = prepare(session, f"look-{state}")
        if state == "new":
            continue
        ceremony = announce(session, evaluation)
        if state != "waiting":
            promise_all(session, ceremony, users)
        if state == "void":
            ask_to_void(session, ceremony, "号码抄错", actor=users["lead"])
        if state in ("closed", "shown", "drawn"):
            close_commitments(session, ceremony)
        if state in ("shown", "drawn"):
            for one in ceremony.contributions[:2]:
                reveal(session, one, one.name * 8)
            type_twice(session, ceremony.contributions[2], "3 5 2 6")
        if state == "drawn":
            digest = draw_sample(session, ceremony).certificate_digest
        session.commit()
    return digest


LOOKED_AT = [
    ("lead", "/evaluations/look-new/ceremony/new"),
    *((name, f"/evaluations/look-{state}/ceremony") for state in STATES for name in ("lead", "purchaser")),
    ("lead", "/evaluations/look-waiting/void"),
    ("lead", "/evaluations/look-void/void"),
    ("monitor", "/evaluations/look-void/void"),
    ("monitor", "/evaluations/look-void"),
    ("purchaser", "/evaluations/look-waiting"),
    ("lead", "/evaluations/look-drawn/draw"),
    ("", "/certificate/{digest}"),
]


@pytest.mark.parametrize("width", [390, 1280])
def test_each_state_passes_axe_and_fits_its_width(enter: Enter, digest: str, width: int) -> None:
    pages = {name: enter(name, width) for name in ("lead", "purchaser", "monitor", "")}
    axe = Axe()
    for name, path in LOOKED_AT:
        page = pages[name]
        response = page.goto(path.format(digest=digest))
        assert response is not None
        assert response.status == 200, path
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
        found = axe.run(page, options={"runOnly": RULES}).response["violations"]
        assert [(path, v["id"], v["nodes"][0]["target"]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{path} at {width}"


def test_the_printed_certificate_keeps_its_content_and_leaves_out_the_page(enter: Enter, digest: str) -> None:
    page = enter()
    page.goto(f"/certificate/{digest}")
    page.emulate_media(media="print")
    expect(page.locator(".certificate .qr")).to_be_visible()
    expect(page.get_by_role("table", name="种子的来历")).to_be_visible()
    expect(page.locator(".masthead")).to_be_hidden()
    expect(page.get_by_role("link", name="下载证书")).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
