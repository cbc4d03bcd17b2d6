"""The verifier in the visitor's own browser: it agrees with the others, and sends nothing."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, Request, expect

from sampling import verify_draw
from tests.browser.conftest import Server
from tests.sampling.tamperings import NAMES, TAMPERINGS, golden

RUN = """async ([text, frame]) => {
  const { check } = await import("/static/js/verify/check.js");
  const { parse } = await import("/static/js/verify/json.js");
  const bytes = frame === null ? null : Uint8Array.from(atob(frame), (sign) => sign.charCodeAt(0));
  return [...new Set((await check(parse(text), bytes)).map(([name]) => name))];
}"""


def in_browser(page: Page, certificate: object, frame: bytes | None = None) -> set[str]:
    """The checks that fail in the browser."""
    import base64

    encoded = None if frame is None else base64.b64encode(frame).decode()
    return set(page.evaluate(RUN, [json.dumps(certificate), encoded]))


def test_true_certificates_agree(page: Page, server: Server) -> None:
    page.goto("/verify")
    for name in NAMES:
        certificate, frame = golden(name)
        assert in_browser(page, certificate) == set(), name
        assert in_browser(page, certificate, frame) == set(), name


def test_each_tampering_is_found_by_the_checks_that_the_others_name(page: Page, server: Server) -> None:
    page.goto("/verify")
    differing = {}
    for name, tampering in TAMPERINGS.items():
        certificate, frame = tampering.made()
        found, alone = in_browser(page, certificate, frame), in_browser(page, certificate)
        others = {check for check, _where in verify_draw.check(certificate, frame)}
        if not found == others == set(tampering.checks) or alone != set(tampering.checks) - {"frame"}:
            differing[name] = (found, others, alone)
    assert differing == {}


def test_a_doubled_field_and_a_fraction_are_no_certificate(page: Page, server: Server) -> None:
    page.goto("/verify")
    text = json.dumps(golden("default")[0])
    for old, new in (('"size": 100', '"size": 100, "size": 100'), ('"size": 100', '"size": 100.0')):
        assert page.evaluate(RUN, [text.replace(old, new), None]) == ["shape"]


def test_a_visitor_checks_a_file_and_nothing_leaves_the_browser(page: Page, server: Server, tmp_path: Path) -> None:
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET":
            sent.append(request.url)

    page.on("request", note)
    page.goto("/verify")
    expect(page.get_by_text("不会发出")).to_be_visible()
    certificate, frame = golden("everything")
    files = tmp_path / "certificate.json", tmp_path / "frame.txt"
    files[0].write_text(json.dumps(certificate), "utf-8")
    files[1].write_bytes(frame)
    page.get_by_label("证书文件").set_input_files(files[0])
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("证书自身一致。没有抽样框")).to_be_visible()
    page.get_by_label("抽样框（frame.txt）").set_input_files(files[1])
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("全部一致")).to_be_visible()
    certificate["strata"][0]["queues"][0]["drawn"][0]["ticket"] = "0" * 64
    files[0].write_text(json.dumps(certificate), "utf-8")
    page.get_by_label("证书文件").set_input_files(files[0])
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("证书对不上")).to_be_visible()
    expect(page.locator("[data-check=tickets]")).to_contain_text("不一致")
    expect(page.locator("[data-check=rule]")).to_contain_text("一致")
    page.get_by_label("证书文件").set_input_files(files=[])
    page.get_by_label("或粘贴证书内容").fill("{")
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("这不是 JSON")).to_be_visible()
    assert sent == []


def test_the_program_and_the_definition_are_handed_out(page: Page, server: Server) -> None:
    page.goto("/verify")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载核对程序").click()
    assert Path(download.value.path()).read_bytes() == Path(verify_draw.__file__).read_bytes()
    answer = page.request.get(page.get_by_role("link", name="证书的定义").get_attribute("href") or "")
    assert "draw-certificate-2" in answer.text()
