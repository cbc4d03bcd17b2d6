"""The public pages: the first page, the language switch, and checking a certificate without an account."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Draw, Role
from tests.builders import a_draw, a_member, a_user, an_evaluation
from tests.visitor import Visitor, upload


@pytest.fixture
def certificate(session: Session) -> dict[str, Any]:
    """A certificate as the lead would publish it."""
    a_draw(session, an_evaluation(session))
    return json.loads(json.dumps(session.scalars(select(Draw)).one().certificate))


def as_file(content: object) -> Any:
    return upload(json.dumps(content, ensure_ascii=False).encode(), "certificate.json")


def test_a_visitor_without_account_reads_what_this_is_and_signs_in_or_verifies(visitor: Visitor) -> None:
    page = visitor.get("/")
    assert page.status == 200
    assert {"/login", "/verify"} <= set(page.links())


def test_a_signed_in_visitor_is_redirected_to_the_pages_of_their_role(session: Session, app: Flask) -> None:
    evaluation = an_evaluation(session)
    a_user(session, "boss", administrator=True)
    a_user(session, "idle")
    for role in (Role.LEAD, Role.INTERVIEWER, Role.MONITOR, Role.STATION):
        a_member(session, evaluation, role, role.value)
    for username, path in (
        ("boss", "/admin"),
        ("lead", "/evaluations"),
        ("interviewer", "/desk"),
        ("monitor", "/evaluations"),
        ("station", "/evaluations"),
        ("idle", "/"),
    ):
        visitor = Visitor(app)
        visitor.sign_in(username)
        assert visitor.get("/").path == path, username
    assert "请管理员把您加入评估" in visitor.get("/").text


def switch(visitor: Visitor, language: str, target: str) -> Any:
    form = next(f for f in visitor.get("/").forms() if "language" in f.action)
    data = {"csrf_token": form.values()["csrf_token"][0], "language": language, "next": target}
    return visitor.client.post("/language", data=data)


def test_the_language_is_kept_and_the_visitor_stays_on_the_page(visitor: Visitor) -> None:
    response = switch(visitor, "en", "/verify?from=here")
    assert (response.status_code, response.headers["Location"]) == (303, "/verify?from=here")
    assert visitor.get("/").tree.get("lang") == "en"
    switch(visitor, "zh_Hans_CN", "/")
    assert visitor.get("/").tree.get("lang") == "zh-Hans-CN"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
    ],
)
def test_the_language_switch_never_leads_to_another_site(visitor: Visitor, target: str) -> None:
    assert switch(visitor, "en", target).headers["Location"] == "/"


def test_an_unknown_language_and_a_missing_token_are_refused(visitor: Visitor) -> None:
    assert switch(visitor, "xx", "/").status_code == 400
    assert visitor.client.post("/language", data={"language": "en"}).status_code == 400


def test_the_health_check_asks_the_database(visitor: Visitor) -> None:
    response = visitor.client.get("/healthz")
    assert (response.status_code, response.data) == (200, b"ok\n")


def test_the_style_guide_is_for_development_alone(visitor: Visitor, app: Flask) -> None:
    assert visitor.get("/styleguide").status == 200
    app.config["STYLEGUIDE"] = False
    try:
        assert visitor.get("/styleguide").status == 404
    finally:
        app.config["STYLEGUIDE"] = True


def test_anyone_re_checks_a_certificate_from_its_file(visitor: Visitor, certificate: dict[str, Any]) -> None:
    page = visitor.get("/verify")
    assert page.path == "/verify"
    page = page.submit(certificate=as_file(certificate))
    assert page.status == 200
    assert "证书自身一致" in page.text
    assert "100 个票号" in page.text
    assert certificate["digest"] in page.text.replace(" ", "")


def test_anyone_re_checks_a_certificate_by_pasting_it(visitor: Visitor, certificate: dict[str, Any]) -> None:
    page = visitor.get("/verify").submit(pasted=json.dumps(certificate, indent=2))
    assert page.status == 200
    assert "证书自身一致" in page.text


def test_a_certificate_with_one_character_changed_is_answered_with_the_place(
    visitor: Visitor, certificate: dict[str, Any]
) -> None:
    person = certificate["strata"][1]["queues"][0]["drawn"][0]
    person["ticket"] = ("0" if person["ticket"][0] != "0" else "1") + person["ticket"][1:]
    page = visitor.get("/verify").submit(certificate=as_file(certificate))
    assert page.status == 422
    assert "strata[1].queues[0].drawn[0].ticket" in page.text
    assert "一致。" not in page.text


@pytest.mark.parametrize(
    "content",
    [b"{", b"\xff\xfe\x00", b"[" * 50_000, b"9" * 5_000, b"<html>", b"[NaN]", b'{"\\ud800": 1}'],
    ids=["half an object", "no text", "deep nesting", "a huge number", "a page", "not a number", "half a character"],
)
def test_a_file_that_is_no_json_is_refused_in_plain_words(visitor: Visitor, content: bytes) -> None:
    page = visitor.get("/verify").submit(certificate=upload(content, "certificate.json"))
    assert page.status == 422
    assert "这不是 JSON" in page.text


@pytest.mark.parametrize("content", [None, [], "x", 1, True, {"format": 1}, {"strata": {}}])
def test_any_other_json_is_answered_with_differences_never_with_a_crash(visitor: Visitor, content: object) -> None:
    page = visitor.get("/verify").submit(certificate=upload(json.dumps(content).encode(), "certificate.json"))
    assert page.status == 422
    assert "证书对不上" in page.text


def test_an_empty_form_of_the_verification_is_refused(visitor: Visitor) -> None:
    page = visitor.get("/verify").submit(pasted="  ")
    assert page.status == 422
    assert "请选择一个证书文件，或粘贴证书内容。" in page.text
