"""The pages of documents: list, previews, files, publishing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.commands import add_document, publish_delivered
from app.documents.queries import PARSERS
from app.models import Document, Role
from surveys import library
from tests.builders import a_member, a_user, an_evaluation
from tests.visitor import Page, Visitor, upload

QUESTIONNAIRE = ("questionnaires", "recipient", 1)
SCHEME = ("schemes", "guangzhou-2023", 1)


@pytest.fixture
def boss(session: Session, visitor: Visitor) -> Visitor:
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    return visitor


@pytest.fixture
def documents(session: Session) -> None:
    add_document(session, "questionnaire", library.body(*QUESTIONNAIRE))
    add_document(session, "scheme", library.body(*SCHEME))
    session.commit()


@pytest.fixture
def delivered(session: Session) -> list[Document]:
    publish_delivered(session)
    session.commit()
    return list(session.scalars(select(Document)))


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def published(boss: Visitor, kind: str, body: object) -> Page:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return boss.get("/admin/documents/new").submit(kind=kind, file=upload(data, "document.json"))


def test_the_delivered_documents_are_published_and_publishing_again_changes_nothing(
    session: Session, boss: Visitor
) -> None:
    for _ in range(2):
        assert "已发布「recipient」第 1 版" in published(boss, "questionnaire", library.body(*QUESTIONNAIRE)).text
        assert "已发布「guangzhou-2023」第 1 版" in published(boss, "scheme", library.body(*SCHEME)).text
    assert count(session, Document) == 2
    assert "recipient" in boss.get("/admin/documents").text


def test_another_text_under_a_published_version_is_refused(session: Session, boss: Visitor, documents: None) -> None:
    body = json.loads(json.dumps(library.body(*QUESTIONNAIRE)))
    body["title"]["zh"] = "改过的问卷"
    page = published(boss, "questionnaire", body)
    assert page.status == 422
    assert "请改用新的版本号" in page.text
    assert count(session, Document) == 2


def test_every_mistake_of_a_document_is_named_at_once(session: Session, boss: Visitor) -> None:
    body = json.loads(json.dumps(library.body(*SCHEME)))
    body["version"] = 0
    body["title"] = ""
    body["parties"][0]["maximum"] = "56"
    page = published(boss, "scheme", body)
    assert page.status == 422
    summary = next(e for e in page.tree.iter("div") if e.get("class") == "error-summary")
    places = ["".join(li.itertext()).split("：")[0].strip() for li in summary.iter("li")]
    assert {"version", "title"} <= set(places)
    assert any(place.startswith("parties[0]") for place in places)
    assert count(session, Document) == 0


def test_an_english_reader_is_told_of_mistakes_in_english(boss: Visitor) -> None:
    form = next(f for f in boss.get("/admin").forms() if f.action.endswith("/language"))
    token = form.values()["csrf_token"][0]
    boss.client.post("/language", data={"csrf_token": token, "language": "en", "next": "/admin"})
    page = published(boss, "scheme", [])
    assert page.status == 422
    assert "(whole document)" in page.text
    assert "Write an object {…}." in page.text
    assert "The maximum points of all parties must add up to 100." in page.text
    assert "应为" not in page.text


@pytest.mark.parametrize("kind", ["questionnaire", "scheme", "outcomes", "integrity"])
@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 50_000,
        b"[]",
        b"null",
        b"NaN",
        b"1e400",
        b'"\\ud800"',
        b'{"id": "\\u0000"}',
        b"9" * 5_000,
    ],
    ids=["half", "bytes", "deep", "list", "null", "nan", "infinite", "surrogate", "nul", "huge"],
)
def test_a_file_that_is_no_document_is_refused_and_not_stored(
    session: Session, boss: Visitor, kind: str, data: bytes
) -> None:
    assert published(boss, kind, data).status == 422
    assert count(session, Document) == 0


def test_no_file_and_too_large_a_file_are_refused(boss: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.documents.views.MOST_BYTES", 1_000)
    page = boss.get("/admin/documents/new").form(containing="kind").submit()
    assert page.status == 422
    assert "请选择文件" in page.text
    page = published(boss, "scheme", b" " * 1_001)
    assert page.status == 422
    assert "文件太大" in page.text


def paths(document: Document) -> str:
    return f"/admin/documents/{document.kind}/{document.document_id}/{document.version}"


def test_every_document_is_listed_shown_and_downloaded_as_it_can_be_published(
    boss: Visitor, delivered: list[Document]
) -> None:
    assert {document.kind for document in delivered} == set(PARSERS)
    listed = boss.get("/admin/documents")
    for document in delivered:
        page = listed.visitor.get(paths(document))
        assert page.status == 200
        assert paths(document) in listed.links()
        assert f"{paths(document)}.json" in page.links()
        file = boss.get(f"{paths(document)}.json").response
        assert file.mimetype == "application/json"
        assert f"{document.document_id}-{document.version}.json" in file.headers["Content-Disposition"]
        assert PARSERS[document.kind](json.loads(file.get_data())).digest == document.digest
        again = published(boss, document.kind, file.get_data())
        assert f"已发布「{document.document_id}」第 {document.version} 版" in again.text


def test_every_select_of_documents_says_title_version_and_language_and_leads_to_previews(
    session: Session, boss: Visitor, delivered: list[Document]
) -> None:
    station = {"station_name": "示例新站", "operator": "示例机构", "street": "示例街道", "district": "示例区"}
    page = boss.get(boss.get("/admin/evaluations/new").submit(**station).path.replace("/period", "/documents"))
    assert "社工服务站服务对象问卷 · recipient 第 2 版 · 中文、英文、粤语" in page.text
    assert "广州市社工站项目评估评分方案（2023） · guangzhou-2023 第 1 版 · 中文、英文" in page.text
    assert "/admin/documents/questionnaire/recipient/2" in page.links()
    an_evaluation(session)
    page = boss.get("/admin/evaluations/sample-2023/members")
    assert "/admin/documents/outcomes/guangzhou/1" in page.links()


def test_documents_are_read_by_leads_too_and_by_no_other_member(
    session: Session, visitor: Visitor, delivered: list[Document]
) -> None:
    evaluation = an_evaluation(session)
    for role in (Role.LEAD, Role.EXPERT, Role.INTERVIEWER, Role.STATION):
        a_member(session, evaluation, role, role.value)
        visitor.client.delete_cookie("session")
        visitor.sign_in(role.value)
        statuses = {visitor.get(f"{paths(document)}{end}").status for document in delivered for end in ("", ".json")}
        assert statuses == ({200} if role is Role.LEAD else {403})
        assert visitor.get("/admin/documents").status == 403


@pytest.mark.parametrize("path", ["scheme/recipient/1", "questionnaire/recipient/99", f"scheme/x/{'9' * 30}", "x/y/1"])
def test_a_document_that_is_none_is_not_found(boss: Visitor, delivered: list[Document], path: str) -> None:
    assert boss.get(f"/admin/documents/{path}").status == 404
    assert boss.get(f"/admin/documents/{path}.json").status == 404
