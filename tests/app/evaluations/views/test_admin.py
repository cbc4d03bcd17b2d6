"""The administrator's pages: accounts, documents, evaluations, members; no answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.commands import add_document
from app.models import MEMBER_ROLES, Document, Membership, Role, User
from surveys import library
from tests.builders import PASSWORD, a_draw, a_member, a_user, an_evaluation
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


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def published(boss: Visitor, kind: str, body: object) -> Page:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return boss.get("/admin/documents/new").submit(kind=kind, file=upload(data, "document.json"))


def test_a_new_installation_names_the_first_step(boss: Visitor) -> None:
    page = boss.get("/admin")
    for words in ("先发布问卷和评分方案", "还没有发布文档", "boss"):
        assert words in page.text
    page = boss.get("/admin/evaluations/new")
    assert "还不能新建评估" in page.text
    assert "/admin/documents/new" in page.links()


def test_an_account_is_opened_and_its_owner_signs_in(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    page = boss.get("/admin/users/new").submit(username=" 访问员甲 ", display_name="示例甲", password="long-enough")
    assert page.path == "/admin"
    assert "已开立账号「访问员甲」" in page.text
    assert "long-enough" not in page.html
    other = another_visitor()
    other.sign_in("访问员甲", "long-enough")
    assert "还没有参加任何评估" in other.get("/").text
    assert other.get("/admin").status == 403


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"username": "BOSS"}, "已经有人使用"),
        ({"username": ""}, "请填写这一项"),
        ({"username": "  "}, "请填写这一项"),
        ({"username": "a\x07b"}, "控制字符"),
        ({"username": "a" * 81}, "最多 80 个字符"),
        ({"display_name": " "}, "请填写这一项"),
        ({"password": "short"}, "至少 8 个字符"),
        ({"password": ""}, "请填写这一项"),
    ],
)
def test_an_invalid_account_is_refused_and_the_input_is_kept(
    session: Session, boss: Visitor, values: dict[str, str], word: str
) -> None:
    filled = {"username": "new", "display_name": "示例", "password": "long-enough"} | values
    page = boss.get("/admin/users/new").submit(**filled)
    assert page.status == 422
    assert word in page.text
    assert page.form(containing="username").values()["display_name"] == [filled["display_name"].strip()]
    assert filled["password"] not in page.html or not filled["password"]
    assert count(session, User) == 1


def test_an_account_is_closed_at_once_and_opened_again(
    session: Session, boss: Visitor, another_visitor: Callable[[], Visitor]
) -> None:
    evaluation = an_evaluation(session)
    user = a_member(session, evaluation, Role.LEAD, "lead")
    lead = another_visitor()
    lead.sign_in("lead")
    assert lead.get("/evaluations").status == 200
    page = boss.get("/admin").form(action=str(user.uuid)).submit()
    assert "已停用" in page.text
    assert lead.get("/evaluations").path.startswith("/login")
    assert lead.sign_in("lead", PASSWORD).path.startswith("/login")
    page = page.form(action=str(user.uuid)).submit()
    assert "已停用" not in page.text
    assert lead.sign_in("lead").path == "/evaluations"


def test_nobody_closes_their_own_account(session: Session, boss: Visitor) -> None:
    own = session.scalars(select(User)).one()
    page = boss.get("/admin")
    assert [f for f in page.forms() if str(own.uuid) in f.action] == []
    token = boss.get("/admin/users/new").form(containing="username").values()["csrf_token"][0]
    page = boss.post(f"/admin/users/{own.uuid}/active", {"csrf_token": token, "active": "0"})
    assert "不能停用自己的账号" in page.text
    assert session.scalars(select(User.active)).one() is True


def test_the_delivered_documents_are_published_and_publishing_again_changes_nothing(
    session: Session, boss: Visitor
) -> None:
    for _ in range(2):
        assert "已发布「recipient」第 1 版" in published(boss, "questionnaire", library.body(*QUESTIONNAIRE)).text
        assert "已发布「guangzhou-2023」第 1 版" in published(boss, "scheme", library.body(*SCHEME)).text
    assert count(session, Document) == 2
    assert "recipient" in boss.get("/admin").text


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


@pytest.mark.parametrize("kind", ["questionnaire", "scheme", "outcomes"])
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
    monkeypatch.setattr("app.evaluations.views.admin.MOST_BYTES", 1_000)
    page = boss.get("/admin/documents/new").form(containing="kind").submit()
    assert page.status == 422
    assert "请选择文件" in page.text
    page = published(boss, "scheme", b" " * 1_001)
    assert page.status == 422
    assert "文件太大" in page.text


M = "/admin/evaluations/sample-2023/members"


def test_members_join_and_leave(session: Session, boss: Visitor) -> None:
    an_evaluation(session)
    a_user(session, "lan")
    page = boss.get(M).submit(username=" LAN ", role="lead")
    assert "已加入" in page.text
    assert "评估负责人" in page.text
    assert "已加入" in boss.get(M).submit(username="lan", role="lead").text
    assert count(session, Membership) == 1
    page = boss.get(M).form(action="remove").submit()
    assert "已移除" in page.text
    assert count(session, Membership) == 0


@pytest.mark.parametrize(
    ("held", "added"),
    [("lead", "station"), ("interviewer", "purchaser"), ("station", "interviewer"), ("purchaser", "lead")],
)
def test_an_interested_party_gets_no_evaluators_role(session: Session, boss: Visitor, held: str, added: str) -> None:
    a_member(session, an_evaluation(session), Role(held), "lan")
    page = boss.get(M).submit(username="lan", role=added)
    assert page.status == 422
    assert "要回避" in page.text
    assert session.scalars(select(Membership.role)).all() == [held]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"username": "nobody", "role": "lead"}, "没有账号「nobody」"),
        ({"username": "", "role": "lead"}, "请填写这一项"),
        ({"username": "a\x07b", "role": "lead"}, "控制字符"),
        ({"username": "boss", "role": "administrator"}, "选择"),
        ({"username": "boss", "role": "king"}, "选择"),
    ],
)
def test_an_invalid_member_is_refused(session: Session, boss: Visitor, values: dict[str, str], word: str) -> None:
    an_evaluation(session)
    page = boss.get(M).submit(**values)
    assert page.status == 422
    assert word in page.text
    assert count(session, Membership) == 0


def test_somebody_who_is_no_member_cannot_be_removed(session: Session, boss: Visitor) -> None:
    an_evaluation(session)
    token = boss.get(M).form(containing="username").values()["csrf_token"][0]
    for user in ("", "x", "00000000-0000-0000-0000-000000000000"):
        assert boss.post(f"{M}/remove", {"csrf_token": token, "user": user, "role": "lead"}).status == 404
    assert boss.get("/admin/evaluations/no-such/members").status == 404


def test_the_administrator_reaches_no_ledger_draw_or_answer(session: Session, boss: Visitor) -> None:
    a_draw(session, an_evaluation(session))
    for path in ("", "/ledgers", "/frame", "/draw", "/fieldwork", "/audit"):
        assert boss.get(f"/evaluations/sample-2023{path}").status == 403


@pytest.mark.parametrize("role", MEMBER_ROLES)
def test_the_pages_of_the_administrator_are_closed_to_every_member(
    session: Session, visitor: Visitor, role: Role
) -> None:
    a_member(session, an_evaluation(session), role, "someone")
    visitor.sign_in("someone")
    for path in ("/admin", "/admin/users/new", "/admin/documents/new", "/admin/evaluations/new", M):
        assert visitor.get(path).status == 403
    token = next(iter(visitor.get("/verify").forms())).values()["csrf_token"][0]
    users = count(session, User)
    values = {"csrf_token": token, "username": "x", "display_name": "x", "password": "long-enough"}
    assert visitor.post("/admin/users/new", values).status == 403
    assert count(session, User) == users
