"""The line about an appointment that is near: asked for once a minute, while somebody looks, and never in the way."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from app.models import Role
from tests.browser.conftest import InDatabase, sign_in
from tests.builders import a_member, an_evaluation

NOTHING = {"count": 0, "at": None, "what": "", "left": ""}
NEAR = {"count": 1, "at": "2026-11-05T10:30+08:00", "what": "10:30 有约", "left": "还有 3 分钟"}


def nobody_waits(session: Session) -> str:
    """An interviewer of a survey of her own, whom nobody expects a call from; returns her name."""
    return a_member(session, an_evaluation(session, "nobody-waits"), Role.INTERVIEWER).username


def test_the_line_comes_and_goes_by_itself(page: Page, in_database: InDatabase[str]) -> None:
    asked: list[str] = []
    answer: dict[str, Any] = NOTHING

    def reply(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(content_type="application/json", body=json.dumps(answer))

    page.route("**/desk/due", reply)
    page.clock.install()
    sign_in(page, in_database(nobody_waits), "correct-horse")
    page.goto("/desk")
    line = page.locator(".nudge-line")
    expect(line).to_be_hidden()
    page.get_by_role("link", name="社工站评估").focus()

    answer = NEAR
    page.clock.run_for(61_000)
    expect(page.get_by_role("status").filter(has=line)).to_contain_text("10:30 有约")
    expect(line).to_contain_text("还有 3 分钟")
    expect(page.get_by_role("link", name="社工站评估")).to_be_focused()
    assert len(asked) == 1

    answer = NOTHING
    page.clock.run_for(61_000)
    expect(line).to_be_hidden()

    # Nobody looks: nobody asks.
    page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { get: () => window.away, configurable: true });
          window.away = true;
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    before = len(asked)
    page.clock.run_for(600_000)
    assert len(asked) == before
    answer = NEAR
    page.evaluate('() => { window.away = false; document.dispatchEvent(new Event("visibilitychange")); }')
    expect(line).to_be_visible()
    assert len(asked) == before + 1
