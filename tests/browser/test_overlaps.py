"""No text of a page lies on another or runs out of its cell, in either language, at both widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from app.demo.loading import PASSWORD
from tests.browser.conftest import Server, sign_in
from tests.browser.test_journey import PAGES, SHIBI

MORE = {
    "lead": [
        f"{SHIBI}/ceremony", f"{SHIBI}/void", f"{SHIBI}/fieldwork/rates", f"{SHIBI}/desk/visits",
        f"{SHIBI}/quality/rules", f"{SHIBI}/results/comparisons", f"{SHIBI}/results/figures/satisfaction-mean",
        f"{SHIBI}/exports", f"{SHIBI}/score/compare", f"{SHIBI}/score/items/quality", f"{SHIBI}/retention",
    ],
    "purchaser": ["/evaluations", SHIBI, f"{SHIBI}/ceremony", f"{SHIBI}/score/entry"],
    "": ["/handbook"],
}  # fmt: skip
WIDTHS = (1280, 390)
# Examples of components beside each other, with the bar that stays at the foot of the window.
NOT_LOOKED_AT = "/styleguide"
# The lines of every text that is displayed, and which two of them share more than two pixels in both directions.
OVERLAPS = """() => {
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || !holder.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    if (holder.closest(".visually-hidden, .skip, thead, option, [hidden]")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width > 3 && box.height > 3) lines.push({box, text: node.data.trim().slice(0, 30), node});
    }
  }
  lines.sort((a, b) => a.box.top - b.box.top);
  const found = [];
  lines.forEach((one, place) => {
    for (let next = place + 1; next < lines.length && lines[next].box.top < one.box.bottom - 4; next += 1) {
      const other = lines[next];
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      if (other.node !== one.node && across > 2) found.push(`${one.text} / ${other.text}`);
    }
  });
  for (const cell of document.querySelectorAll("main :is(td, th, dt, dd, legend, button)")) {
    if (cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 2 && !cell.closest("thead")
        && getComputedStyle(cell).overflowX === "visible" && cell.clientWidth > 2)
      found.push(`runs out: ${cell.textContent.trim().slice(0, 40)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("username", sorted({*PAGES, *MORE}))
def test_no_text_lies_on_another(browser: Browser, server: Server, username: str) -> None:
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    if username:
        sign_in(page, username, PASSWORD)
    found: dict[tuple[str, int, str], list[str]] = {}
    for path in ("/verify", *PAGES.get(username, ()), *MORE.get(username, ())):
        for language in ("zh", "en") if path != NOT_LOOKED_AT else ():
            page.goto(path)
            switch = page.locator(f"form.language button[value^={language}]")
            if switch.count():  # it offers the other language only, and an error page offers none
                with page.expect_navigation():
                    switch.click()
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if overlaps := page.evaluate(OVERLAPS):
                    found[path, width, language] = overlaps
    context.close()
    assert found == {}
