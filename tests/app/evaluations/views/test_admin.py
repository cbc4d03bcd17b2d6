"""The administrator's pages of evaluations and their members; no answers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import MEMBER_ROLES, Membership, Role, User
from app.recusals.commands import declare
from tests.builders import a_draw, a_member, a_user, an_evaluation
from tests.visitor import Visitor


@pytest.fixture
def boss(session: Session, visitor: Visitor) -> Visitor:
    a_user(session, "boss", administrator=True)
    visitor.sign_in("boss")
    return visitor


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_installation_names_the_first_step(boss: Visitor) -> None:
    page = boss.get("/admin")
    for words in ("这台服务器上还没有评估", "看看文档", "开立账号", "加入成员"):
        assert words in page.text
    assert "还没有发布文档" in boss.get("/admin/documents").text
    page = boss.get("/admin/evaluations/new")
    assert "还不能新建评估" in page.text
    assert "/admin/documents/new" in page.links()


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
