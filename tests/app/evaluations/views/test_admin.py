"""The administrator's pages: accounts, documents, evaluations, members; no answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.documents.commands import add_document
from app.models import MEMBER_ROLES, AuditEvent, Evaluation, Membership, Role, Station, User
from app.recusals.commands import declare
from surveys import library
from tests.builders import a_draw, a_member, a_user, an_evaluation
from tests.visitor import Form, Page, Visitor, upload

QUESTIONNAIRE = ("questionnaires", "recipient", 1)
SCHEME = ("schemes", "guangzhou-2023", 1)
FILLED = {
    "title": "新站中期评估", "slug": "new-2024", "period_start": "2024-01-01", "period_end": "2024-12-31",
    "held_on": "2024-06-30", "keep_until": "2999-12-31", "evaluator": "示例评估机构", "commissioner": "示例民政局",
    "purchaser": "示例街道办", "hotline": "020-80000001", "station_name": "示例新站", "operator": "示例承办机构",
    "street": "示例街道", "district": "示例区", "areas": "第一片区：甲村、乙村\n\n第二片区:丙村,丁村 戊村",
}  # fmt: skip


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


def new_evaluation(boss: Visitor) -> Form:
    return boss.get("/admin/evaluations/new").form(containing="slug")


def test_a_new_installation_names_the_first_step(boss: Visitor) -> None:
    page = boss.get("/admin")
    for words in ("这台服务器上还没有评估", "看看文档", "开立账号", "加入成员"):
        assert words in page.text
    assert "还没有发布文档" in boss.get("/admin/documents").text
    page = boss.get("/admin/evaluations/new")
    assert "还缺：问卷 / 评分方案" in page.text
    assert "/admin/documents/new" in page.links()
    assert [f for f in page.forms() if "slug" in f.names()] == []


def test_an_evaluation_is_set_up_with_a_new_station(session: Session, boss: Visitor, documents: None) -> None:
    page = new_evaluation(boss).submit(**FILLED)
    assert page.path == "/admin/evaluations/new-2024/members"
    assert "还没有成员" in page.text
    evaluation = session.scalars(select(Evaluation)).one()
    villages = {village.name: (village.code, village.area.name) for village in evaluation.station.villages}
    assert villages == {
        "甲村": ("0101", "第一片区"), "乙村": ("0102", "第一片区"),
        "丙村": ("0201", "第二片区"), "丁村": ("0202", "第二片区"), "戊村": ("0203", "第二片区"),
    }  # fmt: skip
    assert (evaluation.stage, evaluation.reading, evaluation.hotline) == ("midterm", "priority", "020-80000001")
    assert "new-2024" in boss.get("/admin").text


def test_a_second_evaluation_uses_the_existing_station(session: Session, boss: Visitor, documents: None) -> None:
    new_evaluation(boss).submit(**FILLED)
    station = session.scalars(select(Station)).one()
    blank = dict.fromkeys(("station_name", "operator", "street", "district", "areas"), "")
    values = FILLED | blank | {"slug": "new-2024-final", "stage": "final", "station": str(station.uuid)}
    page = new_evaluation(boss).submit(**values)
    assert page.heading == "成员"
    assert (count(session, Station), count(session, Evaluation)) == (1, 2)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"slug": "石壁"}, "简称只用小写字母"),
        ({"slug": "Upper"}, "简称只用小写字母"),
        ({"title": "   "}, "请填写这一项"),
        ({"title": "a\x07b"}, "控制字符"),
        ({"period_end": "2023-12-31"}, "结束日期要晚于开始日期"),
        ({"held_on": "2024-02-30"}, "日期"),
        ({"held_on": ""}, "请填写这一项"),
        ({"station_name": "", "street": " "}, "新的社工站还要填写：社工站名称、街道（镇）"),
        ({"areas": "甲村、乙村"}, "片区这样写"),
        ({"areas": "第一片区："}, "片区这样写"),
        ({"areas": "第一片区：甲村、甲村"}, "「甲村」写了两次"),
        ({"areas": "第一片区：甲\x07村"}, "控制字符"),
        ({"stage": "sometime"}, "选择"),
        ({"station": "00000000-0000-0000-0000-000000000000"}, "选择"),
        ({"questionnaire": "recipient-2"}, "选择"),
    ],
)
def test_an_invalid_evaluation_is_refused_and_nothing_is_stored(
    session: Session, boss: Visitor, documents: None, values: dict[str, str], word: str
) -> None:
    events = count(session, AuditEvent)
    page = new_evaluation(boss).submit(**FILLED | values)
    assert page.status == 422
    assert word in page.text
    assert (count(session, Evaluation), count(session, Station), count(session, AuditEvent)) == (0, 0, events)
    assert page.form(containing="slug").values()["evaluator"] == [FILLED["evaluator"]]


def test_a_slug_in_use_is_refused(session: Session, boss: Visitor, documents: None) -> None:
    new_evaluation(boss).submit(**FILLED)
    page = new_evaluation(boss).submit(**FILLED | {"station_name": "另一个站"})
    assert page.status == 422
    assert "已经用过" in page.text
    assert (count(session, Evaluation), count(session, Station)) == (1, 1)


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
    [
        ("lead", "station"),
        ("expert", "station"),
        ("purchaser", "expert"),
        ("interviewer", "purchaser"),
        ("station", "interviewer"),
        ("purchaser", "lead"),
    ],
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


def test_members_are_chosen_from_the_accounts_in_use(session: Session, boss: Visitor) -> None:
    an_evaluation(session)
    a_user(session, "lan", name="示例兰")
    closed = a_user(session, "gone", name="示例离职")
    closed.active = False
    session.commit()
    page = boss.get(M)
    offered = {option.get("value") for option in next(page.tree.iter("datalist")).iter("option")}
    assert offered == {"boss", "lan"}
    assert next(e for e in page.tree.iter("input") if e.get("name") == "username").get("list") == "accounts"
    assert "已加入" in page.submit(username="示例兰", role="expert").text
    page = boss.get(M).submit(username="gone", role="expert")
    assert (page.status, "已停用" in page.text) == (422, True)
    assert session.scalars(select(Membership.role)).all() == ["expert"]


def test_an_expert_opens_the_overview_and_the_certificate_and_nothing_else(session: Session, visitor: Visitor) -> None:
    evaluation = an_evaluation(session)
    a_draw(session, evaluation)
    a_member(session, evaluation, Role.EXPERT, "expert")
    assert visitor.sign_in("expert").path == "/evaluations"
    page = visitor.get("/evaluations/sample-2023")
    assert page.follow("抽样证书").status == 200
    for path in (
        "/ledgers",
        "/frame",
        "/draw",
        "/fieldwork",
        "/results",
        "/score",
        "/score/entry",
        "/ceremony",
        "/audit",
    ):
        assert visitor.get(f"/evaluations/sample-2023{path}").status == 403


def test_who_is_recused_becomes_no_expert(session: Session, boss: Visitor) -> None:
    evaluation = an_evaluation(session)
    user = a_member(session, evaluation, Role.MONITOR, "lan")
    declare(session, evaluation.station, user, "亲属在站里工作", actor=user)
    session.commit()
    page = boss.get(M).submit(username="lan", role="expert")
    assert (page.status, "要回避" in page.text) == (422, True)


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
    for path in ("/admin", "/admin/users", "/admin/users/new", "/admin/documents/new", "/admin/evaluations/new", M):
        assert visitor.get(path).status == 403
    token = next(iter(visitor.get("/verify").forms())).values()["csrf_token"][0]
    users = count(session, User)
    values = {"csrf_token": token, "username": "x", "display_name": "x", "password": "long-enough"}
    assert visitor.post("/admin/users/new", values).status == 403
    assert count(session, User) == users
